//! A recording of an utterance.

use rand_chacha::ChaCha8Rng;

use super::emotion::Prosody;
use super::layout::Utterance;
use super::random::{normal, stream};
use super::score::score;
use super::speaker::Speaker;
use super::voice::{VoiceQuality, voice};

/// The shortest recording, seconds.
const SHORTEST: f64 = 1.5;

/// Speaks an utterance: mono samples at its corpus's own rate, the same for the same seed.
///
/// ```
/// use host_trainer::synth;
///
/// let utterances = synth::utterances(20)?;
/// let samples = synth::render(&utterances[0], 7);
/// let seconds = samples.len() as f64 / f64::from(utterances[0].sample_rate());
/// assert!((1.5..4.5).contains(&seconds));
/// # anyhow::Ok(())
/// ```
#[must_use]
pub fn render(utterance: &Utterance, seed: u64) -> Vec<i16> {
    let mut rng = stream(seed, utterance.stream());
    let speaker = Speaker::draw(utterance.sex(), &mut stream(seed, utterance.speaker_stream()));
    let prosody = Prosody::of(utterance.emotion()).intensified(utterance.intensity()).varied(&mut rng);
    let frames = score(utterance.sentence(), &speaker, &prosody, &mut rng);
    let rate = f64::from(utterance.sample_rate());
    let spoken = voice(&frames, &quality(&speaker, &prosody), rate, &mut rng);
    let recorded = record(&spoken, speaker.level + prosody.energy, rate, &mut rng);
    recorded.into_iter().map(|sample| (sample * f64::from(i16::MAX)).round() as i16).collect()
}

/// The speaker's voice under an emotion.
fn quality(speaker: &Speaker, prosody: &Prosody) -> VoiceQuality {
    VoiceQuality {
        tract: speaker.tract,
        // A breathy glottis closes late, a pressed one early.
        open_quotient: (speaker.open_quotient + 0.015 * prosody.breath).clamp(0.35, 0.9),
        tilt: (speaker.tilt - prosody.brightness).max(0.0),
        breath: -30.0 + prosody.breath,
        jitter: prosody.jitter,
    }
}

/// Puts speech between two silences in a room with some noise, at a level in dB relative to full scale.
fn record(spoken: &[f64], level: f64, rate: f64, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let mut pause = || (rate * (0.2 + normal(rng, 0.06).abs())) as usize;
    let (before, after) = (pause(), pause());
    let samples = (before + spoken.len() + after).max((SHORTEST * rate) as usize);
    let rms = (spoken.iter().map(|sample| sample * sample).sum::<f64>() / spoken.len() as f64).sqrt();
    let peak = spoken.iter().fold(0.0, |peak: f64, sample| peak.max(sample.abs()));
    // Loud speech is recorded with less gain rather than clipped.
    let gain = (decibel(level) / rms).min(0.9 / peak);
    let room = decibel(-62.0 + normal(rng, 3.0));
    let mut recorded: Vec<f64> = (0..samples).map(|_| normal(rng, room)).collect();
    for (recorded, spoken) in recorded.iter_mut().skip(before).zip(spoken) {
        *recorded += gain * spoken;
    }
    recorded
}

fn decibel(level: f64) -> f64 {
    10f64.powf(level / 20.0)
}
