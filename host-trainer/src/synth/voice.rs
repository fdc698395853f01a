//! Control frames made audible.

use std::f64::consts::PI;

use rand_chacha::ChaCha8Rng;

use super::amplitude;
use super::random::normal;
use super::score::Frame;
use super::source::Glottis;
use super::timeline::FRAME_RATE;
use super::tract::{Resonator, Tract};

/// How the controls sound: what of a voice stays the same over an utterance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct VoiceQuality {
    /// The factor on every formant.
    pub tract: f64,
    /// The share of a period during which the glottis is open.
    pub open_quotient: f64,
    /// dB that voicing has lost at 3 kHz.
    pub tilt: f64,
    /// Noise of breath that goes with voicing, dB relative to it.
    pub breath: f64,
    /// Standard deviation of the length of a period, as a share of it.
    pub jitter: f64,
}

/// Brings a vowel to an RMS of about 1.
const VOICING: f64 = 7.0;
/// The noise of an h at the glottis.
const WHISPER: f64 = 0.05;
/// The sample rate at which noise has a deviation of 1 a sample.
const NOISE_RATE: f64 = 16_000.0;

/// Renders frames at a sample rate. Amplitudes are relative: a vowel has an RMS of about 1.
pub(super) fn voice(frames: &[Frame], quality: &VoiceQuality, rate: f64, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let mut voice = Voice::new(quality, rate);
    let mut sound = Vec::new();
    for (index, (frame, next)) in frames.iter().zip(frames.iter().skip(1)).enumerate() {
        let end = ((index + 1) as f64 * rate / FRAME_RATE) as usize;
        let length = end - sound.len();
        voice.shape(frame, length);
        sound.extend((0..length).map(|sample| {
            let progress = sample as f64 / length as f64;
            let amplitudes = [0, 1, 2].map(|i| between(frame.amplitudes[i], next.amplitudes[i], progress));
            voice.sample(between(frame.pitch, next.pitch, progress), amplitudes, rng)
        }));
    }
    sound
}

fn between(from: f64, to: f64, progress: f64) -> f64 {
    from + progress * (to - from)
}

/// The sources and what they sound through.
struct Voice {
    rate: f64,
    /// Amplitude of the breath that goes with voicing.
    breath: f64,
    glottis: Glottis,
    tract: Tract,
    constriction: Resonator,
    /// Brings noise behind the constriction to an RMS of 1.
    constriction_gain: f64,
}

impl Voice {
    fn new(quality: &VoiceQuality, rate: f64) -> Self {
        Self {
            rate,
            breath: amplitude(quality.breath),
            glottis: Glottis::new(rate, quality.open_quotient, quality.tilt, quality.jitter),
            tract: Tract::new(rate, quality.tract),
            constriction: Resonator::new(0.0, rate, rate),
            constriction_gain: 0.0,
        }
    }

    /// Moves the resonances over the next so many samples.
    fn shape(&mut self, frame: &Frame, samples: usize) {
        let [centre, width] = frame.band;
        self.tract.glide(frame.formants, frame.bandwidths, samples);
        self.constriction.tune_band(centre, width, self.rate);
        // Of white noise a resonator passes as much as a band pi / 2 times as wide as its own.
        self.constriction_gain = (NOISE_RATE / (PI * width)).sqrt();
    }

    fn sample(&mut self, pitch: f64, [voicing, whisper, frication]: [f64; 3], rng: &mut ChaCha8Rng) -> f64 {
        // The same power per Hz at any sample rate.
        let noise = normal(rng, (self.rate / NOISE_RATE).sqrt());
        let pulse = self.glottis.next(pitch, rng);
        let aspiration = voicing * self.breath + whisper * WHISPER;
        let voiced = self.tract.step(voicing * VOICING * pulse + aspiration * noise);
        voiced + frication * self.constriction_gain * self.constriction.step(noise)
    }
}

#[cfg(test)]
mod tests {
    use super::super::acoustics::{level, pitch};
    use super::super::random::stream;
    use super::*;

    fn sustained(pitch: f64, amplitudes: [f64; 3], rate: f64) -> Vec<f64> {
        let frame = Frame {
            pitch,
            formants: [700.0, 1220.0, 2600.0],
            bandwidths: [130.0, 70.0, 160.0],
            amplitudes,
            band: [5500.0, 2000.0],
        };
        let quality = VoiceQuality { tract: 1.0, open_quotient: 0.6, tilt: 8.0, breath: -40.0, jitter: 0.0 };
        voice(&vec![frame; 1001], &quality, rate, &mut stream(1, 1))
    }

    #[test]
    fn a_vowel_has_the_pitch_that_was_asked_for_at_every_rate() {
        for rate in [16_000.0, 44_100.0, 48_000.0] {
            for asked in [80.0, 132.0, 223.0, 440.0] {
                let vowel = sustained(asked, [1.0, 0.0, 0.0], rate);
                let measured = pitch(&vowel[vowel.len() / 2..], rate).unwrap();
                assert!((measured / asked - 1.0).abs() < 0.01, "{measured} Hz instead of {asked} at {rate}");
            }
        }
    }

    #[test]
    fn noise_has_no_pitch() {
        for amplitudes in [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]] {
            assert_eq!(pitch(&sustained(132.0, amplitudes, 16_000.0), 16_000.0), None);
        }
    }

    #[test]
    fn loudness_does_not_depend_on_the_rate() {
        for amplitudes in [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]] {
            let low = level(&sustained(132.0, amplitudes, 16_000.0));
            let high = level(&sustained(132.0, amplitudes, 48_000.0));
            assert!((low - high).abs() < 1.0, "{low} dB at 16 kHz, {high} dB at 48 kHz");
        }
    }

    #[test]
    fn a_second_has_as_many_samples_as_the_rate_says() {
        assert_eq!(sustained(132.0, [1.0, 0.0, 0.0], 44_100.0).len(), 44_100);
    }
}
