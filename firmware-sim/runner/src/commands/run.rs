use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use host_trainer::commands::output;
use host_trainer::tensor;

use crate::{Board, Network};

pub(super) struct Args {
    pub(super) board: Board,
    pub(super) model: PathBuf,
    pub(super) files: Vec<PathBuf>,
    pub(super) is_stream: bool,
}

pub(super) fn run(args: &Args, json: bool) -> anyhow::Result<()> {
    let network = Network::build(args.board, &args.model)?;
    let mut failed = 0;
    for file in &args.files {
        if let Err(error) = answer(&network, file, args.is_stream, json) {
            eprintln!("error: {error:#}");
            failed += 1;
        }
    }
    ensure!(failed == 0, "{failed} of {} inputs could not be answered", args.files.len());
    Ok(())
}

fn answer(network: &Network, file: &Path, is_stream: bool, json: bool) -> anyhow::Result<()> {
    let values = tensor::load(file, &network.runnable()?, is_stream)?;
    let failed = || format!("cannot run {}", file.display());
    if is_stream {
        let answers = network.stream(&values).with_context(failed)?;
        return answers.iter().try_for_each(|answer| {
            if json {
                return output::json(answer);
            }
            output::line(&format!(
                "row {}: {:?}, {} instructions",
                answer.row, answer.output, answer.instructions
            ))
        });
    }
    let ran = network.run(&values).with_context(failed)?;
    if json {
        return output::json(&ran);
    }
    output::line(&format!("{:?}", ran.output))?;
    output::line(&format!(
        "{} instructions; flash {} bytes, static RAM {}, stack {} at its deepest",
        ran.instructions, ran.flash_bytes, ran.static_ram_bytes, ran.stack_bytes
    ))
}
