//! How an emotion sounds: prosody targets after published acoustic correlates.
//!
//! The directions are those of P. N. Juslin and P. Laukka, "Communication of emotions in vocal expression and
//! music performance: different channels, same code?", Psychological Bulletin 129(5), 2003 (their summary of
//! cues for anger, fear, happiness, sadness, and tenderness, which stands for calm), and of I. R. Murray and
//! J. L. Arnott, "Toward the simulation of emotion in synthetic speech", J. Acoust. Soc. Am. 93(2), 1993, for
//! disgust; surprise, which neither has, after J. E. Cahn, "The generation of affect in synthesized speech",
//! J. American Voice I/O Society 8, 1990. Those give words like "high" and "much"; the sizes in
//! [`Prosody::of`] are this project's own and stay within what the studies report of actors.

use engine::Emotion;
use rand_chacha::ChaCha8Rng;

use super::random::{factor, normal};

/// What an emotion does to a voice, relative to the speaker's neutral speech.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Prosody {
    /// Mean pitch, semitones.
    pub pitch: f64,
    /// Factor on the pitch's excursions.
    pub range: f64,
    /// Movement of the pitch over the end of the sentence, semitones.
    pub terminal: f64,
    /// Factor on the speech rate.
    pub rate: f64,
    /// Energy, dB.
    pub energy: f64,
    /// How much louder stressed syllables are than the others, dB.
    pub emphasis: f64,
    /// Energy at 3 kHz, dB.
    pub brightness: f64,
    /// Noise of breath, dB.
    pub breath: f64,
    /// Standard deviation of the length of a period, as a share of it.
    pub jitter: f64,
}

/// How strongly an emotion is expressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Intensity {
    Normal,
    Strong,
}

impl Prosody {
    /// The targets of an emotion at normal intensity.
    pub(super) fn of(emotion: Emotion) -> Self {
        let [pitch, range, terminal, rate, energy, emphasis, brightness, breath, jitter] = match emotion {
            //                    pitch range  term. rate  energy emph. bright breath jitter
            Emotion::Neutral => [0.0, 1.0, -3.0, 1.0, 0.0, 3.0, 0.0, 0.0, 0.005],
            Emotion::Calm => [-1.0, 0.7, -2.0, 0.85, -4.0, 2.0, -4.0, 5.0, 0.004],
            Emotion::Happy => [4.0, 1.9, 3.0, 1.12, 4.0, 4.0, 3.0, 0.0, 0.005],
            Emotion::Sad => [-1.5, 0.5, -5.0, 0.78, -6.0, 1.5, -6.0, 8.0, 0.012],
            Emotion::Angry => [4.0, 1.5, -2.0, 1.18, 8.0, 7.0, 7.0, -3.0, 0.02],
            Emotion::Fearful => [6.0, 0.7, 2.0, 1.28, -1.0, 5.0, -1.0, 6.0, 0.025],
            Emotion::Disgust => [-2.5, 1.3, -7.0, 0.8, -2.0, 4.0, 3.0, -2.0, 0.03],
            Emotion::Surprised => [5.0, 2.4, 9.0, 1.05, 3.0, 4.0, 2.0, 4.0, 0.006],
        };
        Self { pitch, range, terminal, rate, energy, emphasis, brightness, breath, jitter }
    }

    /// Farther from neutral speech when the emotion is strong.
    pub(super) fn intensified(self, intensity: Intensity) -> Self {
        let neutral = Self::of(Emotion::Neutral);
        let reach = match intensity {
            Intensity::Normal => 1.0,
            Intensity::Strong => 1.3,
        };
        let away = |from: f64, to: f64| from + reach * (to - from);
        Self {
            pitch: away(neutral.pitch, self.pitch),
            range: away(neutral.range, self.range),
            terminal: away(neutral.terminal, self.terminal),
            rate: away(neutral.rate, self.rate),
            energy: away(neutral.energy, self.energy),
            emphasis: away(neutral.emphasis, self.emphasis),
            brightness: away(neutral.brightness, self.brightness),
            breath: away(neutral.breath, self.breath),
            jitter: away(neutral.jitter, self.jitter).max(0.0),
        }
    }

    /// As one person says it once: wide enough that neighbouring emotions overlap.
    pub(super) fn varied(self, rng: &mut ChaCha8Rng) -> Self {
        Self {
            pitch: self.pitch + normal(rng, 1.2),
            range: self.range * factor(rng, 0.25),
            terminal: self.terminal + normal(rng, 2.0),
            rate: self.rate * factor(rng, 0.07),
            energy: self.energy + normal(rng, 2.5),
            emphasis: self.emphasis + normal(rng, 1.0),
            brightness: self.brightness + normal(rng, 2.0),
            breath: self.breath + normal(rng, 2.5),
            jitter: self.jitter * factor(rng, 0.3),
        }
    }
}
