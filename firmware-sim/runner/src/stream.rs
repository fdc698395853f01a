use std::path::Path;

use anyhow::Context;
use engine::{Classification, Model};
use serde::{Deserialize, Serialize};

use crate::{Board, Firmware, Program};

/// The listening firmware of a board, with what the host must know of its model.
pub struct Stream {
    firmware: Firmware,
    labels: Vec<String>,
    sample_rate: u32,
}

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
    /// Names a model that can't be read or run; otherwise those of [`Firmware::build`].
    pub fn build(board: Board, model: &Path) -> anyhow::Result<Self> {
        let failed = || format!("cannot use {}", model.display());
        let blob = std::fs::read(model).with_context(failed)?;
        let host = Model::from_bytes(&blob).with_context(failed)?;
        let firmware = Firmware::build(board, Program::Stream, model)?;
        let labels = host.labels().iter().map(str::to_owned).collect();
        Ok(Self { firmware, labels, sample_rate: host.front_end().sample_rate })
    }

    /// Samples per second of what the model hears.
    #[must_use]
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// Lets the firmware hear a whole recording: its answers, in order, and that at the end.
    ///
    /// # Errors
    /// Those of [`Firmware::run`].
    pub fn listen(&self, samples: &[i16]) -> anyhow::Result<Vec<Answer>> {
        let result = self.firmware.hear(self.sample_rate, samples)?;
        result.lines().map(|line| self.answer(line)).collect()
    }

    fn answer(&self, line: &str) -> anyhow::Result<Answer> {
        let Line { sample, class, confidence, scores } =
            serde_json::from_str(line).context("the firmware's result is broken")?;
        let label = self.labels.get(class);
        Ok(Answer {
            t: f64::from(sample) / f64::from(self.sample_rate),
            emotion: label.context("the firmware decided on a label that the model does not have")?.clone(),
            confidence: f32::from(confidence) / 256.0,
            scores,
        })
    }
}
