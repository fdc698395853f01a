use std::path::{Path, PathBuf};

use anyhow::Context;
use host_trainer::commands::{each_file, output};
use host_trainer::tensor;

use crate::{Board, Network, Ran, RowAnswer};

pub(super) struct Args {
    pub(super) board: Board,
    pub(super) model: PathBuf,
    pub(super) files: Vec<PathBuf>,
    pub(super) is_stream: bool,
}

/// What an input led to.
enum Answered {
    Window(Ran),
    Stream(Vec<RowAnswer>),
}

pub(super) fn run(args: &Args, json: bool) -> anyhow::Result<()> {
    let network = Network::build(args.board, &args.model)?;
    each_file(
        &args.files,
        "inputs could not be answered",
        |file| answer(&network, file, args.is_stream),
        |_, answered| answered.print(json),
    )
}

fn answer(network: &Network, file: &Path, is_stream: bool) -> anyhow::Result<Answered> {
    let values = tensor::load(file, &network.runnable()?, is_stream)?;
    let failed = || format!("cannot run {}", file.display());
    if is_stream {
        let answers = network.stream(&values).with_context(failed)?;
        if answers.is_empty() {
            eprintln!("{}", tensor::no_answer_yet(file, &network.runnable()?));
        }
        return Ok(Answered::Stream(answers));
    }
    Ok(Answered::Window(network.run(&values).with_context(failed)?))
}

impl Answered {
    fn print(&self, json: bool) -> anyhow::Result<()> {
        match self {
            Self::Window(ran) => print_window(ran, json),
            Self::Stream(answers) => answers.iter().try_for_each(|answer| print_row(answer, json)),
        }
    }
}

fn print_window(ran: &Ran, json: bool) -> anyhow::Result<()> {
    if json {
        return output::json(ran);
    }
    output::line(&format!("{:?}", ran.output))?;
    output::line(&format!(
        "{} instructions; flash {} bytes, static RAM {}, stack {} at its deepest",
        ran.instructions, ran.flash_bytes, ran.static_ram_bytes, ran.stack_bytes
    ))
}

fn print_row(answer: &RowAnswer, json: bool) -> anyhow::Result<()> {
    if json {
        return output::json(answer);
    }
    output::line(&format!("row {}: {:?}, {} instructions", answer.row, answer.output, answer.instructions))
}
