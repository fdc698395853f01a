//! Builds the engine for a browser.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

const TARGET: &str = "wasm32-unknown-unknown";
const PROFILE: &str = "web";

/// The engine as WebAssembly.
///
/// # Errors
/// A toolchain without the target, and whatever the compiler says.
pub(crate) fn build() -> anyhow::Result<Vec<u8>> {
    ensure_target()?;
    let target_folder = workspace().join("target");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(workspace());
    cargo.args(["build", "--quiet", "--package", "engine-web", "--profile", PROFILE, "--target", TARGET]);
    cargo.arg("--target-dir").arg(&target_folder);
    // The caller's own flags are meant for the host.
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags().join("\x1f"));
    let output = cargo.output().context("cannot run cargo")?;
    ensure!(
        output.status.success(),
        "the engine does not build for {TARGET}:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let file = target_folder.join(TARGET).join(PROFILE).join("engine_web.wasm");
    std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))
}

/// Vectors, which browsers have had since 2023, halve the time of a window. Paths lie in the file with each panic: they must
/// not depend on who builds.
fn flags() -> Vec<String> {
    let cargo =
        env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    let remap = cargo.map(|folder| format!("--remap-path-prefix={}/registry/src=", folder.display()));
    std::iter::once("-Ctarget-feature=+simd128".to_owned()).chain(remap).collect()
}

/// A missing target makes a long list of puzzling errors, so it is looked for first.
fn ensure_target() -> anyhow::Result<()> {
    let mut rustc = Command::new("rustc");
    let output =
        rustc.current_dir(workspace()).args(["--print", "target-libdir", "--target", TARGET]).output();
    let folder = output.context("cannot run rustc")?.stdout;
    ensure!(
        Path::new(String::from_utf8_lossy(&folder).trim()).is_dir(),
        "the compiler has no {TARGET}: run `rustup target add {TARGET}`"
    );
    Ok(())
}

/// Where the sources are: those that this builder was built with.
fn workspace() -> &'static Path {
    const BUILDER: &str = env!("CARGO_MANIFEST_DIR");
    Path::new(BUILDER).ancestors().nth(3).unwrap_or(Path::new(BUILDER))
}
