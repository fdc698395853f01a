//! The `cargo record-board` command.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use flasher::record;
use serial2::SerialPort;

/// Longer than any pause between two packets.
const PATIENCE: Duration = Duration::from_secs(3);

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
        let mut port = SerialPort::open(&self.port, 115_200)
            .with_context(|| format!("cannot open {}: is the board connected?", self.port))?;
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
        Ok(())
    }
}

fn main() -> ExitCode {
    let Err(error) = Cli::parse().run() else { return ExitCode::SUCCESS };
    eprintln!("error: {error:#}");
    ExitCode::FAILURE
}
