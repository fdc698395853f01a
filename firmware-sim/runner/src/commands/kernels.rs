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
    operators: Vec<Operator>,
}

#[derive(Deserialize)]
struct Kernel {
    name: String,
    macs: u64,
    ticks: u64,
}

#[derive(Deserialize)]
struct Operator {
    name: String,
    unit: String,
    count: u64,
    ticks: u64,
}

#[derive(Serialize)]
struct Report {
    board: &'static str,
    kernels: Vec<Cost>,
    operators: Vec<OperatorCost>,
}

/// What an operator costs, beside the number of its multiply-accumulates, inputs or outputs.
#[derive(Serialize)]
struct OperatorCost {
    name: String,
    unit: String,
    count: u64,
    instructions: u64,
}

pub(super) fn run(board: Board, model: &Path, json: bool) -> anyhow::Result<()> {
    let result = Firmware::build(board, Program::Kernels, model)?.run(None)?;
    let Measurement { kernels, operators } =
        serde_json::from_str(&result).context("the firmware's result is broken")?;
    let cost = |Kernel { name, macs, ticks }| Cost { name, macs, instructions: board.instructions(ticks) };
    let kernels: Vec<_> = kernels.into_iter().map(cost).collect();
    let cost = |Operator { name, unit, count, ticks }| OperatorCost {
        name,
        unit,
        count,
        instructions: board.instructions(ticks),
    };
    let operators: Vec<_> = operators.into_iter().map(cost).collect();
    if json {
        return output::json(&Report { board: board.name(), kernels, operators });
    }
    print_table(&kernels);
    println!();
    for OperatorCost { name, unit, count, instructions } in operators {
        println!("{:>10.2} an {unit:6}  {name}", instructions as f64 / count as f64);
    }
    Ok(())
}
