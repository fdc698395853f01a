use std::path::Path;

use anyhow::Context;
use host_trainer::commands::output;
use serde::{Deserialize, Serialize};

use super::cost::print_table;
use crate::{Board, Cost, Firmware, Program};

/// `result.json`.
#[derive(Deserialize)]
struct Measurement {
    kernels: Vec<Kernel>,
}

#[derive(Deserialize)]
struct Kernel {
    name: String,
    macs: u64,
    ticks: u64,
}

#[derive(Serialize)]
struct Report {
    board: &'static str,
    kernels: Vec<Cost>,
}

pub(super) fn run(board: Board, model: &Path, json: bool) -> anyhow::Result<()> {
    let result = Firmware::build(board, Program::Kernels, model)?.run(None)?;
    let Measurement { kernels } = serde_json::from_str(&result).context("the firmware's result is broken")?;
    let cost = |Kernel { name, macs, ticks }| Cost { name, macs, instructions: board.instructions(ticks) };
    let kernels: Vec<_> = kernels.into_iter().map(cost).collect();
    if json {
        output::json(&Report { board: board.name(), kernels })?;
    } else {
        print_table(&kernels);
    }
    Ok(())
}
