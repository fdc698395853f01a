use std::path::Path;

use anyhow::Context;
use engine::Classification;
use serde::{Deserialize, Serialize};

use crate::device::Device;
use crate::{Board, Program};

/// The firmware of a board that answers all the time.
pub struct Stream(Device);

/// What the model says at some point of a stream.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// The second of the stream up to which it has heard.
    pub t: f64,
    /// The label.
    pub emotion: String,
    /// Its probability, 0 to 1.
    pub confidence: f32,
    /// The int8 logits.
    pub scores: Vec<i8>,
}

/// A line of `result.json`.
#[derive(Deserialize)]
struct Line {
    sample: u32,
    class: usize,
    /// In steps of 1/256.
    confidence: u8,
    scores: Vec<i8>,
}

impl Answer {
    /// An answer of the host's engine, once it has heard so many samples.
    #[must_use]
    pub fn of(answer: &Classification<'_>, sample_rate: u32, heard: usize) -> Self {
        Self {
            t: answer.sample().min(heard as u64) as f64 / f64::from(sample_rate),
            emotion: answer.label().to_owned(),
            confidence: answer.confidence(),
            scores: answer.scores().to_vec(),
        }
    }
}

impl Stream {
    /// Builds the firmware with a model.
    ///
    /// # Errors
    /// Names a model that can't be read or run; otherwise those of [`Firmware::build`](crate::Firmware::build).
    pub fn build(board: Board, model: &Path) -> anyhow::Result<Self> {
        Device::build(board, Program::Stream, model).map(Self)
    }

    /// Samples per second of what the model hears.
    #[must_use]
    pub fn sample_rate(&self) -> u32 {
        self.0.sample_rate
    }

    /// Lets the firmware hear a whole recording: its answers, in order, and that at the end.
    ///
    /// # Errors
    /// Those of [`Firmware::run`](crate::Firmware::run).
    pub fn listen(&self, samples: &[i16]) -> anyhow::Result<Vec<Answer>> {
        let result = self.0.firmware.hear(self.0.sample_rate, samples)?;
        result.lines().map(|line| self.answer(line)).collect()
    }

    fn answer(&self, line: &str) -> anyhow::Result<Answer> {
        let Line { sample, class, confidence, scores } =
            serde_json::from_str(line).context("the firmware's result is broken")?;
        Ok(Answer {
            t: f64::from(sample) / f64::from(self.0.sample_rate),
            emotion: self.0.label(class)?.to_owned(),
            confidence: f32::from(confidence) / 256.0,
            scores,
        })
    }
}
