use std::collections::BTreeMap;

use rand::seq::index::sample;
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use super::training_clip::TrainingClip;

/// What is heard of a speaker before a training clip, so that a reference is learnt from in all states that it will
/// have.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoiceContext {
    /// The share of clips before which nothing is heard.
    pub cold_share: f64,
    /// How many of the speaker's other clips are heard at most; any order of magnitude is as likely.
    pub most_clips: usize,
}

/// The training clips of each speaker.
pub(super) struct ClipsBySpeaker(BTreeMap<usize, Vec<usize>>);

impl ClipsBySpeaker {
    pub(super) fn of(clips: &[TrainingClip]) -> Self {
        let mut speakers: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (index, clip) in clips.iter().enumerate() {
            speakers.entry(clip.speaker).or_default().push(index);
        }
        Self(speakers)
    }

    /// Draws which of the speaker's other clips are heard before a clip, in this order.
    pub(super) fn heard_before(
        &self,
        clip: usize,
        speaker: usize,
        context: VoiceContext,
        rng: &mut impl Rng,
    ) -> Vec<usize> {
        let clips = self.0.get(&speaker).map_or(&[][..], Vec::as_slice);
        let others: Vec<usize> = clips.iter().copied().filter(|&other| other != clip).collect();
        if rng.random_bool(context.cold_share) || others.is_empty() {
            return Vec::new();
        }
        let count = log_uniform(context.most_clips, rng).min(others.len());
        sample(rng, others.len(), count).into_iter().map(|index| others[index]).collect()
    }
}

/// A whole number from 1 to `most`, each order of magnitude as likely.
fn log_uniform(most: usize, rng: &mut impl Rng) -> usize {
    let exponent = rng.random_range(0.0..((most + 1) as f64).ln());
    (exponent.exp() as usize).clamp(1, most)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// Clips 0, 2, 4, ... are of speaker 7, clip 1 of speaker 8.
    fn speakers(clips: usize) -> ClipsBySpeaker {
        let clip = |index| TrainingClip {
            samples: [].into(),
            class: Some(0),
            speaker: if index == 1 { 8 } else { 7 },
            corpus: "made".into(),
            advice: None,
        };
        ClipsBySpeaker::of(&(0..clips).map(clip).collect::<Vec<_>>())
    }

    fn draws(context: VoiceContext, clip: usize, speaker: usize) -> Vec<Vec<usize>> {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let speakers = speakers(60);
        (0..4000).map(|_| speakers.heard_before(clip, speaker, context, &mut rng)).collect()
    }

    #[test]
    fn other_clips_of_the_speaker_are_heard_each_once() {
        let drawn = draws(VoiceContext { cold_share: 0.0, most_clips: 40 }, 5, 7);
        for heard in &drawn {
            assert!((1..=40).contains(&heard.len()));
            let mut sorted = heard.clone();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!(sorted.len(), heard.len());
            assert!(!heard.contains(&5) && !heard.contains(&1));
        }
        let ever: std::collections::BTreeSet<usize> = drawn.into_iter().flatten().collect();
        assert_eq!(ever.len(), 58);
    }

    /// Of 1 to 40, those below 6 are ln 6 / ln 41 = 48.2 % of a logarithmic scale.
    #[test]
    fn few_clips_are_as_likely_as_many() {
        let drawn = draws(VoiceContext { cold_share: 0.0, most_clips: 40 }, 5, 7);
        let few = drawn.iter().filter(|heard| heard.len() < 6).count() as f64 / drawn.len() as f64;
        assert!((few - 0.482).abs() < 0.03, "{few}");
        assert!(drawn.iter().any(|heard| heard.len() == 40));
    }

    #[test]
    fn nothing_is_heard_before_the_share_that_starts_cold_or_of_a_speaker_of_one_clip() {
        let drawn = draws(VoiceContext { cold_share: 0.25, most_clips: 3 }, 5, 7);
        let cold = drawn.iter().filter(|heard| heard.is_empty()).count() as f64 / drawn.len() as f64;
        assert!((cold - 0.25).abs() < 0.03, "{cold}");
        assert!(draws(VoiceContext { cold_share: 0.0, most_clips: 3 }, 1, 8).concat().is_empty());
        assert!(draws(VoiceContext { cold_share: 1.0, most_clips: 3 }, 5, 7).concat().is_empty());
    }
}
