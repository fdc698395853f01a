//! A recording of an utterance.

use rand_chacha::ChaCha8Rng;

use super::amplitude;
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
    let gain = (amplitude(level) / rms).min(0.9 / peak);
    let room = amplitude(-62.0 + normal(rng, 3.0));
    let mut recorded: Vec<f64> = (0..samples).map(|_| normal(rng, room)).collect();
    for (recorded, spoken) in recorded.iter_mut().skip(before).zip(spoken) {
        *recorded += gain * spoken;
    }
    recorded
}

#[cfg(test)]
mod tests {
    use engine::Emotion;

    use super::super::acoustics::MeasuredSpeech;
    use super::super::layout::{MOST_CLIPS, utterances};
    use super::*;
    use crate::synth::Layout;

    /// What is measured of speech with an emotion, a mean over the same speakers saying the same sentences.
    fn measured(emotion: Emotion) -> MeasuredSpeech {
        let recordings: Vec<MeasuredSpeech> = utterances(MOST_CLIPS)
            .unwrap()
            .iter()
            .filter(|utterance| utterance.layout() == Layout::CremaD && utterance.emotion() == emotion)
            .take(24)
            .map(|utterance| {
                MeasuredSpeech::measure(&render(utterance, 5), f64::from(utterance.sample_rate()))
            })
            .collect();
        MeasuredSpeech::mean(&recordings)
    }

    #[test]
    fn emotions_have_the_published_correlates() {
        let neutral = measured(Emotion::Neutral);
        let angry = measured(Emotion::Angry);
        let sad = measured(Emotion::Sad);
        let happy = measured(Emotion::Happy);
        let fearful = measured(Emotion::Fearful);
        let disgusted = measured(Emotion::Disgust);
        // Juslin and Laukka (2003): level and variability of pitch, intensity, rate, high-frequency energy.
        for high in [&angry, &happy, &fearful] {
            assert!(high.pitch > neutral.pitch + 2.0 && high.seconds < neutral.seconds);
        }
        assert!(sad.pitch < neutral.pitch && sad.seconds > neutral.seconds);
        assert!(angry.level > happy.level && happy.level > neutral.level && neutral.level > sad.level);
        assert!(angry.pitch_range > neutral.pitch_range && happy.pitch_range > neutral.pitch_range);
        assert!(sad.pitch_range < neutral.pitch_range);
        assert!(angry.brightness > happy.brightness && happy.brightness > neutral.brightness);
        // Murray and Arnott (1993): disgust is low, slow and soft.
        assert!(disgusted.pitch < neutral.pitch && disgusted.seconds > neutral.seconds);
        assert!(disgusted.level < neutral.level);
    }

    #[test]
    fn anger_is_louder_and_higher_than_sadness_of_every_speaker_in_the_same_sentence() {
        let all = utterances(120).unwrap();
        let angry = all.iter().filter(|utterance| utterance.emotion() == Emotion::Angry);
        let mut pairs = 0;
        for angry in angry {
            let same = |sad: &&Utterance| {
                sad.emotion() == Emotion::Sad
                    && sad.speaker_stream() == angry.speaker_stream()
                    && sad.sentence() == angry.sentence()
            };
            let Some(sad) = all.iter().find(same) else { continue };
            let measure = |utterance| {
                MeasuredSpeech::measure(&render(utterance, 5), f64::from(utterance.sample_rate()))
            };
            let (angry, sad) = (measure(angry), measure(sad));
            assert!(angry.level > sad.level && angry.pitch > sad.pitch, "{angry:?} {sad:?}");
            pairs += 1;
        }
        assert!(pairs >= 4, "{pairs}");
    }

    #[test]
    fn recordings_neither_clip_nor_run_out_of_bounds() {
        for utterance in utterances(40).unwrap() {
            let samples = render(&utterance, 2);
            let seconds = samples.len() as f64 / f64::from(utterance.sample_rate());
            assert!((SHORTEST..4.5).contains(&seconds), "{seconds} s: {:?}", utterance.path());
            let peak = samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
            assert!((500..32_000).contains(&peak), "{peak}: {:?}", utterance.path());
        }
    }
}
