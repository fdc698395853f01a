//! The `cargo record-board` command.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Parser;
use flasher::{PATIENCE, record};
use serial2::SerialPort;

/// What Linux, macOS and the BSDs answer when a file that is no terminal is asked for its baud rate.
const NOT_A_TERMINAL: i32 = 25;

/// Records what the microphone of a board hears that was flashed with `cargo flash-board BOARD --record`.
#[derive(Debug, Parser)]
#[command(name = "cargo record-board", bin_name = "cargo record-board", version)]
struct Cli {
    /// The board's serial port: /dev/ttyACM0, /dev/cu.usbmodem1101, COM3...
    port: String,
    /// The WAV file to write.
    file: PathBuf,
    /// How long to record.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    seconds: u32,
}

impl Cli {
    fn run(&self) -> anyhow::Result<()> {
        // USB knows no baud rate, but the call wants one.
        let opened = SerialPort::open(&self.port, 115_200);
        if opened.as_ref().is_err_and(is_no_port) {
            bail!("{} is no serial port: name the one that appears when the board is connected", self.port);
        }
        let mut port =
            opened.with_context(|| format!("cannot open {}: is the board connected?", self.port))?;
        let told = port.set_read_timeout(PATIENCE).and_then(|()| port.set_dtr(true));
        told.with_context(|| format!("cannot use {}", self.port))?;
        eprintln!("recording {} s", self.seconds);
        let recorded = record(port, self.seconds, &self.file)?;
        let seconds = recorded.samples as f64 / f64::from(recorded.sample_rate);
        eprintln!(
            "{}: {seconds:.1} s at {} Hz; blocks lost: {}",
            self.file.display(),
            recorded.sample_rate,
            recorded.lost_blocks
        );
        if recorded.skipped_bytes > 0 {
            eprintln!(
                "warning: {} bytes between packets made no sense and were skipped: sound is missing there",
                recorded.skipped_bytes
            );
        }
        match recorded.cut_short {
            None => Ok(()),
            Some(why) => bail!("the recording is short, {seconds:.1} of {} s: {why}", self.seconds),
        }
    }
}

fn is_no_port(error: &io::Error) -> bool {
    let is_no_terminal = cfg!(unix) && error.raw_os_error() == Some(NOT_A_TERMINAL);
    is_no_terminal || error.kind() == io::ErrorKind::IsADirectory
}

fn main() -> ExitCode {
    let Err(error) = Cli::parse().run() else { return ExitCode::SUCCESS };
    eprintln!("error: {error:#}");
    ExitCode::FAILURE
}
