//! Builds the engine for a browser.

use std::path::Path;

use anyhow::Context;
use toolchain::Build;

/// The engine as WebAssembly.
///
/// # Errors
/// A toolchain without the target, and whatever the compiler says.
pub(crate) fn build() -> anyhow::Result<Vec<u8>> {
    let build = Build {
        name: "the engine",
        workspace: workspace(),
        target: "wasm32-unknown-unknown",
        profile: "web",
        arguments: &["--package", "engine-web"],
        // Vectors, which browsers have had since 2023, halve the time of a window.
        flags: &["-Ctarget-feature=+simd128".to_owned()],
        variable: None,
    };
    let folder = build.run()?;
    let file = folder.join("engine_web.wasm");
    std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))
}

/// Where the sources are: those that this builder was built with.
fn workspace() -> &'static Path {
    const BUILDER: &str = env!("CARGO_MANIFEST_DIR");
    Path::new(BUILDER).ancestors().nth(3).unwrap_or(Path::new(BUILDER))
}
