//! The `cargo page` command.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use page::SHIPPED_MODEL;

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
        write_whole(&self.out, &page).with_context(|| format!("cannot write {}", self.out.display()))?;
        println!("Wrote {}: {} bytes in all.", self.out.display(), page.len());
        Ok(())
    }
}

/// Under a temporary name, which is then changed: nobody sees half a page.
fn write_whole(path: &Path, page: &str) -> std::io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".unfinished");
    let written = std::fs::write(&name, page).and_then(|()| std::fs::rename(&name, path));
    written.inspect_err(|_| _ = std::fs::remove_file(&name))
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
