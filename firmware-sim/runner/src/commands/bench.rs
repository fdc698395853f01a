use std::path::Path;

use anyhow::Context;
use engine::Model;
use serde::{Deserialize, Serialize};

use super::cost::{Cost, print_table};
use crate::{Board, Firmware, Program};

/// `result.json`.
#[derive(Deserialize)]
struct Measurement {
    hops: u64,
    front_end_ticks: u64,
    total_ticks: u64,
    layer_ticks: Vec<u64>,
}

#[derive(Serialize)]
struct Report {
    board: &'static str,
    front_end_instructions_per_hop: u64,
    layers: Vec<Cost>,
    total_instructions: u64,
}

pub(super) fn run(board: Board, blob: &Path, json: bool) -> anyhow::Result<()> {
    let failed = || format!("cannot use {}", blob.display());
    let bytes = std::fs::read(blob).with_context(failed)?;
    let model = Model::from_bytes(&bytes).with_context(failed)?;
    let result = Firmware::build(board, Program::Bench, blob)?.run(None)?;
    let measured: Measurement = serde_json::from_str(&result).context("the firmware's result is broken")?;
    let layers = model.layers().iter().zip(measured.layer_ticks).enumerate();
    let report = Report {
        board: board.name(),
        front_end_instructions_per_hop: board.instructions(measured.front_end_ticks) / measured.hops.max(1),
        layers: layers
            .map(|(index, (layer, ticks))| Cost {
                name: format!("{index} {}", layer.op.name()),
                macs: model.body().macs(index),
                instructions: board.instructions(ticks),
            })
            .collect(),
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
