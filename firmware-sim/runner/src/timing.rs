use std::path::Path;

use anyhow::Context;
use engine::Model;
use host_trainer::evaluate::{self, LayerFacts};
use serde::{Deserialize, Serialize};

use crate::{Board, Firmware, Program};

/// What a layer or kernel costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Its name.
    pub name: String,
    /// Multiply-accumulates.
    pub macs: u64,
    /// Instructions.
    pub instructions: u64,
}

/// What a model costs on a board, in instructions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Timing {
    /// The board's name.
    pub board: &'static str,
    /// The front end's, for each hop.
    pub front_end_instructions_per_hop: u64,
    /// Each layer's.
    pub layers: Vec<Cost>,
    /// A whole window's: front end and network.
    pub total_instructions: u64,
}

/// `result.json`.
#[derive(Deserialize)]
struct Measurement {
    hops: u64,
    front_end_ticks: u64,
    total_ticks: u64,
    layer_ticks: Vec<u64>,
}

impl Timing {
    /// Builds the firmware that measures, and runs it.
    ///
    /// # Errors
    /// Names a model that can't be read or run; otherwise those of [`Firmware::build`] and [`Firmware::run`].
    pub fn of(board: Board, blob: &Path) -> anyhow::Result<Self> {
        let failed = || format!("cannot use {}", blob.display());
        let bytes = std::fs::read(blob).with_context(failed)?;
        let model = Model::from_bytes(&bytes).with_context(failed)?;
        let result = Firmware::build(board, Program::Bench, blob)?.run(None)?;
        let measured: Measurement =
            serde_json::from_str(&result).context("the firmware's result is broken")?;
        let facts = evaluate::Footprint::of(&model, bytes.len()).layers;
        let cost = |(LayerFacts { name, macs, .. }, ticks)| {
            let instructions = board.instructions(ticks);
            Cost { name, macs, instructions }
        };
        Ok(Self {
            board: board.name(),
            front_end_instructions_per_hop: board.instructions(measured.front_end_ticks)
                / measured.hops.max(1),
            layers: facts.into_iter().zip(measured.layer_ticks).map(cost).collect(),
            total_instructions: board.instructions(measured.total_ticks),
        })
    }
}
