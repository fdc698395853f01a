//! Labelled recordings in memory: what a training hears, and what its model is judged by.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail, ensure};

use crate::audio::{self, Loaded};
use crate::cache::Cache;
use crate::corpus::{self, Classes, Clip, Corpus, LeftOut, Parts, Scan, Sources, Summary, Why};
use crate::evaluate;
use crate::preset::Recipe;
use crate::teacher::Teacher;
use crate::training::TrainingClip;

/// Training clips over which activations are calibrated, at most.
const CALIBRATION_CLIPS: usize = 400;

/// Recordings that have a class and can be read. Parts of them are named by their indices, as
/// [`split`](corpus::split) shares them out.
pub struct Recordings {
    /// Where each comes from, who speaks, and its label; sorted by path.
    pub clips: Vec<Clip>,
    /// What is told apart.
    pub classes: Classes,
    sample_rate: u32,
    samples: Vec<Arc<[i16]>>,
    unlabelled: UnlabelledSpeech,
}

/// Speech that nobody has labelled.
#[derive(Default)]
struct UnlabelledSpeech {
    paths: Vec<PathBuf>,
    samples: Vec<Arc<[i16]>>,
}

const NOTHING: &str = "no recording can be used";

/// The corpus that speech without labels counts as, where a preset gives corpora weights.
const UNLABELLED: &str = "unlabelled";

impl Recordings {
    /// Finds and decodes recordings, at a sample rate in Hz. What can't be used is counted or named on standard error,
    /// and left out. Where no classes are chosen, they follow from the labels.
    ///
    /// # Errors
    /// A folder or list that can't be read, or nothing in it that can be used; the message says what was found and what
    /// is expected.
    pub fn load(sources: &Sources, sample_rate: u32, classes: Option<Classes>) -> anyhow::Result<Self> {
        Self::of_scan(corpus::scan(sources)?, sample_rate, classes)
    }

    /// Decodes what was found.
    pub(crate) fn of_scan(scan: Scan, sample_rate: u32, classes: Option<Classes>) -> anyhow::Result<Self> {
        let Scan { clips, copies, mut left_out, warnings } = scan;
        warnings.iter().for_each(|warning| eprintln!("warning: {warning}"));
        if clips.is_empty() {
            tell(&left_out);
            bail!(NOTHING);
        }
        let classes = known_classes(&clips, classes)?;
        let (clips, others): (Vec<Clip>, Vec<Clip>) =
            clips.into_iter().partition(|clip| classes.index(&clip.label).is_some());
        left_out.extend(others.into_iter().map(|clip| LeftOut { path: clip.path, why: Why::OtherLabel }));
        let found = decoded(clips, &copies, sample_rate, &mut left_out);
        let (clips, samples): (Vec<Clip>, Vec<_>) = once_each(found, &mut left_out).into_iter().unzip();
        tell(&left_out);
        ensure!(!clips.is_empty(), NOTHING);
        eprintln!("{}", Summary::new(&clips));
        Ok(Self { clips, classes, sample_rate, samples, unlabelled: UnlabelledSpeech::default() })
    }

    /// Adds speech that nobody has labelled, to be learnt from by a teacher's answers alone: the recordings in these
    /// folders, at any depth. What is among the labelled recordings, by its content, is left out, so that nothing is
    /// learnt from that is tested.
    ///
    /// # Errors
    /// Names the folder that can't be read or has no recordings, or the folders if nothing in them can be used.
    pub(crate) fn add_unlabelled(&mut self, folders: &[PathBuf]) -> anyhow::Result<()> {
        if folders.is_empty() {
            return Ok(()); // and the labelled recordings need not be told from others
        }
        let (mut files, mut left_out) = (BTreeSet::new(), Vec::new());
        for folder in folders {
            let failed = || format!("cannot use --unlabelled {}", folder.display());
            let found = corpus::audio_files(folder, &mut left_out).with_context(failed)?;
            ensure!(!found.is_empty(), "{}: there are no recordings in it", failed());
            files.extend(found);
        }
        let paths: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
        let Loaded { samples, broken } = audio::load_all(&paths, self.sample_rate, &Cache::open());
        left_out.extend(broken);
        let mut heard: HashSet<Arc<[i16]>> = self.samples.iter().cloned().collect();
        for (index, samples) in samples {
            let (path, samples): (_, Arc<[i16]>) = (paths[index].to_owned(), samples.into());
            if heard.insert(samples.clone()) {
                self.unlabelled.paths.push(path);
                self.unlabelled.samples.push(samples);
            } else {
                left_out.push(LeftOut { path, why: Why::Repeated });
            }
        }
        tell(&left_out);
        let shown: Vec<_> = folders.iter().map(|folder| folder.display().to_string()).collect();
        ensure!(
            !self.unlabelled.paths.is_empty(),
            "cannot use --unlabelled {}: no recording in it can be used that is not among the labelled ones",
            shown.join(", ")
        );
        Ok(())
    }

    /// Makes sure that a teacher, if there is one, has something to say, and nothing of what is tested.
    ///
    /// # Errors
    /// Those of [`Teacher::ensure_apart`].
    pub(crate) fn ensure_taught(&self, teacher: &Teacher, parts: &Parts) -> anyhow::Result<()> {
        teacher.ensure_apart(&self.clips, parts, &self.unlabelled.paths)
    }

    /// Warns of what a training would go by, but matches no recording: weights of corpora, and labels.
    pub(crate) fn tell_unmatched(&self, recipe: &Recipe) {
        let mut corpora: BTreeSet<&str> = self.clips.iter().map(|clip| clip.corpus.id()).collect();
        corpora.extend((!self.unlabelled.paths.is_empty()).then_some(UNLABELLED));
        let unmatched: Vec<&str> =
            recipe.corpora.keys().map(String::as_str).filter(|name| !corpora.contains(name)).collect();
        if !unmatched.is_empty() {
            eprintln!(
                "warning: the preset's weights for {} are of no recording; there are {}",
                unmatched.join(", "),
                corpus::those("of", corpora)
            );
        }
        for label in self.classes.labels().iter().filter(|label| !self.has(label)) {
            eprintln!("warning: no recording of \"{label}\" to learn from: no model will say it");
        }
    }

    /// The classes of which there is nothing to learn from.
    pub(crate) fn absent(&self, parts: &Parts) -> Vec<&str> {
        parts.absent(&self.clips, &self.classes)
    }

    /// Whether there is one of a class.
    pub(crate) fn has(&self, label: &str) -> bool {
        let class = self.classes.index(label);
        self.clips.iter().any(|clip| self.classes.index(&clip.label) == class)
    }

    /// Whole recordings to learn from.
    #[must_use]
    pub fn training_clips(&self, part: &[usize]) -> Vec<TrainingClip> {
        self.taught(part, &Teacher::default())
    }

    /// The same with what a teacher says of them, and those without labels of which it says something.
    pub(crate) fn taught(&self, part: &[usize], teacher: &Teacher) -> Vec<TrainingClip> {
        let names: BTreeSet<_> = self.clips.iter().map(Clip::voice).collect();
        let numbers: BTreeMap<_, usize> = names.into_iter().zip(0..).collect();
        let labelled = |&index: &usize| {
            let clip = &self.clips[index];
            let class = Some(self.classes.index(&clip.label)?);
            // Clips of whom nobody says who speaks need not be of one voice.
            let speaker = if clip.has_speaker() { numbers[&clip.voice()] } else { numbers.len() + index };
            let corpus = clip.corpus.id().into();
            let advice = teacher.logits(&clip.path);
            Some(TrainingClip { samples: self.samples[index].clone(), class, speaker, corpus, advice })
        };
        let first = numbers.len() + self.clips.len();
        let unlabelled = |(index, (path, samples)): (usize, (&PathBuf, &Arc<[i16]>))| {
            let (advice, corpus) = (Some(teacher.logits(path)?), UNLABELLED.into());
            Some(TrainingClip {
                samples: samples.clone(),
                class: None,
                speaker: first + index,
                corpus,
                advice,
            })
        };
        let UnlabelledSpeech { paths, samples } = &self.unlabelled;
        let unlabelled = paths.iter().zip(samples).enumerate().filter_map(unlabelled);
        part.iter().filter_map(labelled).chain(unlabelled).collect()
    }

    /// Windows of so many samples to be scored on, of longer recordings those of highest energy.
    #[must_use]
    pub fn test_set(&self, part: &[usize], length: usize) -> evaluate::TestSet {
        let test_clip = |&index: &usize| {
            let source = self.clips[index].clone();
            let class = self.classes.index(&source.label)?;
            Some(evaluate::TestClip { source, class, window: audio::window(&self.samples[index], length) })
        };
        evaluate::TestSet {
            labels: self.classes.labels().to_vec(),
            sample_rate: self.sample_rate,
            clips: part.iter().filter_map(test_clip).collect(),
        }
    }

    /// The indices of all recordings.
    pub(crate) fn all(&self) -> Vec<usize> {
        (0..self.clips.len()).collect()
    }

    /// Whether some are of the built-in corpus, so that figures say nothing about people.
    pub(crate) fn are_synthetic(&self) -> bool {
        let built_in = Corpus::built_in();
        self.clips.iter().any(|clip| clip.corpus == built_in)
    }

    /// Whole recordings of a part.
    pub(crate) fn whole(&self, part: &[usize]) -> impl Iterator<Item = (Clip, &[i16])> {
        part.iter().map(|&index| (self.clips[index].clone(), &*self.samples[index]))
    }

    /// The windows of some clips of a part, evenly spread, over which a model's activations are
    /// [calibrated](crate::quantise::export).
    #[must_use]
    pub fn calibration(&self, part: &[usize], length: usize) -> Vec<Vec<i16>> {
        let step = part.len().div_ceil(CALIBRATION_CLIPS).max(1);
        part.iter().step_by(step).map(|&index| audio::window(&self.samples[index], length)).collect()
    }

    /// What tells these recordings from others: the BLAKE3 of all samples and what is known of them.
    pub(crate) fn digest(&self) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new();
        for (clip, samples) in self.clips.iter().zip(&self.samples) {
            let Clip { corpus, speaker, label, .. } = clip;
            hasher.update(format!("{corpus} {speaker} {label} {}\n", samples.len()).as_bytes());
            audio::hash(samples, &mut hasher);
        }
        self.unlabelled.samples.iter().for_each(|samples| audio::hash(samples, &mut hasher));
        hasher.finalize()
    }

    /// The clips of a part.
    pub(crate) fn clips_of(&self, part: &[usize]) -> Vec<Clip> {
        part.iter().map(|&index| self.clips[index].clone()).collect()
    }
}

/// Says which files are not used, and why.
fn tell(left_out: &[LeftOut]) {
    LeftOut::lines(left_out).iter().for_each(|line| eprintln!("{line}"));
}

/// The classes that were chosen, if recordings have one of them, or those that follow from the labels.
fn known_classes(clips: &[Clip], chosen: Option<Classes>) -> anyhow::Result<Classes> {
    let labels: BTreeSet<&str> = clips.iter().map(|clip| clip.label.as_str()).collect();
    let classes = chosen.map_or_else(|| Classes::of_labels(labels.iter().copied()), Ok)?;
    ensure!(
        labels.iter().any(|label| classes.index(label).is_some()),
        "no recording has one of the labels {}; there are {}",
        classes.labels().join(", "),
        corpus::those("with", labels)
    );
    Ok(classes)
}

/// The recordings that can be read, by path; for one that can't, a copy that can.
fn decoded(
    mut clips: Vec<Clip>,
    copies: &HashMap<PathBuf, Clip>,
    sample_rate: u32,
    left_out: &mut Vec<LeftOut>,
) -> Vec<(Clip, Arc<[i16]>)> {
    let (mut found, cache) = (Vec::new(), Cache::open());
    while !clips.is_empty() {
        let Loaded { samples, broken } = audio::load_all(&paths_of(&clips), sample_rate, &cache);
        found.extend(samples.into_iter().map(|(index, samples)| (clips[index].clone(), samples.into())));
        clips = broken.iter().filter_map(|file| copies.get(&file.path).cloned()).collect();
        left_out.retain(|file| !clips.iter().any(|copy| copy.path == file.path));
        left_out.extend(broken);
    }
    found.sort_by(|(a, _): &(Clip, _), (b, _)| a.path.cmp(&b.path));
    found
}

fn paths_of(clips: &[Clip]) -> Vec<&Path> {
    clips.iter().map(|clip| clip.path.as_path()).collect()
}

/// The recordings without those of equal content: the first of them counts, or none where their labels differ.
fn once_each(found: Vec<(Clip, Arc<[i16]>)>, left_out: &mut Vec<LeftOut>) -> Vec<(Clip, Arc<[i16]>)> {
    let mut files = HashMap::<&[i16], Vec<&Clip>>::new();
    for (clip, samples) in &found {
        files.entry(samples).or_default().push(clip);
    }
    let (mut seen, mut whys) = (HashSet::<&[i16]>::new(), Vec::with_capacity(found.len()));
    for (clip, samples) in &found {
        let is_first = seen.insert(samples);
        let other = files[&**samples].iter().find(|other| other.label != clip.label);
        let at_odds = other.map(|other| {
            Why::TwoLabels(format!(
                "\"{}\", but {} of equal content is \"{}\"",
                clip.label,
                other.path.display(),
                other.label
            ))
        });
        whys.push(at_odds.or((!is_first).then_some(Why::Repeated)));
    }
    let mut kept = Vec::with_capacity(found.len());
    for (recording, why) in found.into_iter().zip(whys) {
        match why {
            None => kept.push(recording),
            Some(why) => left_out.push(LeftOut { path: recording.0.path, why }),
        }
    }
    kept
}

/// Every recording in a folder, at any depth. What can't be decoded is named and left out.
pub(crate) fn load_folder(folder: &Path, sample_rate: u32) -> anyhow::Result<Vec<Vec<i16>>> {
    std::fs::metadata(folder).with_context(|| format!("cannot search folder {}", folder.display()))?;
    let mut left_out = Vec::new();
    let files = corpus::files_below(folder, &mut left_out);
    let paths: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let Loaded { samples, broken } = audio::load_all(&paths, sample_rate, &Cache::open());
    left_out.extend(broken);
    tell(&left_out);
    ensure!(!samples.is_empty(), "no recordings in {}", folder.display());
    Ok(samples.into_iter().map(|(_, samples)| samples).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_recordings_count_once_and_those_with_two_labels_not_at_all() {
        let recording =
            |name: &str, samples: &[i16]| (Clip::from_path(name.as_ref()).unwrap(), samples.into());
        let found = vec![
            recording("DC_sa01.wav", &[1, 2]),
            recording("DC_sa02.wav", &[1, 2]),
            recording("DC_a01.wav", &[3]),
            recording("JE_h01.wav", &[3]),
            recording("DC_n01.wav", &[3, 0]),
        ];
        let mut left_out = Vec::new();
        let kept: Vec<_> = once_each(found, &mut left_out).into_iter().map(|(clip, _)| clip.path).collect();
        assert_eq!(kept, ["DC_sa01.wav", "DC_n01.wav"].map(PathBuf::from));
        let two_labels = |text: &str| Why::TwoLabels(text.to_owned());
        let file = |(name, why): (&str, Why)| LeftOut { path: name.into(), why };
        let expected = [
            ("DC_sa02.wav", Why::Repeated),
            ("DC_a01.wav", two_labels("\"angry\", but JE_h01.wav of equal content is \"happy\"")),
            ("JE_h01.wav", two_labels("\"happy\", but DC_a01.wav of equal content is \"angry\"")),
        ];
        assert_eq!(left_out, expected.map(file));
    }
}
