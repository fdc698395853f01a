use anyhow::{Context, ensure};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::cut::Cut;
use super::folds::Folds;
use crate::corpus::{Classes, Clip, Parts, by_test_clips, clips_by_people, clips_by_speaker};

/// Folds of speakers that are made from the data, as many as EmoBox has; fewer where there are fewer speakers.
const FOLDS_OF_SPEAKERS: usize = 6;
/// Speakers are dealt the same each time.
const SEED: u64 = 0;

/// How recordings are cut into folds where no file says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum By {
    /// Each corpus is tested on by a model that has heard none of its people.
    Corpus,
    /// Six folds of speakers, or one for each of fewer.
    Speaker,
}

/// How recordings are cut into folds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Protocol {
    /// A file names the test speakers of each fold.
    Folds(Folds),
    /// The recordings themselves say.
    By(By),
}

impl Protocol {
    /// What `crossval.json` calls it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Folds(_) => "folds",
            Self::By(By::Corpus) => "corpus",
            Self::By(By::Speaker) => "speaker",
        }
    }

    /// The option that chooses it.
    pub(crate) fn option(&self) -> &'static str {
        match self {
            Self::Folds(_) => "--folds",
            Self::By(_) => "--by",
        }
    }

    /// Cuts recordings into folds. Whoever is tested on in a fold is in no other part of it, in whatever corpus.
    ///
    /// # Errors
    /// Fewer than two folds, or a fold that leaves too little to learn from.
    pub(crate) fn cut(&self, clips: &[Clip], classes: &Classes) -> anyhow::Result<Vec<Cut>> {
        let tested: Vec<(String, Vec<usize>)> = match self {
            Self::Folds(folds) => return folds.cut(clips, classes),
            Self::By(By::Corpus) => clips_by_people(clips, classes),
            Self::By(By::Speaker) => numbered(dealt(clips_by_speaker(clips, classes, SEED))),
        };
        ensure!(
            tested.len() >= 2,
            "--by {} needs recordings of at least two; add some with another --data",
            self.name()
        );
        let cut = |(name, test): (String, Vec<usize>)| {
            let parts =
                by_test_clips(clips, classes, test).with_context(|| format!("cannot make fold {name}"))?;
            Ok(Cut { speakers: speakers(clips, &parts.test), name, parts })
        };
        tested.into_iter().map(cut).collect()
    }
}

/// The same folds for choosing between recipes: each leaves its own test clips out altogether, and is scored on
/// those of the next.
///
/// # Errors
/// Fewer than three folds, which leave nothing to learn from.
pub(crate) fn inner(cuts: &[Cut]) -> anyhow::Result<Vec<Cut>> {
    ensure!(cuts.len() >= 3, "--inner needs at least three folds: one is left out and one is scored on");
    let inner = |(number, cut): (usize, &Cut)| {
        let Cut { speakers, parts: judged, .. } = &cuts[(number + 1) % cuts.len()];
        let train =
            cut.parts.train.iter().filter(|clip| judged.train.binary_search(clip).is_ok()).copied().collect();
        let parts = Parts { train, validation: Vec::new(), test: judged.test.clone() };
        Cut { name: cut.name.clone(), speakers: speakers.clone(), parts }
    };
    Ok(cuts.iter().enumerate().map(inner).collect())
}

/// Who is heard in some clips.
fn speakers(clips: &[Clip], part: &[usize]) -> Vec<String> {
    let speakers: std::collections::BTreeSet<&str> =
        part.iter().map(|&index| clips[index].speaker.as_str()).collect();
    speakers.into_iter().map(str::to_owned).collect()
}

/// Speakers in turn to each fold.
fn dealt(speakers: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    let mut folds = vec![Vec::new(); FOLDS_OF_SPEAKERS.min(speakers.len())];
    let count = folds.len();
    for (turn, clips) in speakers.into_iter().enumerate() {
        folds[turn % count].extend(clips);
    }
    folds
}

fn numbered(folds: Vec<Vec<usize>>) -> Vec<(String, Vec<usize>)> {
    (1..).map(|number: usize| number.to_string()).zip(folds).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{ClassSet, Corpus};

    /// Angry and happy clips, neutral ones too, of RAVDESS actors 01 to 08 in speech and of 01 in song, and of SAVEE's
    /// DC and JE.
    fn clips() -> Vec<Clip> {
        let mut names = Vec::new();
        for actor in 1..=8 {
            names.extend(["03", "05"].map(|emotion| format!("03-01-{emotion}-01-01-01-{actor:02}.wav")));
        }
        names.push("03-02-03-01-01-01-01.wav".to_owned());
        names.extend(["DC_a01.wav", "DC_h01.wav", "JE_a01.wav", "JE_n01.wav"].map(str::to_owned));
        names.iter().map(|name| Clip::from_path(name.as_ref()).unwrap()).collect()
    }

    fn cut(protocol: &Protocol) -> Vec<Cut> {
        protocol.cut(&clips(), &ClassSet::Seven.into()).unwrap()
    }

    #[test]
    fn a_corpus_is_tested_on_without_having_heard_its_people() {
        let cuts = cut(&Protocol::By(By::Corpus));
        let names: Vec<&str> = cuts.iter().map(|cut| cut.name.as_str()).collect();
        assert_eq!(names, ["ravdess", "savee"]);
        // Speech and song are of the same people.
        assert_eq!(
            (&cuts[0].parts.test[..], &cuts[0].parts.train[..]),
            (&(0..17).collect::<Vec<_>>()[..], &[17, 18, 19, 20][..])
        );
        assert_eq!((cuts[1].parts.test.len(), cuts[1].parts.train.len()), (4, 17));
        assert_eq!(cuts[1].speakers, ["DC", "JE"]);
    }

    #[test]
    fn every_clip_is_tested_on_once_and_nobody_is_in_two_parts() {
        let clips = clips();
        let cuts = cut(&Protocol::By(By::Speaker));
        assert_eq!(cuts.len(), FOLDS_OF_SPEAKERS);
        let mut tested: Vec<usize> = cuts.iter().flat_map(|cut| cut.parts.test.clone()).collect();
        tested.sort_unstable();
        assert_eq!(tested, (0..clips.len()).collect::<Vec<_>>());
        for Cut { parts, .. } in &cuts {
            let voices = |part: &[usize]| part.iter().map(|&index| clips[index].voice()).collect::<Vec<_>>();
            let heard: Vec<(Corpus, &str)> = voices(&parts.train);
            assert!(voices(&parts.test).iter().all(|voice| !heard.contains(voice)));
        }
    }

    #[test]
    fn an_inner_fold_never_opens_its_own_test_clips() {
        let cuts = cut(&Protocol::By(By::Speaker));
        for (number, (outer, inner)) in cuts.iter().zip(inner(&cuts).unwrap()).enumerate() {
            let next = &cuts[(number + 1) % cuts.len()];
            assert_eq!((&inner.name, &inner.parts.test), (&outer.name, &next.parts.test));
            let opened = |clip: &usize| outer.parts.test.contains(clip);
            assert!(!inner.parts.train.iter().chain(&inner.parts.test).any(opened));
            assert_eq!(
                inner.parts.train.len() + inner.parts.test.len() + outer.parts.test.len(),
                clips().len()
            );
        }
        assert!(inner(&cuts[..2]).unwrap_err().to_string().contains("at least three folds"));
    }

    #[test]
    fn one_corpus_cannot_be_left_out() {
        let only = &clips()[..16];
        let complaint = Protocol::By(By::Corpus).cut(only, &ClassSet::Seven.into()).unwrap_err().to_string();
        assert!(complaint.contains("--by corpus needs recordings of at least two"), "{complaint}");
    }
}
