use anyhow::ensure;
use engine::{Emotion, Model, Session};
use serde::{Serialize, Serializer};

use super::confusion::label;
use crate::audio;

/// Runs a blob over recordings by the engine's own code, as a device does.
#[derive(Debug, Clone)]
pub struct Scorer<'m> {
    model: Model<'m>,
}

/// What a model says of a recording.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prediction {
    /// The index of the likeliest emotion among the model's labels.
    #[serde(skip)]
    pub class: usize,
    /// The likeliest emotion.
    #[serde(serialize_with = "label")]
    pub emotion: Emotion,
    /// Its probability, 0 to 1.
    pub confidence: f32,
    /// Every label with its probability.
    #[serde(serialize_with = "by_label")]
    pub probabilities: Vec<(Emotion, f32)>,
    /// The int8 logits, in the same order.
    pub scores: Vec<i8>,
}

impl<'m> Scorer<'m> {
    /// Takes a model that hears recordings as this crate loads them.
    ///
    /// # Errors
    /// What the engine says of the blob, or a sample rate other than [`audio::SAMPLE_RATE`].
    pub fn new(blob: &'m [u8]) -> anyhow::Result<Self> {
        let model = Model::from_bytes(blob)?;
        let rate = model.body().front_end.sample_rate;
        ensure!(
            rate == audio::SAMPLE_RATE,
            "the model listens at {rate} Hz, recordings are brought to {} Hz",
            audio::SAMPLE_RATE
        );
        Ok(Self { model })
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &Model<'m> {
        &self.model
    }

    /// Samples in the model's window.
    #[must_use]
    pub fn window_samples(&self) -> usize {
        self.model.body().front_end.window_samples as usize
    }

    /// Classifies a recording; of a long one, the window of highest energy.
    ///
    /// # Panics
    /// Never for a model that the engine has accepted.
    #[must_use]
    pub fn classify(&self, samples: &[i16]) -> Prediction {
        let window = audio::window(samples, self.window_samples());
        let mut arena = vec![0; self.model.plan().arena_bytes()];
        let mut session = Box::new(Session::new());
        session.start(self.model.clone());
        session.push(&window, &mut arena);
        session.finish(&mut arena);
        let result = session.classify(&mut arena).expect("a window that was filled up is full");
        let emotion = result.emotion();
        Prediction {
            class: self.model.labels().iter().position(|&label| label == emotion).unwrap_or(0),
            emotion,
            confidence: result.confidence(),
            probabilities: result.probabilities().collect(),
            scores: result.scores().to_vec(),
        }
    }
}

fn by_label<S: Serializer>(values: &[(Emotion, f32)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(values.iter().map(|(emotion, value)| (emotion.label(), value)))
}
