//! The command line: one file a command.

mod agree;
mod bench;
mod classify;
mod cost;
mod decimate;
mod kernels;
mod listen;
mod live;
mod memory;
mod run;
mod stream;

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use engine::listen::DecisionSettings;
use toolchain::{DEFAULT_MODEL, model_file};

use crate::Board;

/// Runs the engine's firmware on one of QEMU's boards.
#[derive(Debug, Parser)]
#[command(name = "cargo sim", bin_name = "cargo sim", version, about)]
pub struct Cli {
    /// The board.
    #[arg(long)]
    board: Board,
    /// The model: a blob, or a shipped one by its name, small or tiny.
    #[arg(long, global = true, value_name = "BLOB", default_value = DEFAULT_MODEL, value_parser = model_file)]
    model: PathBuf,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say which emotion a recording expresses.
    Classify {
        /// Recordings, in any format that the trainer reads.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Listen to a long recording: an answer each time that the network has one.
    Stream {
        /// The recording, in any format that the trainer reads.
        file: PathBuf,
    },
    /// Listen to a recording as to a microphone: who speaks when, with which emotion, and what it costs.
    Listen {
        /// The recording, in any format that the trainer reads.
        file: PathBuf,
        /// The microphone's sample rate in Hz: the model's, or 16000 (of a model for 16000 Hz, 48000).
        #[arg(long, value_name = "HZ", value_parser = clap::value_parser!(u32).range(4000..=192_000))]
        rate: Option<u32>,
        /// The probability from which on an emotion is announced, in percent.
        #[arg(long, value_name = "PERCENT", default_value_t = DecisionSettings::DEFAULT.threshold,
            value_parser = clap::value_parser!(u8).range(0..=100))]
        threshold: u8,
    },
    /// Listen to a recording that comes at the pace of time, in blocks by interrupt: whether the board keeps up.
    Live {
        /// The recording, in any format that the trainer reads.
        file: PathBuf,
        /// The microphone's sample rate in Hz: 16000 (of a model for 16000 Hz, 48000), or the model's.
        #[arg(long, value_name = "HZ", value_parser = clap::value_parser!(u32).range(4000..=192_000))]
        rate: Option<u32>,
        /// The core's clock; it does one instruction a cycle.
        #[arg(long, value_name = "MHZ", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1000))]
        clock: u32,
    },
    /// Decimate a recording's bits as a PDM microphone would send them, and say what that costs.
    Decimate {
        /// The recording, in any format that the trainer reads.
        file: PathBuf,
    },
    /// Run a network without a front end on arrays of int8.
    Run {
        /// The .npy files of int8, each a whole input.
        #[arg(required = true, value_name = "INPUT.NPY")]
        files: Vec<PathBuf>,
        /// Rows go on: a line for each answer. An input may have any number of them.
        #[arg(long)]
        stream: bool,
    },
    /// Count the instructions of each part of the model.
    Bench,
    /// Count the instructions of the reference kernels.
    Kernels,
    /// Run the board's kernels against the plain ones over random layers.
    Agree,
    /// Measure the flash, static RAM and stack of the classifying firmware.
    Memory,
}

impl Cli {
    /// Does what the command line asks for.
    ///
    /// # Errors
    /// One message for the user that names the file and says what to do.
    pub fn run(self) -> anyhow::Result<()> {
        let Self { board, model, json, command } = self;
        match command {
            Command::Classify { files } => classify::run(board, &model, &files, json),
            Command::Stream { file } => stream::run(board, &model, &file, json),
            Command::Listen { file, rate, threshold } => {
                listen::run(&listen::Args { board, model, file, rate, threshold }, json)
            }
            Command::Live { file, rate, clock } => {
                live::run(&live::Args { board, model, file, rate, clock }, json)
            }
            Command::Decimate { file } => decimate::run(board, &file, json),
            Command::Run { files, stream } => {
                run::run(&run::Args { board, model, files, is_stream: stream }, json)
            }
            Command::Bench => bench::run(board, &model, json),
            Command::Kernels => kernels::run(board, &model, json),
            Command::Agree => agree::run(board, &model, json),
            Command::Memory => memory::run(board, &model, json),
        }
    }
}
