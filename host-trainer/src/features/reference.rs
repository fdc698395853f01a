use std::num::NonZeroU8;

use engine::blob::RunningParams;
use serde::{Deserialize, Serialize};

/// 1/128 dB in a dB.
const STEPS_PER_DECIBEL: i16 = engine::front_end::STEPS_PER_DECIBEL;

/// What a network's features are relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// dB below the window's maximum, floored at -80 dB: librosa's `ref=max, top_db=80`.
    WindowMaximum,
    /// dB below the level that the utterance has reached a moment later, and what the voice was like before.
    Running(Running),
    /// Nothing: mel power, as the original project had it, or a root of it.
    Power {
        /// Which root, from 1: `power^(1 / root)`.
        root: NonZeroU8,
    },
}

/// How a running reference follows speech; [`RunningParams`] says what each means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Running {
    /// The first band and the one behind the last whose loudest is a frame's loudness.
    pub loudness_bands: [u8; 2],
    /// Frames for which a loudness has to last to become the level.
    pub lasting: u8,
    /// The lowest level, in dB.
    pub quietest: i16,
    /// Frames that wait.
    pub held: u8,
    /// A frame so many dB below the level is no speech.
    pub speech_below: i16,
    /// Frames without speech that end an utterance.
    pub pause: u16,
    /// Frames of speech as which what is known of voices in general counts.
    pub prior_weight: u16,
    /// Frames of speech that are remembered.
    pub memory: u16,
    /// The lowest bands, which the network does not hear: direct current and rumble.
    pub muted_bands: u8,
}

impl Running {
    /// As the engine takes it, with the prior's bytes.
    #[must_use]
    pub fn params<'a>(&self, prior: &'a [u8]) -> RunningParams<'a> {
        let Self { loudness_bands, lasting, held, pause, prior_weight, memory, .. } = *self;
        let [quietest, speech_below] =
            [self.quietest, self.speech_below].map(|decibels| decibels.saturating_mul(STEPS_PER_DECIBEL));
        RunningParams {
            loudness_bands,
            lasting,
            quietest,
            held,
            speech_below,
            pause,
            prior_weight,
            memory,
            prior,
        }
    }
}

impl From<&RunningParams<'_>> for Running {
    fn from(params: &RunningParams<'_>) -> Self {
        let RunningParams { loudness_bands, lasting, held, pause, prior_weight, memory, .. } = *params;
        Self {
            loudness_bands,
            lasting,
            quietest: params.quietest / STEPS_PER_DECIBEL,
            held,
            speech_below: params.speech_below / STEPS_PER_DECIBEL,
            pause,
            prior_weight,
            memory,
            muted_bands: 0,
        }
    }
}
