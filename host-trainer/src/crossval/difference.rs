use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde::Serialize;

use super::stored;
use super::together::calibrated;
use crate::corpus::Clip;
use crate::evaluate::{Answer, Answers, Both, Interval, OwnClasses};
use crate::files;
use crate::training::log_loss;

/// How much higher the blobs' figures are than those of another cross-validation on the same clips, by the mean over
/// the seeds of each. All corpora count the same, and within a corpus all classes.
#[derive(Debug, Serialize)]
pub(crate) struct Difference {
    /// The folder of the other.
    #[serde(serialize_with = "files::as_text")]
    pub(crate) against: PathBuf,
    #[serde(flatten)]
    pub(crate) of_all_classes: Gain,
    /// If only the classes that a clip's corpus has could be answered: by this recipes are chosen.
    pub(crate) among_its_classes: Gain,
}

/// How much higher figures are. Intervals are of a bootstrap by speaker, paired; None where fewer than three speakers
/// were tested.
#[derive(Debug, Serialize)]
pub(crate) struct Gain {
    /// Of the mean recall, 0 to 1.
    pub(crate) ua: f64,
    pub(crate) ua_interval: Option<Interval>,
    /// Of the cross-entropy, each at the temperature at which it is lowest, in nats.
    pub(crate) loss: f64,
    pub(crate) loss_interval: Option<Interval>,
}

/// What both say of a speaker's clips of a corpus and class.
#[derive(Debug, Default, Clone, Copy)]
struct SpeakerSums {
    clips: f64,
    /// The differences.
    right: f64,
    loss: f64,
}

/// By corpus and class.
type Cells<'a> = BTreeMap<(&'a str, usize), SpeakerSums>;

/// A clip in the mean over the seeds.
struct ComparedClip<'a> {
    answer: &'a Answer,
    seeds: f64,
    right: f64,
    loss: f64,
}

/// Another cross-validation, to compare with.
pub(crate) struct Against {
    folder: PathBuf,
    stored: Vec<Answers>,
}

impl Against {
    /// Reads the answers in its folder.
    ///
    /// # Errors
    /// Names what of it can't be used.
    pub(crate) fn read(folder: &Path) -> anyhow::Result<Self> {
        let stored = stored(folder).with_context(|| failed(folder))?;
        Ok(Self { folder: folder.to_owned(), stored })
    }

    /// Makes sure that it was tested on as many clips of each person, before hours are spent.
    ///
    /// # Errors
    /// It was tested on others.
    pub(crate) fn ensure_comparable(&self, tested: &[Clip]) -> anyhow::Result<()> {
        let theirs: BTreeSet<_> = self.answers().map(clip_of).collect();
        let people = theirs.iter().map(|&(corpus, speaker, _)| (corpus, speaker));
        let ours = tested.iter().map(|clip| (clip.corpus.id(), clip.speaker.as_str()));
        let other = || other_clips(theirs.len(), tested.len());
        ensure!(counted(ours) == counted(people), "{}: {}", failed(&self.folder), other());
        Ok(())
    }

    /// How much higher our figures are.
    ///
    /// # Errors
    /// It was tested on other clips.
    pub(crate) fn difference(&self, ours: &[&Answer]) -> anyhow::Result<Difference> {
        let theirs: Vec<&Answer> = self.answers().collect();
        Difference::of(ours, &theirs, &self.folder).with_context(|| failed(&self.folder))
    }

    fn answers(&self) -> impl Iterator<Item = &Answer> {
        self.stored.iter().flat_map(|answers| &answers.answers)
    }
}

fn failed(against: &Path) -> String {
    format!("cannot compare with {}", against.display())
}

impl Difference {
    /// Each gain with the classes that could be answered.
    pub(crate) const fn gains(&self) -> [(&'static str, &Gain); 2] {
        [
            ("all classes", &self.of_all_classes),
            ("among the classes that each corpus has", &self.among_its_classes),
        ]
    }

    fn of(ours: &[&Answer], theirs: &[&Answer], against: &Path) -> anyhow::Result<Self> {
        let alone = [ours, theirs].map(among_its_classes);
        let [our, their] = alone.each_ref().map(|answers| answers.iter().collect::<Vec<_>>());
        Ok(Self {
            against: against.to_owned(),
            of_all_classes: Gain::of(ours, theirs)?,
            among_its_classes: Gain::of(&our, &their)?,
        })
    }
}

impl Gain {
    fn of(ours: &[&Answer], theirs: &[&Answer]) -> anyhow::Result<Self> {
        let [ours, theirs] = [ours, theirs].map(judged);
        ensure!(ours.keys().eq(theirs.keys()), "{}", other_clips(theirs.len(), ours.len()));
        let mut speakers: BTreeMap<_, Cells<'_>> = BTreeMap::new();
        for (our, their) in ours.values().zip(theirs.values()) {
            let Answer { corpus, truth, .. } = our.answer;
            let cells = speakers.entry(our.answer.voice()).or_default();
            let sums = cells.entry((corpus.as_str(), *truth)).or_default();
            sums.clips += 1.0;
            sums.right += our.right / our.seeds - their.right / their.seeds;
            sums.loss += our.loss / our.seeds - their.loss / their.seeds;
        }
        let speakers: Vec<Cells<'_>> = speakers.into_values().collect();
        let all: Vec<&Cells<'_>> = speakers.iter().collect();
        let [ua, loss]: [fn(&SpeakerSums) -> f64; 2] = [|sums| sums.right, |sums| sums.loss];
        Ok(Self {
            ua: mean(&all, ua),
            ua_interval: Interval::over(&speakers, |drawn| mean(drawn, ua)),
            loss: mean(&all, loss),
            loss_interval: Interval::over(&speakers, |drawn| mean(drawn, loss)),
        })
    }
}

fn other_clips(theirs: usize, ours: usize) -> String {
    format!("it was tested on {theirs} clips, which are not the {ours} of this one")
}

/// The same answers with blobs that know which classes there are in each corpus.
pub(super) fn among_its_classes(answers: &[&Answer]) -> Vec<Answer> {
    let own = OwnClasses::new(answers.iter().map(|answer| (answer.corpus.as_str(), answer.truth)));
    let alone = |&answer: &&Answer| {
        let int8 = own.alone(&answer.corpus.as_str(), &answer.logits.int8);
        Answer { logits: Both { int8, ..answer.logits.clone() }, ..answer.clone() }
    };
    answers.iter().map(alone).collect()
}

/// How many clips there are of each person.
fn counted<'a>(people: impl Iterator<Item = (&'a str, &'a str)>) -> BTreeMap<(&'a str, &'a str), usize> {
    let mut counts = BTreeMap::new();
    people.for_each(|person| *counts.entry(person).or_default() += 1);
    counts
}

/// What tells a clip from others: corpus, speaker, and its file's name and place within the corpus.
fn clip_of(answer: &Answer) -> (&str, &str, &Path) {
    (&answer.corpus, &answer.speaker, &answer.path)
}

/// Each clip over all seeds.
fn judged<'a>(answers: &[&'a Answer]) -> BTreeMap<(&'a str, &'a str, &'a Path), ComparedClip<'a>> {
    let (temperature, _) = calibrated(answers.iter().copied());
    let mut clips = BTreeMap::new();
    for &answer in answers {
        let clip = clips.entry(clip_of(answer)).or_insert(ComparedClip {
            answer,
            seeds: 0.0,
            right: 0.0,
            loss: 0.0,
        });
        clip.seeds += 1.0;
        clip.right += f64::from(u8::from(answer.said().int8 == answer.truth));
        clip.loss += log_loss(&answer.logits.int8, answer.truth, temperature);
    }
    clips
}

/// The mean over corpora of the mean over their classes.
fn mean(speakers: &[&Cells<'_>], figure: fn(&SpeakerSums) -> f64) -> f64 {
    let mut cells: Cells<'_> = BTreeMap::new();
    for (&cell, sums) in speakers.iter().copied().flatten() {
        let sum = cells.entry(cell).or_default();
        sum.clips += sums.clips;
        sum.right += sums.right;
        sum.loss += sums.loss;
    }
    let mut corpora: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for ((corpus, _), sums) in cells {
        corpora.entry(corpus).or_default().push(figure(&sums) / sums.clips);
    }
    let means = corpora.values().map(|classes| classes.iter().sum::<f64>() / classes.len() as f64);
    means.sum::<f64>() / corpora.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Corpus;

    fn answer(speaker: &str, truth: usize, logits: [f32; 2]) -> Answer {
        Answer {
            path: format!("{speaker}{truth}.wav").into(),
            corpus: "own".to_owned(),
            speaker: speaker.to_owned(),
            sex: None,
            truth,
            confidence: 0.5,
            logits: Both { float: logits.to_vec(), int8: logits.to_vec() },
        }
    }

    /// Every speaker has a clip of each class. Ours are all right, theirs where they are of the first class.
    #[test]
    fn worked_by_hand() {
        let speakers = ["a", "b", "c"];
        let clips = |of_second: [f32; 2]| -> Vec<Answer> {
            speakers.iter().flat_map(|s| [answer(s, 0, [2.0, 0.0]), answer(s, 1, of_second)]).collect()
        };
        let (ours, theirs) = (clips([0.0, 2.0]), clips([2.0, 0.0]));
        let difference = Difference::of(
            &ours.iter().collect::<Vec<_>>(),
            &theirs.iter().collect::<Vec<_>>(),
            "b".as_ref(),
        )
        .unwrap();
        for gain in [difference.of_all_classes, difference.among_its_classes] {
            assert_eq!((gain.ua, gain.ua_interval), (0.5, Some(Interval([0.5; 2]))));
            // What tells nothing costs ln 2 at best, at a temperature that is as high as can be; what is right hardly
            // anything.
            assert!((gain.loss + std::f64::consts::LN_2).abs() < 0.01, "{}", gain.loss);
        }
        let same = Gain::of(&ours.iter().collect::<Vec<_>>(), &ours.iter().collect::<Vec<_>>()).unwrap();
        assert_eq!((same.ua, same.loss, same.loss_interval), (0.0, 0.0, Some(Interval([0.0; 2]))));
    }

    /// Theirs take one clip of each speaker for a class that nobody's clips have, ours know better: that is no gain
    /// among the classes that there are.
    #[test]
    fn what_a_corpus_lacks_decides_nothing() {
        let clips = |never: f32| -> Vec<Answer> {
            let answer = |speaker, truth, logits: [f32; 2]| {
                let mut answer = answer(speaker, truth, logits);
                answer.logits = answer.logits.map(|logits| [logits.as_slice(), &[never]].concat());
                answer
            };
            ["a", "b", "c"]
                .iter()
                .flat_map(|s| [answer(s, 0, [2.0, 0.0]), answer(s, 1, [0.0, 1.0])])
                .collect()
        };
        let [ours, theirs] = [clips(-5.0), clips(1.5)];
        let [ours, theirs] = [&ours, &theirs].map(|answers| answers.iter().collect::<Vec<_>>());
        let Difference { of_all_classes, among_its_classes, .. } =
            Difference::of(&ours, &theirs, "b".as_ref()).unwrap();
        assert_eq!((of_all_classes.ua, among_its_classes.ua), (0.5, 0.0));
        assert!(of_all_classes.loss < -0.1 && among_its_classes.loss == 0.0);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_is_not_named_in_utf_8_is_called_what_can_be_read_of_it() {
        use std::os::unix::ffi::OsStrExt;
        let answer = answer("a", 0, [1.0, 0.0]);
        let against = std::ffi::OsStr::from_bytes(b"J\xfcrgen");
        let difference = Difference::of(&[&answer], &[&answer], against.as_ref()).unwrap();
        assert_eq!(serde_json::to_value(difference).unwrap()["against"], "J\u{fffd}rgen");
    }

    #[test]
    fn other_people_are_told_before_anything_is_trained() {
        let folder = tempfile::tempdir().unwrap();
        let training = folder.path().join("fold-1/seed-1");
        let answers = vec![answer("a", 0, [1.0, 0.0]), answer("a", 1, [1.0, 0.0])];
        let answers = Answers { labels: vec!["calm".to_owned(), "sad".to_owned()], answers };
        answers.write(&training.join("clips.csv")).unwrap();
        std::fs::write(training.join("metrics.json"), "{}").unwrap();
        let clip = |speaker: &str, name: &str| Clip {
            path: name.into(),
            corpus: Corpus::new("own"),
            speaker: speaker.to_owned(),
            label: "calm".to_owned(),
            sex: None,
        };
        let ensure = |clips: &[Clip]| Against::read(folder.path())?.ensure_comparable(clips);
        ensure(&[clip("a", "1.wav"), clip("a", "2.wav")]).unwrap();
        let refused = ensure(&[clip("a", "1.wav"), clip("b", "2.wav")]).unwrap_err().to_string();
        assert!(refused.contains("it was tested on 2 clips, which are not the 2 of this one"), "{refused}");
    }

    #[test]
    fn other_clips_are_refused() {
        let (ours, theirs) = (answer("a", 0, [1.0, 0.0]), answer("b", 0, [1.0, 0.0]));
        let error = Difference::of(&[&ours], &[&theirs], "b".as_ref()).unwrap_err().to_string();
        assert!(error.contains("not the 1 of this one"), "{error}");
    }
}
