use std::path::Path;

use anyhow::Context;
use engine::{Emotion, Model};
use host_trainer::audio;
use serde::Deserialize;

use crate::{Board, Firmware, Program};

/// The classifying firmware of a board, with what the host must know of its model.
pub struct Classifier {
    pub(crate) firmware: Firmware,
    labels: Vec<Emotion>,
    window_samples: usize,
}

/// What the firmware made of a recording.
#[derive(Debug)]
pub struct Heard {
    /// The emotion on which the engine decided.
    pub emotion: Emotion,
    /// Every label with its probability, in the model's order.
    pub probabilities: Vec<(Emotion, f32)>,
    /// The int8 logits, in the order of the labels.
    pub scores: Vec<i8>,
    /// How deep the stack has been.
    pub stack_bytes: u64,
}

/// `result.json`; probabilities in steps of 1/256.
#[derive(Deserialize)]
struct Outcome {
    emotion: String,
    probabilities: Vec<u8>,
    scores: Vec<i8>,
    stack_bytes: u64,
}

impl Classifier {
    /// Builds the firmware with the model at `model`.
    ///
    /// # Errors
    /// Names a model that can't be read or run; otherwise those of [`Firmware::build`].
    pub fn build(board: Board, model: &Path) -> anyhow::Result<Self> {
        let failed = || format!("cannot use {}", model.display());
        let blob = std::fs::read(model).with_context(failed)?;
        let checked = Model::from_bytes(&blob).with_context(failed)?;
        Ok(Self {
            firmware: Firmware::build(board, Program::Classify, model)?,
            labels: checked.labels().to_vec(),
            window_samples: checked.body().front_end.window_samples as usize,
        })
    }

    /// Lets the firmware hear the model's window of highest energy, as `predict` does on the host.
    ///
    /// # Errors
    /// Those of [`Firmware::run`].
    pub fn classify(&self, samples: &[i16]) -> anyhow::Result<Heard> {
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let wav = folder.path().join("recording.wav");
        write_wav(&wav, &audio::window(samples, self.window_samples))
            .context("cannot write a temporary file")?;
        let result = self.firmware.run(Some(&wav))?;
        let outcome: Outcome = serde_json::from_str(&result).context("the firmware's result is broken")?;
        let probabilities = outcome.probabilities.iter().map(|&steps| f32::from(steps) / 256.0);
        Ok(Heard {
            emotion: Emotion::from_label(&outcome.emotion).context("the firmware's result is broken")?,
            probabilities: self.labels.iter().copied().zip(probabilities).collect(),
            scores: outcome.scores,
            stack_bytes: outcome.stack_bytes,
        })
    }
}

fn write_wav(path: &Path, samples: &[i16]) -> hound::Result<()> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: audio::SAMPLE_RATE,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(path, spec)?;
    for &sample in samples {
        writer.write_sample(sample)?;
    }
    writer.finalize()
}
