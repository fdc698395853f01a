use std::collections::BTreeMap;

use engine::Model;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;

use super::scorer::begun;
use super::{Confusion, Example, Examples};
/// Seconds of near silence before each clip, and behind the last one.
const PAUSE: usize = 1;
/// The largest sample of near silence: a microphone is never quite silent.
const QUIET: i16 = 2;

/// What a model made of clips of each speaker one after the other, with pauses between. Serialises to what
/// `eval --stream --json` prints.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Streamed {
    /// Clips that were heard.
    pub utterances: usize,
    /// Those at whose end there was an answer.
    pub found: usize,
    /// Those at whose end it was right.
    pub right: usize,
    /// Those at whose end the model would not decide. Nothing decides that yet.
    pub unsure: usize,
    /// Answers to what was no utterance, an hour. None yet: there are no rules that keep answers back.
    pub false_per_hour: Option<f64>,
    /// From an utterance's end until its answer is there, the mean in seconds.
    pub latency_s: f64,
    /// Of each answer within an utterance and the next one, the share that differ, 0 to 1.
    pub changes_share: f64,
    /// The mean recall of the classes, over the utterances that were found.
    pub ua: f64,
    /// Answers within utterances.
    pub answers: usize,
}

/// An answer of a stream.
#[derive(Debug, Clone, Copy)]
struct Answer {
    class: usize,
    /// The sample of the latest frame that it is made from.
    made_from: usize,
    /// How many samples had been heard when it came.
    heard: usize,
}

/// An utterance in a stream.
struct Utterance {
    class: usize,
    samples: std::ops::Range<usize>,
}

/// Counts over utterances.
#[derive(Default)]
struct Counts {
    /// Right class and answer at the end.
    ends: Vec<(usize, Option<Answer>)>,
    latency: usize,
    pairs: usize,
    changes: usize,
    answers: usize,
}

/// Streams the clips of each speaker, in an order that is drawn but always the same, to a model that does not know the
/// voice at first. `recordings` are the examples' whole recordings.
#[must_use]
pub fn stream(model: &Model<'_>, examples: &Examples, recordings: &[&[i16]]) -> Streamed {
    let mut speakers = BTreeMap::<_, Vec<(&Example, &[i16])>>::new();
    for (example, &samples) in examples.examples.iter().zip(recordings) {
        speakers.entry(example.clip.voice()).or_default().push((example, samples));
    }
    let speakers: Vec<_> = speakers.into_values().collect();
    let sample_rate = model.front_end().sample_rate;
    let pause = PAUSE * sample_rate as usize;
    let counts = speakers.into_par_iter().enumerate().map(|(number, mut clips)| {
        let mut rng = ChaCha8Rng::seed_from_u64(number as u64);
        clips.shuffle(&mut rng);
        let (samples, utterances) = one_after_the_other(&clips, pause, &mut rng);
        Counts::of(&utterances, &answers(model, &samples))
    });
    let all = counts.reduce(Counts::default, Counts::with);
    all.summed_up(examples.confusion([]), sample_rate)
}

fn one_after_the_other(
    clips: &[(&Example, &[i16])],
    pause: usize,
    rng: &mut ChaCha8Rng,
) -> (Vec<i16>, Vec<Utterance>) {
    let (mut samples, mut utterances) = (Vec::new(), Vec::new());
    for &(example, clip) in clips {
        samples.extend((0..pause).map(|_| rng.random_range(-QUIET..=QUIET)));
        let start = samples.len();
        samples.extend_from_slice(clip);
        utterances.push(Utterance { class: example.class, samples: start..samples.len() });
    }
    samples.extend((0..pause).map(|_| rng.random_range(-QUIET..=QUIET)));
    (samples, utterances)
}

/// Lets the engine hear a stream, hop by hop.
fn answers(model: &Model<'_>, samples: &[i16]) -> Vec<Answer> {
    let (mut session, mut arena) = begun(model);
    let (mut answers, mut heard) = (Vec::new(), 0);
    for hop in samples.chunks(model.front_end().hop_length.into()) {
        heard += hop.len();
        let note = |answer: engine::Classification<'_>| {
            answers.push(Answer { class: answer.class(), made_from: answer.sample() as usize, heard });
        };
        session.push(hop, &mut arena, note).expect("there is a model");
    }
    answers
}

impl Counts {
    fn of(utterances: &[Utterance], answers: &[Answer]) -> Self {
        let mut counts = Self::default();
        for Utterance { class, samples } in utterances {
            let within: Vec<&Answer> =
                answers.iter().filter(|answer| samples.contains(&answer.made_from)).collect();
            counts.pairs += within.len().saturating_sub(1);
            counts.changes += within.windows(2).filter(|pair| pair[0].class != pair[1].class).count();
            counts.answers += within.len();
            let last = within.last().map(|&&answer| answer);
            counts.latency += last.map_or(0, |answer| answer.heard.saturating_sub(samples.end));
            counts.ends.push((*class, last));
        }
        counts
    }

    fn with(mut self, other: Self) -> Self {
        self.ends.extend(other.ends);
        self.latency += other.latency;
        self.pairs += other.pairs;
        self.changes += other.changes;
        self.answers += other.answers;
        self
    }

    fn summed_up(&self, mut confusion: Confusion, sample_rate: u32) -> Streamed {
        for (truth, answer) in &self.ends {
            if let Some(answer) = answer {
                confusion.add(*truth, answer.class);
            }
        }
        let found = confusion.clips();
        let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        Streamed {
            utterances: self.ends.len(),
            found,
            right: confusion.right(),
            unsure: 0,
            false_per_hour: None,
            latency_s: share(self.latency, found) / f64::from(sample_rate),
            changes_share: share(self.changes, self.pairs),
            ua: confusion.ua(),
            answers: self.answers,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each answer comes 50 samples after the latest frame that it is made from.
    fn answer((class, made_from): (usize, usize)) -> Answer {
        Answer { class, made_from, heard: made_from + 50 }
    }

    #[test]
    fn figures_worked_by_hand() {
        let utterances = [(0, 100..200), (1, 300..400), (1, 500..510)]
            .map(|(class, samples)| Utterance { class, samples });
        // Three answers in the first utterance, of which one pair differs, and two in the second; none in the third.
        let answers =
            [(1, 90), (0, 110), (1, 150), (1, 190), (0, 250), (1, 310), (1, 380), (0, 410)].map(answer);
        let counts = Counts::of(&utterances, &answers);
        let streamed = counts.summed_up(Confusion::new(&["happy", "sad"]), 22_050);
        assert_eq!((streamed.utterances, streamed.found, streamed.right), (3, 2, 1));
        assert_eq!((streamed.answers, streamed.ua), (5, 0.5));
        assert!((streamed.changes_share - 1.0 / 3.0).abs() < 1e-12);
        // 40 and 30 samples.
        assert!((streamed.latency_s - 35.0 / 22_050.0).abs() < 1e-12);
    }
}
