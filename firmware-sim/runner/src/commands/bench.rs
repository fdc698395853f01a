use std::path::Path;

use anyhow::Context;
use engine::Model;
use host_trainer::commands::output;
use host_trainer::evaluate::{Footprint, LayerFacts};
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
    let layers = Footprint::of(&model, bytes.len()).layers.into_iter().zip(measured.layer_ticks);
    let report = Report {
        board: board.name(),
        front_end_instructions_per_hop: board.instructions(measured.front_end_ticks) / measured.hops.max(1),
        layers: layers
            .map(|(LayerFacts { name, macs, .. }, ticks)| Cost {
                name,
                macs,
                instructions: board.instructions(ticks),
            })
            .collect(),
        total_instructions: board.instructions(measured.total_ticks),
    };
    if json {
        output::json(&report)?;
    } else {
        print_table(&report.layers);
        println!("front end: {} instructions per hop", report.front_end_instructions_per_hop);
        println!("a whole window: {} instructions", report.total_instructions);
    }
    Ok(())
}
