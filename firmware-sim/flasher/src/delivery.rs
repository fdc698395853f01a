use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use whole_file::write_whole;

use crate::board::Without;
use crate::{Board, Image, Program, uf2};

/// Brings an image onto a board by probe-rs, if that is there and a debug probe too. Otherwise writes the file that the
/// board's bootloader takes, and returns what to do with it.
///
/// # Errors
/// Names the file that can't be written, or says that probe-rs failed.
pub fn deliver(board: Board, program: Program, image: &Image) -> anyhow::Result<Option<String>> {
    let elf = path(board, program, "elf");
    write_whole(&elf, &image.elf)?;
    if has_probe()? {
        flash(board, program, &elf)?;
        return Ok(None);
    }
    let (path, contents, how) = match board.without_probe() {
        Without::Uf2 { family, how } => {
            (path(board, program, "uf2"), uf2::encode(image.start, &image.flash, family), how)
        }
        Without::Binary { how } => (path(board, program, "bin"), image.flash.clone(), how),
    };
    write_whole(&path, &contents)?;
    let path = path.display().to_string();
    let how = how.replace("FILE", &path);
    Ok(Some(format!(
        "No debug probe is there (probe-rs), so {path} was written. To bring it onto the board, {how}"
    )))
}

/// `target/boards` of the main workspace.
fn path(board: Board, program: Program, extension: &str) -> PathBuf {
    const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let folder = Path::new(WORKSPACE).canonicalize().unwrap_or_else(|_| WORKSPACE.into());
    folder.join("target/boards").join(format!("{}-{}.{extension}", board.name(), program.name()))
}

fn has_probe() -> anyhow::Result<bool> {
    match Command::new("probe-rs").arg("list").output() {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        // It numbers what it finds.
        result => {
            Ok(String::from_utf8_lossy(&result.context("cannot run probe-rs")?.stdout).contains("[0]:"))
        }
    }
}

/// A board that listens is watched from then on: its log comes by the probe. One that records only has to start.
fn flash(board: Board, program: Program, elf: &Path) -> anyhow::Result<()> {
    let run = |verb: &str, file: Option<&Path>| {
        let mut probe_rs = Command::new("probe-rs");
        let status = probe_rs.args([verb, "--chip", board.chip()]).args(file).status();
        let status = status.context("cannot run probe-rs")?;
        ensure!(status.success(), "probe-rs {verb} failed: is the probe connected to the {}?", board.name());
        Ok(())
    };
    match program {
        Program::Listen => run("run", Some(elf)),
        Program::Record => run("download", Some(elf)).and_then(|()| run("reset", None)),
    }
}
