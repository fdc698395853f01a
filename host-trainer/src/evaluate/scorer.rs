use engine::blob::Op;
use engine::{Model, Voice};
use rayon::prelude::*;

use super::begun::begun;
use super::prediction::Prediction;
use super::{TestClip, TestSet, Voices};
use crate::audio;

/// Runs a blob over recordings by the engine's own code, as a device does.
#[derive(Debug, Clone)]
pub struct Scorer<'m> {
    model: Model<'m>,
}

impl<'m> Scorer<'m> {
    /// Takes a model.
    ///
    /// # Errors
    /// What the engine says of the blob.
    pub fn new(blob: &'m [u8]) -> anyhow::Result<Self> {
        let model = Model::from_bytes(blob)?;
        Ok(Self { model })
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &Model<'m> {
        &self.model
    }

    /// Samples per second of what the model hears.
    #[must_use]
    pub fn sample_rate(&self) -> u32 {
        self.model.front_end().sample_rate
    }

    /// Samples in the model's window.
    #[must_use]
    pub fn window_samples(&self) -> usize {
        self.model.front_end().window_samples as usize
    }

    /// What a step of the int8 logits is worth once the model's temperature has divided them: it is the factor of
    /// the blob's softmax, in fractions of 2^26 in Q31.
    pub(crate) fn logit_step(&self) -> f32 {
        let softmax = self.model.network().layers().last().map(|layer| layer.op);
        let Some(Op::Softmax { rescale }) = softmax else { return 1.0 };
        let exponent = i32::from(rescale.shift) - 31 - 26;
        (f64::from(rescale.multiplier) * 2f64.powi(exponent)) as f32
    }

    /// Classifies a recording of a voice that is not known; of a long one, the [window](audio::window) of highest
    /// energy.
    ///
    /// # Panics
    /// Never for a model that the engine has accepted.
    #[must_use]
    pub fn classify(&self, samples: &[i16]) -> Prediction {
        self.classify_voice(samples, &Voice::default())
    }

    /// The same of a voice that was heard before.
    ///
    /// # Panics
    /// Never for a model that the engine has accepted.
    #[must_use]
    pub fn classify_voice(&self, samples: &[i16], voice: &Voice) -> Prediction {
        let window = audio::window(samples, self.window_samples());
        let (mut session, mut arena) = begun(&self.model);
        session.restore_voice(voice, &mut arena).expect("there is a model");
        session.push(&window, &mut arena, |_| ()).expect("there is a model");
        session.finish(&mut arena).expect("a window that was filled up has an answer").into()
    }

    /// What it says of each clip after each of some seconds, which rise, of its speaker's other clips, drawn by `seed`.
    /// The voices are those of the clips, in their order.
    #[must_use]
    pub fn classify_after<const N: usize>(
        &self,
        test: &TestSet,
        voices: &Voices<'_, '_>,
        seconds: [u32; N],
        seed: u64,
    ) -> Vec<[Prediction; N]> {
        let predict = |(index, clip): (usize, &TestClip)| {
            voices.after(seconds, index, seed).map(|voice| self.classify_voice(&clip.window, &voice))
        };
        test.clips.par_iter().enumerate().map(predict).collect()
    }
}
