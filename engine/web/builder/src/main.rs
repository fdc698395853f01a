//! The `cargo page` command.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use page::SHIPPED_MODEL;
use whole_file::write_whole;

/// Builds the engine and a model into one web page, which needs no server and no network.
#[derive(Debug, Parser)]
#[command(name = "cargo page", bin_name = "cargo page", version)]
struct Cli {
    /// The file to write.
    #[arg(long, value_name = "FILE", default_value = "page.html")]
    out: PathBuf,
    /// The model blob; the shipped model if none is named.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
}

impl Cli {
    fn run(&self) -> anyhow::Result<()> {
        let page = match &self.model {
            None => page::build(SHIPPED_MODEL)?,
            Some(path) => {
                let model = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
                page::build(&model).with_context(|| format!("cannot use {}", path.display()))?
            }
        };
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
