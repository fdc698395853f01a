//! The `cargo sim` command.

use std::process::ExitCode;

use clap::Parser;
use host_trainer::complaint;
use sim::FirmwareFailed;
use sim::commands::Cli;

fn main() -> ExitCode {
    let Err(error) = Cli::parse().run() else { return ExitCode::SUCCESS };
    eprintln!("error: {}", complaint(&error));
    let code = error.downcast_ref::<FirmwareFailed>().and_then(|failed| u8::try_from(failed.code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}
