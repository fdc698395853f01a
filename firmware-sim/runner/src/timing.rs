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
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Timing {
    /// The board's name.
    pub board: &'static str,
    /// The front end's, for each hop.
    pub front_end_instructions_per_hop: u64,
    /// Each layer's in a window.
    pub layers: Vec<Cost>,
    /// A whole window's: front end and network.
    pub total_instructions: u64,
    /// What listening costs that goes on.
    pub stream: StreamTiming,
    /// To load the model, its checksum included.
    pub load_instructions: u64,
    /// A checksum over the model by itself.
    pub checksum_instructions: u64,
}

/// What a stream costs, front end and network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StreamTiming {
    /// For a second of audio.
    pub instructions_per_second: u64,
    /// The dearest push of one hop.
    pub dearest_push_instructions: u64,
    /// How often there is an answer.
    pub answers_per_second: f64,
}

/// `result.json`.
#[derive(Deserialize)]
struct Measurement {
    hops: u64,
    front_end_ticks: u64,
    stream_ticks: u64,
    stream_hops: u64,
    dearest_hop_ticks: u64,
    total_ticks: u64,
    layer_ticks: Vec<u64>,
    load_ticks: u64,
    checksum_ticks: u64,
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
            stream: StreamTiming::of(board, &model, &measured),
            layers: facts.into_iter().zip(measured.layer_ticks).map(cost).collect(),
            total_instructions: board.instructions(measured.total_ticks),
            load_instructions: board.instructions(measured.load_ticks),
            checksum_instructions: board.instructions(measured.checksum_ticks),
        })
    }
}

impl StreamTiming {
    fn of(board: Board, model: &Model<'_>, measured: &Measurement) -> Self {
        let front_end = model.front_end();
        let samples = measured.stream_hops.max(1) * u64::from(front_end.hop_length);
        let rows = f64::from(front_end.hop_length) * f64::from(model.pace().rows_an_answer);
        Self {
            instructions_per_second: board.instructions(measured.stream_ticks)
                * u64::from(front_end.sample_rate)
                / samples,
            dearest_push_instructions: board.instructions(measured.dearest_hop_ticks),
            answers_per_second: f64::from(front_end.sample_rate) / rows,
        }
    }
}
