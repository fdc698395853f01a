use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use tempfile::TempDir;
use toolchain::Build;

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
        let target_folder = workspace().join("target");
        // It is not there yet where CARGO_TARGET_DIR names another.
        std::fs::create_dir_all(&target_folder)
            .with_context(|| format!("cannot make {}", target_folder.display()))?;
        // Boards and models share the name of the built file: nobody else may build before it is copied.
        let lock = File::create(target_folder.join("sim.lock")).context("cannot lock the build folder")?;
        lock.lock().context("cannot lock the build folder")?;
        let elf = compile(board, program, &model)?;
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

/// Builds it, and returns where it is.
fn compile(board: Board, program: Program, model: &Path) -> anyhow::Result<PathBuf> {
    let flags: Vec<String> =
        board.processor().map(|name| format!("-Ctarget-cpu={name}")).into_iter().collect();
    let built = Build {
        name: "the firmware",
        workspace: workspace(),
        target: board.target(),
        profile: board.profile(),
        arguments: &["--package", "firmware-sim", "--features", board.name(), "--bin", program.name()],
        flags: &flags,
        variable: Some(("SIM_MODEL", model)),
    }
    .run();
    match built {
        Ok(folder) => Ok(folder.join(program.name())),
        Err(error) if error.to_string().contains("will not fit in region") => {
            bail!("{} with the model {} does not fit the board's memory", program.name(), model.display())
        }
        Err(error) => Err(error),
    }
}

/// Where the firmware's sources are: those that this runner was built with.
fn workspace() -> &'static Path {
    const RUNNER: &str = env!("CARGO_MANIFEST_DIR");
    Path::new(RUNNER).ancestors().nth(2).unwrap_or(Path::new(RUNNER))
}
