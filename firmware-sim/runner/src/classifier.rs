use std::path::Path;

use anyhow::Context;
use host_trainer::audio;
use host_trainer::evaluate::Prediction;
use serde::Deserialize;

use crate::device::Device;
use crate::{Board, Firmware, Program};

/// The classifying firmware of a board.
pub struct Classifier(Device);

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
        Device::build(board, Program::Classify, model).map(Self)
    }

    /// Samples per second of what the model hears.
    #[must_use]
    pub fn sample_rate(&self) -> u32 {
        self.0.sample_rate
    }

    /// The firmware.
    #[must_use]
    pub fn firmware(&self) -> &Firmware {
        &self.0.firmware
    }

    /// Lets the firmware hear the window of highest energy, as `predict` does on the host.
    ///
    /// # Errors
    /// Those of [`Firmware::run`].
    pub fn classify(&self, samples: &[i16]) -> anyhow::Result<Heard> {
        let result =
            self.0.firmware.hear(self.0.sample_rate, &audio::window(samples, self.0.window_samples))?;
        let broken = "the firmware's result is broken";
        let Outcome { class, probabilities, scores, stack_bytes } =
            serde_json::from_str(&result).context(broken)?;
        let emotion = self.0.label(class)?.to_owned();
        let shares = probabilities.into_iter().map(|steps| f32::from(steps) / 256.0);
        let probabilities: Vec<_> = self.0.labels.iter().cloned().zip(shares).collect();
        let &(_, confidence) = probabilities.get(class).context(broken)?;
        Ok(Heard {
            prediction: Prediction { class, emotion, confidence, probabilities, scores },
            stack_bytes,
        })
    }
}
