use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use engine::Model;
use toolchain::Build;

use crate::{Board, Image};

/// Bytes that are kept for the stack: the deepest way through the listener with the shipped model, and an interrupt
/// above it. See `docs/boards.md`.
pub const STACK_BYTES: usize = 4096;

/// What a board does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// Listens, and shows which emotion it hears.
    Listen,
    /// Sends what the microphone hears to the PC.
    Record,
}

impl Program {
    /// The name of its binary.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Listen => "listen",
            Self::Record => "record",
        }
    }
}

/// Builds a program with a model for a board.
///
/// # Errors
/// Names a model that can't be read or run or does not fit; a toolchain without the board's target; and whatever the
/// compiler or the linker says.
pub fn build(board: Board, program: Program, model: &Path) -> anyhow::Result<Image> {
    check(board, model).with_context(|| format!("cannot use {}", model.display()))?;
    let model = model.canonicalize().with_context(|| format!("cannot read {}", model.display()))?;
    let workspace = workspace();
    let target_folder = workspace.join("target");
    std::fs::create_dir_all(&target_folder).context("cannot make the build folder")?;
    // Boards and models share the name of the built file: nobody else may build before it is read.
    let lock = File::create(target_folder.join("flasher.lock")).context("cannot lock the build folder")?;
    lock.lock().context("cannot lock the build folder")?;
    let elf = compile(board, program, &model, &workspace)?;
    let elf = std::fs::read(&elf).with_context(|| format!("cannot read {}", elf.display()))?;
    let image = Image::of(board, elf)?;
    ensure_stack(board, &model, image.static_ram_bytes)?;
    Ok(image)
}

/// Whether the engine runs the model, and there is room for it beside the stack, a listener of some 8 KiB and a program
/// of some 64.
fn check(board: Board, model: &Path) -> anyhow::Result<()> {
    const PROGRAM_RAM: usize = 8 << 10;
    const PROGRAM_FLASH: usize = 64 << 10;

    let blob = std::fs::read(model)?;
    Model::from_bytes(&blob)?;
    let part = board.part();
    fit(board, "flash", blob.len(), part.flash.len() - PROGRAM_FLASH)?;
    fit(board, "RAM", engine::arena_bytes(&blob), part.ram.len() - PROGRAM_RAM - STACK_BYTES)
}

/// The linker gives the stack what the statics leave, be it nothing.
fn ensure_stack(board: Board, model: &Path, static_ram_bytes: usize) -> anyhow::Result<()> {
    let left = board.part().ram.len().saturating_sub(static_ram_bytes);
    ensure!(
        left >= STACK_BYTES,
        "the model {} leaves {left} bytes of {}'s RAM for the stack, which takes {STACK_BYTES}: use a smaller one",
        model.display(),
        board.name()
    );
    Ok(())
}

fn fit(board: Board, memory: &str, needed: usize, available: usize) -> anyhow::Result<()> {
    let name = board.name();
    ensure!(needed <= available, "it takes {needed} bytes of {memory}, and {name} has {available} for it");
    Ok(())
}

/// Builds it, and returns where it is.
fn compile(board: Board, program: Program, model: &Path, workspace: &Path) -> anyhow::Result<PathBuf> {
    let (package, feature) = board.package();
    let feature = feature.map(|feature| format!("--features={feature}"));
    let mut arguments = vec!["--locked", "--package", package, "--bin", program.name()];
    arguments.extend(feature.as_deref());
    let built = Build {
        name: "the firmware",
        workspace,
        target: board.target(),
        profile: "release",
        arguments: &arguments,
        flags: &[],
        variable: Some(("BOARD_MODEL", model)),
    }
    .run();
    match built {
        Ok(folder) => Ok(folder.join(program.name())),
        Err(error) if error.to_string().contains("will not fit in region") => bail!(
            "{} with the model {} does not fit the memory of {}",
            program.name(),
            model.display(),
            board.name()
        ),
        Err(error) => Err(error),
    }
}

/// Where the boards' sources are: those beside which this was built.
fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("boards")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_told_with_both_sizes() {
        assert!(fit(Board::Pico2, "RAM", 9, 9).is_ok());
        let message = fit(Board::Pico2, "RAM", 10, 9).unwrap_err().to_string();
        assert_eq!(message, "it takes 10 bytes of RAM, and pico2 has 9 for it");
    }

    /// An STM32F407 has 128 KiB of RAM.
    #[test]
    fn a_model_that_leaves_too_little_for_the_stack_is_refused() {
        let ensure = |bytes| ensure_stack(Board::F407Discovery, Path::new("a.postcard"), bytes);
        assert!(ensure(126_976).is_ok());
        assert_eq!(
            ensure(126_977).unwrap_err().to_string(),
            "the model a.postcard leaves 4095 bytes of f407-discovery's RAM for the stack, which takes 4096: use a \
             smaller one"
        );
        assert!(ensure(200_000).unwrap_err().to_string().contains("leaves 0 bytes"));
    }
}
