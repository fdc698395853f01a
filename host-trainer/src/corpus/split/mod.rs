use std::collections::{BTreeMap, BTreeSet};

use anyhow::{bail, ensure};
use clap::ValueEnum;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::{Classes, Clip, Corpus, those};

/// The original project's shares of training, validation and test.
const SHARES: [f64; 3] = [0.56, 0.14, 0.30];

/// How clips are shared out between training, validation and test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// No speaker in two parts: the figures hold for new speakers.
    #[default]
    Speaker,
    /// By clip, each class alike, as the original project did it: the test speakers are known from
    /// training, so the figures are inflated.
    Random,
}

/// Indices of the clips of each part, ascending. Clips without a class are in none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// Clips to learn from.
    pub train: Vec<usize>,
    /// Clips to choose the best epoch by.
    pub validation: Vec<usize>,
    /// Clips for the final figures.
    pub test: Vec<usize>,
}

/// Shares clips out, about 56 % for training, 14 % for validation, 30 % for test. The same clips and seed
/// give the same parts.
///
/// # Errors
/// Too few speakers or clips to fill every part, or fewer than two classes to learn.
pub fn split(clips: &[Clip], classes: &Classes, split: Split, seed: u64) -> anyhow::Result<Parts> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let parts = match split {
        Split::Speaker => {
            let speakers = shuffled_speakers(clips, classes, 0..clips.len(), &mut rng);
            ensure!(
                speakers.len() >= SHARES.len(),
                "a split by speaker needs at least 3 speakers, found {}; add recordings of others, or name one to \
                 test on by --test-speakers",
                speakers.len()
            );
            deal(speakers)
        }
        Split::Random => by_class(clips, classes, &mut rng),
    };
    checked(clips, classes, parts)
}

/// Tests on the named speakers, of one corpus if it is named, and learns from everyone else; nothing is for validation.
/// What they say in another corpus that has the same people is in no part.
///
/// # Errors
/// A speaker of whom there are no clips, or fewer than two classes to learn.
pub fn by_test_speakers(
    clips: &[Clip],
    classes: &Classes,
    corpus: Option<&Corpus>,
    speakers: &[String],
) -> anyhow::Result<Parts> {
    let is_in = |clip: &Clip| corpus.is_none_or(|corpus| clip.corpus == *corpus);
    if let Some(corpus) = corpus.filter(|_| !clips.iter().any(is_in)) {
        let found: BTreeSet<&str> = clips.iter().map(|clip| clip.corpus.id()).collect();
        bail!("no recordings of {}; there are {}", corpus.id(), those("of", found));
    }
    let known: BTreeSet<&str> =
        clips.iter().filter(|clip| is_in(clip)).map(|clip| clip.speaker.as_str()).collect();
    let missing: Vec<&str> =
        speakers.iter().map(String::as_str).filter(|speaker| !known.contains(speaker)).collect();
    ensure!(
        missing.is_empty(),
        "no recordings of {}speaker {}; there are {}",
        corpus.map_or(String::new(), |corpus| format!("{corpus} ")),
        missing.join(", "),
        those("of", known)
    );
    let is_tested = |&index: &usize| is_in(&clips[index]) && speakers.contains(&clips[index].speaker);
    by_test_clips(clips, classes, with_class(clips, classes).filter(is_tested).collect())
}

/// Tests on some clips and learns from all of people who are not heard in them; nothing is for validation.
///
/// # Errors
/// Fewer than two classes to learn.
pub(crate) fn by_test_clips(
    clips: &[Clip],
    classes: &Classes,
    mut test: Vec<usize>,
) -> anyhow::Result<Parts> {
    test.sort_unstable();
    let tested: BTreeSet<_> = test.iter().map(|&index| clips[index].voice()).collect();
    let train = with_class(clips, classes).filter(|&index| !tested.contains(&clips[index].voice())).collect();
    let parts = Parts { train, validation: Vec::new(), test };
    ensure!(
        !parts.train.is_empty(),
        "nobody is left to learn from: test on fewer, or add recordings of others"
    );
    learnable(clips, classes, parts)
}

/// The clips with a class of the corpora that have the same people, by the name of those who named them.
pub(crate) fn clips_by_people(clips: &[Clip], classes: &Classes) -> Vec<(String, Vec<usize>)> {
    let mut people = BTreeMap::<Corpus, Vec<usize>>::new();
    for index in with_class(clips, classes) {
        people.entry(clips[index].corpus.people()).or_default().push(index);
    }
    people.into_iter().map(|(corpus, clips)| (corpus.id().to_owned(), clips)).collect()
}

/// The clips with a class of each speaker, in an order from which dealing spreads corpora and sexes.
pub(crate) fn clips_by_speaker(clips: &[Clip], classes: &Classes, seed: u64) -> Vec<Vec<usize>> {
    shuffled_speakers(clips, classes, 0..clips.len(), &mut ChaCha8Rng::seed_from_u64(seed))
}

fn with_class(clips: &[Clip], classes: &Classes) -> impl Iterator<Item = usize> {
    (0..clips.len()).filter(|&index| classes.index(&clips[index].label).is_some())
}

/// Validates on every fourth of the speakers among whose clips to choose, spread over corpora and sexes, and learns
/// from the others; nothing is for test. The same clips and seed give the same parts.
///
/// # Errors
/// Fewer than two speakers, or fewer than two classes to learn.
pub(crate) fn hold_out_speakers(
    clips: &[Clip],
    classes: &Classes,
    among: &[usize],
    seed: u64,
) -> anyhow::Result<Parts> {
    const STEP: usize = 4;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let speakers = shuffled_speakers(clips, classes, among.iter().copied(), &mut rng);
    ensure!(
        speakers.len() >= 2,
        "at least 2 speakers are needed, one to learn from and one to judge by, and there are {}; add recordings of \
         others",
        speakers.len()
    );
    let first = (STEP / 2).min(speakers.len() - 1);
    let (mut train, mut validation) = (Vec::new(), Vec::new());
    for (turn, clips) in speakers.into_iter().enumerate() {
        if turn % STEP == first { validation.extend(clips) } else { train.extend(clips) }
    }
    train.sort_unstable();
    validation.sort_unstable();
    learnable(clips, classes, Parts { train, validation, test: Vec::new() })
}

/// The clips with a class of each speaker who has any among these: corpus after corpus, those of few people first, and,
/// where names tell, sex after sex, each such group in random order. Dealing from this order spreads every group over
/// the parts.
fn shuffled_speakers(
    clips: &[Clip],
    classes: &Classes,
    among: impl Iterator<Item = usize>,
    rng: &mut ChaCha8Rng,
) -> Vec<Vec<usize>> {
    let mut speakers: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for index in among {
        let clip = &clips[index];
        if classes.index(&clip.label).is_some() {
            let (people, speaker) = clip.voice();
            speakers.entry(((people, clip.sex), speaker)).or_default().push(index);
        }
    }
    let mut people = BTreeMap::<Corpus, usize>::new();
    speakers.keys().for_each(|((of, _), _)| *people.entry(of.clone()).or_default() += 1);
    let mut speakers: Vec<_> = speakers.into_iter().collect();
    speakers.sort_by_key(|(((of, _), _), _)| people[of]);
    let groups = speakers.chunk_by_mut(|((group, _), _), ((next, _), _)| group == next);
    groups.for_each(|group| group.shuffle(rng));
    speakers.into_iter().map(|(_, clips)| clips).collect()
}

/// Gives one speaker to each part, and every further one to the part that lacks most clips of its share.
fn deal(speakers: Vec<Vec<usize>>) -> [Vec<usize>; 3] {
    let mut parts = [const { Vec::new() }; 3];
    let mut dealt = 0;
    for (turn, clips) in speakers.into_iter().enumerate() {
        dealt += clips.len();
        let lack = |part: usize| SHARES[part] * dealt as f64 - parts[part].len() as f64;
        let neediest = (0..parts.len()).max_by(|&a, &b| lack(a).total_cmp(&lack(b))).unwrap_or(0);
        let part = if turn < parts.len() { turn } else { neediest };
        parts[part].extend(clips);
    }
    parts
}

/// Cuts each class by the shares, in random order.
fn by_class(clips: &[Clip], classes: &Classes, rng: &mut ChaCha8Rng) -> [Vec<usize>; 3] {
    let mut members = vec![Vec::new(); classes.labels().len()];
    for (index, clip) in clips.iter().enumerate() {
        if let Some(class) = classes.index(&clip.label) {
            members[class].push(index);
        }
    }
    let mut parts = [const { Vec::new() }; 3];
    for mut class in members {
        class.shuffle(rng);
        let count = class.len() as f64;
        let train = (count * SHARES[0]).round() as usize;
        let validation = (count * (SHARES[0] + SHARES[1])).round() as usize - train;
        let mut remaining = class.into_iter();
        parts[0].extend(remaining.by_ref().take(train));
        parts[1].extend(remaining.by_ref().take(validation));
        parts[2].extend(remaining);
    }
    parts
}

fn checked(clips: &[Clip], classes: &Classes, mut parts: [Vec<usize>; 3]) -> anyhow::Result<Parts> {
    for (part, name) in parts.iter_mut().zip(["training", "validation", "test"]) {
        ensure!(!part.is_empty(), "too few recordings: none is left for {name}; add recordings");
        part.sort_unstable();
    }
    let [train, validation, test] = parts;
    learnable(clips, classes, Parts { train, validation, test })
}

fn learnable(clips: &[Clip], classes: &Classes, parts: Parts) -> anyhow::Result<Parts> {
    let absent = parts.absent(clips, classes).len();
    ensure!(
        absent + 2 <= classes.labels().len(),
        "training needs recordings of at least 2 classes by people who are not tested; add recordings, or choose \
         others to test on or other --classes"
    );
    Ok(parts)
}

impl Parts {
    /// The classes without a clip to learn from, as CREMA-D by itself has none of surprise. A model can't
    /// learn to name them.
    #[must_use]
    pub fn absent<'c>(&self, clips: &[Clip], classes: &'c Classes) -> Vec<&'c str> {
        let learnt: BTreeSet<usize> =
            self.train.iter().filter_map(|&index| classes.index(&clips[index].label)).collect();
        let labels = classes.labels().iter().enumerate();
        labels.filter(|(class, _)| !learnt.contains(class)).map(|(_, label)| label.as_str()).collect()
    }
}

#[cfg(test)]
mod tests;
