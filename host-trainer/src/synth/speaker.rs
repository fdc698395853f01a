//! Who speaks: a pitch and a vocal tract.

use rand_chacha::ChaCha8Rng;

use super::random::{factor, normal};
use crate::corpus::Sex;

/// A voice before any emotion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Speaker {
    /// Mean pitch of neutral speech, Hz.
    pub pitch: f64,
    /// The factor on every formant: the shorter the vocal tract, the larger.
    pub tract: f64,
    /// The factor on the speech rate.
    pub rate: f64,
    /// The share of a period during which the glottis is open.
    pub open_quotient: f64,
    /// How many dB the voice has lost at 3 kHz, as Klatt's TL.
    pub tilt: f64,
    /// How loud neutral speech is recorded, dB relative to full scale.
    pub level: f64,
}

impl Speaker {
    /// Draws a speaker, who varies about the averages of a sex. The mean pitches, and the ratio of women's formants to
    /// men's, are those of G. E. Peterson and H. L. Barney, "Control methods used in a study of the vowels", J. Acoust.
    /// Soc. Am. 24(2), 1952.
    pub(super) fn draw(sex: Sex, rng: &mut ChaCha8Rng) -> Self {
        let (pitch, tract, open_quotient, tilt) = match sex {
            Sex::Male => (132.0, 1.0, 0.55, 8.0),
            Sex::Female => (223.0, 1.17, 0.65, 10.0),
        };
        Self {
            pitch: pitch * factor(rng, 0.1),
            tract: tract * factor(rng, 0.03),
            rate: factor(rng, 0.05),
            open_quotient,
            tilt: tilt + normal(rng, 1.0),
            level: -28.0 + normal(rng, 1.5),
        }
    }
}
