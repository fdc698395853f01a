use std::path::Path;

use anyhow::Context;
use engine::model::Runnable;
use host_trainer::tensor;
use serde::{Deserialize, Serialize};

use crate::footprint::Footprint;
use crate::qemu::folder;
use crate::{Board, Firmware, Program};

/// A board's firmware that runs a network over rows of int8.
pub struct Network {
    firmware: Firmware,
    blob: Vec<u8>,
}

/// What a board made of a whole input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ran {
    /// The values of the last layer.
    pub output: Vec<i8>,
    /// What all rows took, and the padding behind them.
    pub instructions: u64,
    /// Code, constants, model and the initial values of statics.
    pub flash_bytes: u64,
    /// Statics.
    pub static_ram_bytes: u64,
    /// The stack at its deepest.
    pub stack_bytes: u64,
}

/// What a board made of a row of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowAnswer {
    /// The row; the first is 0.
    pub row: usize,
    /// The values of the last layer.
    pub output: Vec<i8>,
    /// What the rows since the answer before took.
    pub instructions: u64,
}

/// A line of `result.json`.
#[derive(Deserialize)]
struct Step {
    ticks: u64,
    is_answer: bool,
    stack_bytes: u64,
}

/// The lines and the bytes of the answers.
struct Outcome {
    steps: Vec<Step>,
    answers: Vec<i8>,
}

impl Network {
    /// Builds the firmware with a model, of which it runs the network alone.
    ///
    /// # Errors
    /// Names a model that can't be read or run; otherwise those of [`Firmware::build`].
    pub fn build(board: Board, model: &Path) -> anyhow::Result<Self> {
        let failed = || format!("cannot use {}", model.display());
        let blob = std::fs::read(model).with_context(failed)?;
        Runnable::from_bytes(&blob).with_context(failed)?;
        Ok(Self { firmware: Firmware::build(board, Program::Run, model)?, blob })
    }

    /// Runs it over a whole window.
    ///
    /// # Errors
    /// Says how many values there are to be; otherwise those of [`Firmware::run`].
    pub fn run(&self, values: &[i8]) -> anyhow::Result<Ran> {
        let Outcome { steps, answers } = self.outcome(values, false)?;
        let answer = answers.chunks_exact(self.answer_len()?).next_back();
        let ticks = steps.iter().map(|step| step.ticks).sum();
        let Footprint { flash_bytes, static_ram_bytes } = Footprint::of(&self.firmware)?;
        Ok(Ran {
            output: answer.context(BROKEN)?.to_vec(),
            instructions: self.firmware.board.instructions(ticks),
            flash_bytes,
            static_ram_bytes,
            stack_bytes: steps.last().context(BROKEN)?.stack_bytes,
        })
    }

    /// Runs it over rows that go on.
    ///
    /// # Errors
    /// The same.
    pub fn stream(&self, values: &[i8]) -> anyhow::Result<Vec<RowAnswer>> {
        let Outcome { mut steps, answers } = self.outcome(values, true)?;
        // The end is no row.
        steps.pop();
        let mut answers = answers.chunks_exact(self.answer_len()?);
        let (mut ticks, mut found) = (0, Vec::new());
        for (row, step) in steps.iter().enumerate() {
            ticks += step.ticks;
            if step.is_answer {
                let output = answers.next().context(BROKEN)?.to_vec();
                found.push(RowAnswer { row, output, instructions: self.firmware.board.instructions(ticks) });
                ticks = 0;
            }
        }
        Ok(found)
    }

    fn outcome(&self, values: &[i8], is_stream: bool) -> anyhow::Result<Outcome> {
        tensor::ensure_rows(&self.runnable()?, values, is_stream)?;
        let folder = folder()?;
        let bytes: Vec<u8> = values.iter().map(|&value| value as u8).collect();
        std::fs::write(folder.path().join("input.bin"), bytes).context("cannot write a temporary file")?;
        let lines = self.firmware.run_in(&folder)?;
        let steps = lines.lines().map(serde_json::from_str).collect::<Result<_, _>>().context(BROKEN)?;
        let answers = std::fs::read(folder.path().join("answers.bin")).context(BROKEN)?;
        Ok(Outcome { steps, answers: answers.into_iter().map(|byte| byte as i8).collect() })
    }

    /// The network that runs.
    ///
    /// # Errors
    /// The blob is not one any more.
    pub fn runnable(&self) -> anyhow::Result<Runnable<'_>> {
        Ok(Runnable::from_bytes(&self.blob)?)
    }

    fn answer_len(&self) -> anyhow::Result<usize> {
        let runnable = self.runnable()?;
        let network = runnable.network();
        Ok(network.tensor(network.len()).context(BROKEN)?.row_len())
    }
}

const BROKEN: &str = "the firmware's result is broken";
