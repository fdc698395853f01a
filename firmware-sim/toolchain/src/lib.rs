//! Builds for another target than the host, as the tools of this workspace make them.

mod models;

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};
pub use models::{DEFAULT_MODEL, model_file};

/// A build of one program for a part, or a browser.
#[derive(Debug, Clone, Copy)]
pub struct Build<'a> {
    /// What messages call it.
    pub name: &'a str,
    /// The folder of the workspace that has it. What is built lies in its `target`.
    pub workspace: &'a Path,
    /// What is built for, `thumbv7em-none-eabihf` say.
    pub target: &'a str,
    /// The name of the profile.
    pub profile: &'a str,
    /// What is built: `--package` and what else `cargo build` is to know.
    pub arguments: &'a [&'a str],
    /// What the compiler is told besides. The caller's own flags are meant for the host, and are left out.
    pub flags: &'a [String],
    /// A variable for the build scripts, and its value.
    pub variable: Option<(&'a str, &'a Path)>,
}

impl Build<'_> {
    /// Builds, and returns the folder of what was built.
    ///
    /// # Errors
    /// A toolchain without the target, and whatever the compiler or the linker says.
    pub fn run(&self) -> anyhow::Result<PathBuf> {
        self.ensure_target()?;
        let target_folder = self.workspace.join("target");
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(self.workspace).args(["build", "--quiet", "--profile", self.profile]);
        cargo.args(["--target", self.target]).args(self.arguments).arg("--target-dir").arg(&target_folder);
        let flags: Vec<String> = self.flags.iter().cloned().chain(remap()).collect();
        cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
        cargo.envs(self.variable);
        let output = cargo.output().context("cannot run cargo")?;
        if !output.status.success() {
            let message = String::from_utf8_lossy(&output.stderr);
            let message = format!("cargo ended with {}\n{message}", output.status);
            bail!("{} does not build: {}", self.name, message.trim_end());
        }
        Ok(target_folder.join(self.target).join(self.profile))
    }

    /// A missing target makes a long list of puzzling errors, so it is looked for first.
    fn ensure_target(&self) -> anyhow::Result<()> {
        let mut rustc = Command::new("rustc");
        rustc.current_dir(self.workspace).args(["--print", "target-libdir", "--target", self.target]);
        let folder = rustc.output().context("cannot run rustc")?.stdout;
        ensure!(
            Path::new(String::from_utf8_lossy(&folder).trim()).is_dir(),
            "the compiler has no {0}: run `rustup target add {0}`",
            self.target
        );
        Ok(())
    }
}

/// Paths lie in what is built with each panic: they must not depend on who builds.
fn remap() -> Option<String> {
    let cargo =
        env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    cargo.map(|folder| format!("--remap-path-prefix={}/registry/src=", folder.display()))
}
