use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::measured::{Cost, Measured, print_table};
use crate::{Board, Firmware, Program};

#[derive(Deserialize)]
struct Measurement {
    hops: u64,
    front_end_ticks: u64,
    layers: Vec<Measured>,
    total_ticks: u64,
}

#[derive(Serialize)]
struct Report {
    board: &'static str,
    front_end_instructions_per_hop: u64,
    layers: Vec<Cost>,
    total_instructions: u64,
}

pub(super) fn run(board: Board, model: &Path, json: bool) -> anyhow::Result<()> {
    let result = Firmware::build(board, Program::Bench, model)?.run(None)?;
    let measured: Measurement = serde_json::from_str(&result).context("the firmware's result is broken")?;
    let report = Report {
        board: board.name(),
        front_end_instructions_per_hop: board.instructions(measured.front_end_ticks) / measured.hops.max(1),
        layers: measured.layers.into_iter().map(|layer| layer.on(board)).collect(),
        total_instructions: board.instructions(measured.total_ticks),
    };
    if json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print_table(&report.layers);
        println!("front end: {} instructions per hop", report.front_end_instructions_per_hop);
        println!("a whole window: {} instructions", report.total_instructions);
    }
    Ok(())
}
