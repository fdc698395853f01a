//! The `host-trainer` command.

use std::io::ErrorKind;
use std::process::ExitCode;

use host_trainer::commands::Cli;
use host_trainer::complaint;

/// Training makes and drops large buffers at every step: this allocator keeps their pages.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match Cli::of_command_line().run() {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads the output, like `head`, has enough.
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", complaint(&error));
            ExitCode::FAILURE
        }
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let is_closed = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
    };
    error.chain().any(is_closed)
}
