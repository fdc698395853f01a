//! The `cargo flash-board` command.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use flasher::{Board, Program, build, deliver};
use toolchain::{DEFAULT_MODEL, model_file};

/// Builds the firmware for a board and brings it there: by probe-rs, or as a file for the board's bootloader.
#[derive(Debug, Parser)]
#[command(name = "cargo flash-board", bin_name = "cargo flash-board", version)]
struct Cli {
    /// The board.
    board: Board,
    /// The model: a blob, or a shipped one by its name, small or tiny.
    #[arg(
        long,
        value_name = "BLOB",
        default_value = DEFAULT_MODEL,
        value_parser = model_file,
        conflicts_with = "record"
    )]
    model: PathBuf,
    /// A board that sends what its microphone hears to the PC (`cargo record-board`) rather than one that listens.
    #[arg(long)]
    record: bool,
}

impl Cli {
    fn run(&self) -> anyhow::Result<()> {
        let program = if self.record { Program::Record } else { Program::Listen };
        eprintln!("building {} for {}", program.name(), self.board.name());
        let image = build(self.board, program, &self.model)?;
        eprintln!("flash {} bytes, static RAM {} bytes", image.flash.len(), image.static_ram_bytes);
        if let Some(what_to_do) = deliver(self.board, program, &image)? {
            eprintln!("{what_to_do}");
        }
        Ok(())
    }
}

fn main() -> ExitCode {
    let Err(error) = Cli::parse().run() else { return ExitCode::SUCCESS };
    eprintln!("error: {error:#}");
    ExitCode::FAILURE
}
