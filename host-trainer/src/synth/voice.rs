//! Control frames made audible.

use rand_chacha::ChaCha8Rng;

use super::random::normal;
use super::score::{FRAME_RATE, Frame};
use super::source::Glottis;
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

/// Renders frames at a sample rate, in arbitrary units: a stressed vowel has an RMS of about 1.
pub(super) fn voice(frames: &[Frame], quality: &VoiceQuality, rate: f64, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let mut glottis = Glottis::new(rate, quality.open_quotient, quality.tilt, quality.jitter);
    let mut tract = Tract::new(rate, quality.tract);
    let mut constriction = Resonator::default();
    let breath = 10f64.powf(quality.breath / 20.0);
    // White noise of the same power per Hz at any sample rate.
    let noise_deviation = (rate / 16_000.0).sqrt();
    let samples = (frames.len() as f64 / FRAME_RATE * rate) as usize;
    let mut current = None;
    (0..samples)
        .map(|sample| {
            let at = sample as f64 / rate * FRAME_RATE;
            let index = at as usize;
            let frame = &frames[index];
            let next = frames.get(index + 1).unwrap_or(frame);
            if current.replace(index) != Some(index) {
                tract.shape(frame.formants, frame.bandwidths);
                constriction.tune_band(frame.band[0], frame.band[1], rate);
            }
            let between = |from: f64, to: f64| from + at.fract() * (to - from);
            let amplitude = |index: usize| between(frame.amplitudes[index], next.amplitudes[index]);
            let noise = normal(rng, noise_deviation);
            let pulse = glottis.next(between(frame.pitch, next.pitch), rng);
            let aspiration = amplitude(0) * breath + amplitude(1) * WHISPER;
            let voiced = tract.step(VOICING * amplitude(0) * pulse + aspiration * noise);
            // Unit RMS: the resonator passes pi / 2 times its bandwidth of the noise.
            let unit = (16_000.0 / (std::f64::consts::PI * frame.band[1])).sqrt();
            voiced + amplitude(2) * unit * constriction.step(noise)
        })
        .collect()
}

/// Brings a vowel to an RMS of about 1.
const VOICING: f64 = 1.0;
/// The noise of an h at the glottis.
const WHISPER: f64 = 0.05;
