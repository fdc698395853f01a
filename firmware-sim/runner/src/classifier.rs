use std::path::Path;

use anyhow::Context;
use host_trainer::audio;
use host_trainer::evaluate::{Prediction, Scorer};
use serde::Deserialize;

use crate::{Board, Firmware, Program};

/// The classifying firmware of a board, with what the host must know of its model.
pub struct Classifier {
    firmware: Firmware,
    labels: Vec<String>,
    window_samples: usize,
    sample_rate: u32,
}

/// What the firmware made of a recording.
#[derive(Debug)]
pub struct Heard {
    /// The same as the host's engine says, or one of them is wrong.
    pub prediction: Prediction,
    /// How deep the stack has been.
    pub stack_bytes: u64,
}

/// `result.json`; probabilities in steps of 1/256.
#[derive(Deserialize)]
struct Outcome {
    /// The index of the label.
    class: usize,
    probabilities: Vec<u8>,
    scores: Vec<i8>,
    stack_bytes: u64,
}

impl Classifier {
    /// Builds the firmware with a model.
    ///
    /// # Errors
    /// Names a model that can't be read or run; otherwise those of [`Firmware::build`].
    pub fn build(board: Board, model: &Path) -> anyhow::Result<Self> {
        let failed = || format!("cannot use {}", model.display());
        let blob = std::fs::read(model).with_context(failed)?;
        let host = Scorer::new(&blob).with_context(failed)?;
        let firmware = Firmware::build(board, Program::Classify, model)?;
        Ok(Self {
            firmware,
            labels: host.model().labels().iter().map(str::to_owned).collect(),
            window_samples: host.window_samples(),
            sample_rate: host.sample_rate(),
        })
    }

    /// Samples per second of what the model hears.
    #[must_use]
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// The firmware.
    #[must_use]
    pub fn firmware(&self) -> &Firmware {
        &self.firmware
    }

    /// Lets the firmware hear the window of highest energy, as `predict` does on the host.
    ///
    /// # Errors
    /// Those of [`Firmware::run`].
    pub fn classify(&self, samples: &[i16]) -> anyhow::Result<Heard> {
        let result = self.firmware.hear(self.sample_rate, &audio::window(samples, self.window_samples))?;
        let outcome = serde_json::from_str(&result).context("the firmware's result is broken")?;
        self.heard(outcome).context("the firmware decided on a label that the model does not have")
    }

    fn heard(&self, outcome: Outcome) -> Option<Heard> {
        let Outcome { class, probabilities, scores, stack_bytes } = outcome;
        let emotion = self.labels.get(class)?.clone();
        let shares = probabilities.into_iter().map(|steps| f32::from(steps) / 256.0);
        let probabilities: Vec<_> = self.labels.iter().cloned().zip(shares).collect();
        let (_, confidence) = *probabilities.get(class)?;
        Some(Heard {
            prediction: Prediction { class, emotion, confidence, probabilities, scores },
            stack_bytes,
        })
    }
}
