use std::path::Path;

use anyhow::Context;
use host_trainer::commands::output;
use serde::{Deserialize, Serialize};

use crate::{Board, Firmware, Program};

/// `result.json`.
#[derive(Deserialize)]
struct Outcome {
    cases: usize,
}

#[derive(Serialize)]
struct Report {
    board: &'static str,
    cases: usize,
}

pub(super) fn run(board: Board, model: &Path, json: bool) -> anyhow::Result<()> {
    let result = Firmware::build(board, Program::Agree, model)?.run(None)?;
    let Outcome { cases } = serde_json::from_str(&result).context("the firmware's result is broken")?;
    if json {
        return output::json(&Report { board: board.name(), cases });
    }
    println!("{cases} random layers give the same results on {} as by the plain kernels", board.name());
    Ok(())
}
