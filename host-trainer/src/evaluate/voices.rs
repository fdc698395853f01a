use std::collections::HashMap;

use engine::{Model, Voice};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::begun::begun;
use crate::corpus::Clip;

/// What a model learns of the speakers of a set of clips from some seconds of their other clips, whose labels play no
/// part.
#[derive(Debug)]
pub struct Voices<'m, 'r> {
    model: Model<'m>,
    recordings: Vec<Recording<'r>>,
}

/// A whole recording that a voice can be learnt from.
#[derive(Debug)]
struct Recording<'r> {
    clip: Clip,
    samples: &'r [i16],
}

impl<'m, 'r> Voices<'m, 'r> {
    /// Of whole recordings, whose speakers a model is to get to know.
    #[must_use]
    pub fn new(model: &Model<'m>, recordings: impl IntoIterator<Item = (Clip, &'r [i16])>) -> Self {
        let recording = |(clip, samples)| Recording { clip, samples };
        Self { model: *model, recordings: recordings.into_iter().map(recording).collect() }
    }

    /// The voice of a clip's speaker before the clip, after each of some seconds, which rise: the engine has heard
    /// other clips of the speaker, drawn by `seed` and the clip's index, one after the other until so many seconds were
    /// full, or all others if there are too few.
    ///
    /// # Panics
    /// If there is no such clip.
    #[must_use]
    pub fn after<const N: usize>(&self, seconds: [u32; N], clip: usize, seed: u64) -> [Voice; N] {
        let (mut session, mut arena) = begun(&self.model);
        let mut heard = 0;
        seconds.map(|seconds| {
            let drawn = self.drawn(seconds, clip, seed);
            for recording in drawn.iter().skip(heard) {
                session.push(recording.samples, &mut arena, |_| ()).expect("there is a model");
                session.finish(&mut arena).expect("a recording that was filled up has an answer");
            }
            heard = drawn.len();
            session.voice(&mut arena).expect("there is a model")
        })
    }

    /// How many clips have other clips of their speaker for less than so many seconds: before these all others are
    /// heard.
    #[must_use]
    pub fn with_less_than(&self, seconds: u32) -> usize {
        let mut samples = HashMap::new();
        for Recording { clip, samples: heard } in &self.recordings {
            *samples.entry(clip.voice()).or_insert(0) += heard.len();
        }
        let others = |heard: &Recording<'_>| samples[&heard.clip.voice()] - heard.samples.len();
        self.recordings.iter().filter(|heard| others(heard) < self.needed(seconds)).count()
    }

    fn needed(&self, seconds: u32) -> usize {
        seconds as usize * self.model.front_end().sample_rate as usize
    }

    fn drawn(&self, seconds: u32, clip: usize, seed: u64) -> Vec<&Recording<'r>> {
        let speaker = self.recordings[clip].clip.voice();
        let others = self.recordings.iter().enumerate().filter(|&(index, _)| index != clip);
        let mut others: Vec<&Recording<'r>> =
            others.map(|(_, heard)| heard).filter(|heard| heard.clip.voice() == speaker).collect();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(clip as u64);
        others.shuffle(&mut rng);
        let needed = self.needed(seconds);
        let mut full = 0;
        let is_needed = |heard: &&Recording<'r>| {
            let is_needed = full < needed;
            full += heard.samples.len();
            is_needed
        };
        others.into_iter().take_while(is_needed).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::RngExt;

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

    fn paths<'h>(drawn: &[&'h Recording<'_>]) -> Vec<&'h std::path::Path> {
        drawn.iter().map(|heard| heard.clip.path.as_path()).collect()
    }

    #[test]
    fn what_is_heard_for_longer_begins_with_what_is_heard_for_a_while() {
        let model = Model::from_bytes(SHIPPED_MODEL).unwrap();
        let clips = clips();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let length = 2 * model.front_end().sample_rate as usize;
        let noises: Vec<Vec<i16>> = (1..=12)
            .map(|loud| (0..length).map(|_| rng.random_range(-300 * loud..300 * loud)).collect())
            .collect();
        let recordings = clips.into_iter().zip(noises.iter().map(Vec::as_slice));
        let voices = Voices::new(&model, recordings);
        let [fresh, short, long] = voices.after([0, 4, 60], 3, 7);
        assert_eq!(fresh.heard, 0);
        assert!(0 < short.heard && short.heard < long.heard);
        assert_eq!([[short], [long]], [4, 60].map(|seconds| voices.after([seconds], 3, 7)));
    }

    #[test]
    fn whole_clips_of_the_speaker_are_heard_until_the_seconds_are_full() {
        let model = Model::from_bytes(SHIPPED_MODEL).unwrap();
        let (clips, silence) = (clips(), vec![0; 2 * model.front_end().sample_rate as usize]);
        let recordings = || clips.iter().map(|clip| (clip.clone(), &silence[..]));
        let voices = Voices::new(&model, recordings());
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
        let again = Voices::new(&model, recordings());
        let drawn = |voices: &Voices<'_, '_>, clip, seed| {
            paths(&voices.drawn(9, clip, seed)).into_iter().map(std::path::Path::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(drawn(&voices, 0, 7), drawn(&again, 0, 7));
        assert_ne!(drawn(&voices, 0, 7), drawn(&voices, 0, 8));
    }
}
