//! The `host-trainer` command.

use std::process::ExitCode;

use clap::Parser;
use host_trainer::commands::Cli;

/// Training makes and drops large buffers at every step: this allocator keeps their pages.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
