//! The `cargo page` command.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use toolchain::{DEFAULT_MODEL, model_file};
use whole_file::write_whole;

/// Builds the engine and a model into one web page, which needs no server and no network.
#[derive(Debug, Parser)]
#[command(name = "cargo page", bin_name = "cargo page", version)]
struct Cli {
    /// The file to write.
    #[arg(long, value_name = "FILE", default_value = "page.html")]
    out: PathBuf,
    /// The model: a blob, or a shipped one by its name, small or tiny.
    #[arg(long, value_name = "BLOB", default_value = DEFAULT_MODEL, value_parser = model_file)]
    model: PathBuf,
}

impl Cli {
    fn run(&self) -> anyhow::Result<()> {
        let path = self.model.display();
        let model = std::fs::read(&self.model).with_context(|| format!("cannot read {path}"))?;
        let page = page::build(&model).with_context(|| format!("cannot use {path}"))?;
        write_whole(&self.out, page.as_bytes())?;
        println!("Wrote {}: {} bytes in all.", self.out.display(), page.len());
        Ok(())
    }
}

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
