use std::collections::HashMap;

use engine::Voice;
use engine::blob::FrontEndParams;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::corpus::Clip;
use crate::features;

/// What a model has learnt of the speakers of a set of clips from some seconds of their other clips, whose labels play
/// no part.
#[derive(Debug)]
pub struct Voices<'m> {
    front_end: FrontEndParams<'m>,
    heard: Vec<VoiceSample>,
}

/// A recording that a voice can be learnt from.
#[derive(Debug)]
struct VoiceSample {
    clip: Clip,
    samples: usize,
    /// What is learnt from this recording alone.
    voice: Voice,
}

impl<'m> Voices<'m> {
    /// Learns the voice of each whole recording with a model's front end, on all cores.
    #[must_use]
    pub fn learn<'r>(
        front_end: &FrontEndParams<'m>,
        recordings: impl IntoIterator<Item = (Clip, &'r [i16])>,
    ) -> Self {
        let recordings: Vec<_> = recordings.into_iter().collect();
        let hear = |(clip, samples): (Clip, &[i16])| VoiceSample {
            clip,
            samples: samples.len(),
            voice: features::learn(front_end, samples),
        };
        Self { front_end: *front_end, heard: recordings.into_par_iter().map(hear).collect() }
    }

    /// The voice of a clip's speaker before the clip: other clips of the speaker, drawn by `seed` and the clip's index,
    /// have been heard until so many seconds were full, or all others if there are too few.
    ///
    /// # Panics
    /// If there is no such clip.
    #[must_use]
    pub fn after(&self, seconds: u32, clip: usize, seed: u64) -> Voice {
        let heard = self.drawn(seconds, clip, seed);
        features::together(&self.front_end, heard.into_iter().map(|heard| &heard.voice))
    }

    /// How many clips have other clips of their speaker for less than so many seconds: before these all others are
    /// heard.
    #[must_use]
    pub fn with_less_than(&self, seconds: u32) -> usize {
        let mut samples = HashMap::new();
        for heard in &self.heard {
            *samples.entry(heard.clip.voice()).or_insert(0) += heard.samples;
        }
        let others = |heard: &VoiceSample| samples[&heard.clip.voice()] - heard.samples;
        self.heard.iter().filter(|heard| others(heard) < self.needed(seconds)).count()
    }

    fn needed(&self, seconds: u32) -> usize {
        seconds as usize * self.front_end.sample_rate as usize
    }

    fn drawn(&self, seconds: u32, clip: usize, seed: u64) -> Vec<&VoiceSample> {
        let speaker = self.heard[clip].clip.voice();
        let others = self.heard.iter().enumerate().filter(|&(index, _)| index != clip);
        let mut others: Vec<&VoiceSample> =
            others.map(|(_, heard)| heard).filter(|heard| heard.clip.voice() == speaker).collect();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(clip as u64);
        others.shuffle(&mut rng);
        let needed = self.needed(seconds);
        let mut full = 0;
        let is_needed = |heard: &&VoiceSample| {
            let is_needed = full < needed;
            full += heard.samples;
            is_needed
        };
        others.into_iter().take_while(is_needed).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use engine::Model;

    use super::*;
    use crate::SHIPPED_MODEL;

    /// Ten clips of one speaker and two of another, each of 2 s.
    fn clips() -> Vec<Clip> {
        let name = |clip: usize| format!("03-01-05-01-02-01-{:02}/{clip}", 1 + clip / 10);
        let path = |clip| std::path::PathBuf::from(name(clip)).with_extension("wav");
        let clip = |clip: usize| Clip {
            path: path(clip),
            corpus: crate::corpus::Corpus::new("ravdess"),
            speaker: (clip / 10).to_string(),
            label: "sad".to_owned(),
            sex: None,
        };
        (0..12).map(clip).collect()
    }

    fn paths<'h>(drawn: &[&'h VoiceSample]) -> Vec<&'h std::path::Path> {
        drawn.iter().map(|heard| heard.clip.path.as_path()).collect()
    }

    #[test]
    fn whole_clips_of_the_speaker_are_heard_until_the_seconds_are_full() {
        let model = Model::from_bytes(SHIPPED_MODEL).unwrap();
        let (clips, silence) = (clips(), vec![0; 2 * model.front_end().sample_rate as usize]);
        let recordings = || clips.iter().map(|clip| (clip.clone(), &silence[..]));
        let voices = Voices::learn(model.front_end(), recordings());
        for clip in 0..10 {
            let [five, six, long] = [5, 6, 1000].map(|seconds| paths(&voices.drawn(seconds, clip, 7)));
            assert_eq!((five.len(), six.len(), long.len()), (3, 3, 9));
            assert_eq!(five, long[..3]);
            let each: BTreeSet<_> = long.into_iter().collect();
            assert_eq!(each.len(), 9);
            assert!(!each.contains(clips[clip].path.as_path()));
            assert!(!each.contains(clips[10].path.as_path()));
        }
        assert_eq!(paths(&voices.drawn(60, 11, 7)), [clips[10].path.as_path()]);
        assert!(voices.drawn(0, 3, 7).is_empty());
        // Of the first speaker there are 18 s besides each clip, of the second 2 s.
        assert_eq!([0, 2, 3, 18, 19].map(|seconds| voices.with_less_than(seconds)), [0, 0, 2, 2, 12]);
        let again = Voices::learn(model.front_end(), recordings());
        let drawn = |voices: &Voices<'_>, clip, seed| {
            paths(&voices.drawn(9, clip, seed)).into_iter().map(std::path::Path::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(drawn(&voices, 0, 7), drawn(&again, 0, 7));
        assert_ne!(drawn(&voices, 0, 7), drawn(&voices, 0, 8));
    }
}
