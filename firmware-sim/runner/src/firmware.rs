use std::env;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};
use tempfile::TempDir;

use crate::{Board, qemu};

/// One of the firmware's binaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// The whole engine over a recording.
    Classify,
    /// The whole engine over a recording that goes on.
    Stream,
    /// From a microphone to events.
    Listen,
    /// From a microphone to events, at the pace of time.
    Live,
    /// From a PDM microphone's bits to samples.
    Decimate,
    /// A network over rows of int8.
    Run,
    /// What each part of the model costs.
    Bench,
    /// What the reference kernels cost.
    Kernels,
    /// Whether the core's kernels agree with the plain ones.
    Agree,
}

impl Program {
    const fn name(self) -> &'static str {
        match self {
            Self::Classify => "classify",
            Self::Stream => "stream",
            Self::Listen => "listen",
            Self::Live => "live",
            Self::Decimate => "decimate",
            Self::Run => "run",
            Self::Bench => "bench",
            Self::Kernels => "kernels",
            Self::Agree => "agree",
        }
    }
}

/// A firmware that is ready to run.
pub struct Firmware {
    pub(crate) board: Board,
    pub(crate) elf: Vec<u8>,
    folder: TempDir,
}

impl Firmware {
    /// Builds a program with a model for a board.
    ///
    /// # Errors
    /// A machine without QEMU, a toolchain without the board's target, and whatever the compiler or the linker says.
    pub fn build(board: Board, program: Program, model: &Path) -> anyhow::Result<Self> {
        let model = model.canonicalize().with_context(|| format!("cannot read {}", model.display()))?;
        qemu::ensure_installed()?;
        ensure_target(board.target())?;
        let target_folder = workspace().join("target");
        // Boards and models share the name of the built file: nobody else may build before it is copied.
        let lock = File::create(target_folder.join("sim.lock")).context("cannot lock the build folder")?;
        lock.lock().context("cannot lock the build folder")?;
        compile(board, program, &model, &target_folder)?;
        let elf = target_folder.join(board.target()).join(board.profile()).join(program.name());
        let elf = std::fs::read(&elf).with_context(|| format!("cannot read {}", elf.display()))?;
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let firmware = Self { board, elf, folder };
        std::fs::write(firmware.elf_path(), &firmware.elf).context("cannot write the firmware")?;
        Ok(firmware)
    }

    pub(crate) fn elf_path(&self) -> PathBuf {
        self.folder.path().join("firmware.elf")
    }
}

fn compile(board: Board, program: Program, model: &Path, target_folder: &Path) -> anyhow::Result<()> {
    let target = board.target();
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(workspace());
    cargo.args(["build", "--quiet", "--package", "firmware-sim", "--profile", board.profile()]);
    cargo.args(["--target", target, "--features", board.name(), "--bin", program.name()]);
    cargo.arg("--target-dir").arg(target_folder);
    // The caller's own flags are meant for the host.
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags(board).join("\x1f"));
    cargo.env("SIM_MODEL", model);
    let output = cargo.output().context("cannot run cargo")?;
    if output.status.success() {
        return Ok(());
    }
    let message = String::from_utf8_lossy(&output.stderr);
    if message.contains("will not fit in region") {
        bail!("{} with the model {} does not fit the board's memory", program.name(), model.display());
    }
    bail!("the firmware does not build:\n{message}");
}

fn flags(board: Board) -> Vec<String> {
    let processor = board.processor().map(|name| format!("-Ctarget-cpu={name}"));
    // Paths lie in flash with each panic: they must not depend on who builds.
    let cargo =
        env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    let remap = cargo.map(|folder| format!("--remap-path-prefix={}/registry/src=", folder.display()));
    processor.into_iter().chain(remap).collect()
}

/// A missing target makes a long list of puzzling errors, so it is looked for first.
fn ensure_target(target: &str) -> anyhow::Result<()> {
    let mut rustc = Command::new("rustc");
    let output =
        rustc.current_dir(workspace()).args(["--print", "target-libdir", "--target", target]).output();
    let folder = output.context("cannot run rustc")?.stdout;
    ensure!(
        Path::new(String::from_utf8_lossy(&folder).trim()).is_dir(),
        "the compiler has no {target}: run `rustup target add {target}`"
    );
    Ok(())
}

/// Where the firmware's sources are: those that this runner was built with.
fn workspace() -> &'static Path {
    const RUNNER: &str = env!("CARGO_MANIFEST_DIR");
    Path::new(RUNNER).ancestors().nth(2).unwrap_or(Path::new(RUNNER))
}
