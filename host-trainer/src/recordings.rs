//! What a training run hears, in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use walkdir::WalkDir;

use crate::audio::{self, Loaded};
use crate::cache::Cache;
use crate::corpus::{self, Classes, Clip, Corpus, Scan, Sources, Summary};
use crate::evaluate;
use crate::training::Example;

/// Training clips over which activations are calibrated, at most.
const CALIBRATION_CLIPS: usize = 400;

/// Recordings that have a class and can be read.
pub(crate) struct Recordings {
    pub(crate) clips: Vec<Clip>,
    /// What is told apart.
    pub(crate) classes: Classes,
    samples: Vec<Arc<[i16]>>,
}

impl Recordings {
    /// Finds and decodes recordings. What can't be used is named and left out. Where no classes are chosen, they follow
    /// from the labels.
    pub(crate) fn load(sources: &Sources, classes: Option<Classes>) -> anyhow::Result<Self> {
        Self::of_scan(corpus::scan(sources)?, classes)
    }

    /// Decodes what was found.
    pub(crate) fn of_scan(mut scan: Scan, classes: Option<Classes>) -> anyhow::Result<Self> {
        report_left_out(&scan.unknown, "of unknown name");
        report_left_out(&scan.repeated, "repeated");
        let classes = known_classes(&scan.clips, classes)?;
        scan.clips.retain(|clip| classes.index(&clip.label).is_some());
        let Loaded { samples, broken } = audio::load_all(&scan.clips, &Cache::open());
        for recording in &broken {
            eprintln!("left out, broken: {recording}");
        }
        let (indices, samples): (Vec<usize>, Vec<_>) =
            samples.into_iter().map(|(index, samples)| (index, samples.into())).unzip();
        let clips: Vec<Clip> = indices.into_iter().map(|index| scan.clips[index].clone()).collect();
        ensure!(!clips.is_empty(), "none of the recordings can be read");
        eprintln!("{}", Summary::new(&clips));
        Ok(Self { clips, classes, samples })
    }

    /// Whole recordings to learn from.
    pub(crate) fn examples(&self, part: &[usize]) -> Vec<Example> {
        let names: BTreeSet<_> = self.clips.iter().map(Clip::voice).collect();
        let numbers: BTreeMap<_, usize> = names.into_iter().zip(0..).collect();
        let example = |&index: &usize| {
            let clip = &self.clips[index];
            let (class, speaker) = (self.classes.index(&clip.label)?, numbers[&clip.voice()]);
            let corpus = clip.corpus.id().into();
            Some(Example { samples: self.samples[index].clone(), class, speaker, corpus })
        };
        part.iter().filter_map(example).collect()
    }

    /// Windows to be scored on.
    pub(crate) fn windows(&self, part: &[usize], length: usize) -> evaluate::Examples {
        let example = |&index: &usize| {
            let clip = self.clips[index].clone();
            let class = self.classes.index(&clip.label)?;
            Some(evaluate::Example { clip, class, window: audio::window(&self.samples[index], length) })
        };
        evaluate::Examples::new(self.classes.labels(), part.iter().filter_map(example).collect())
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

    /// The windows of some clips of a part, evenly spread, over which a model's activations are calibrated.
    pub(crate) fn calibration(&self, part: &[usize], length: usize) -> Vec<Vec<i16>> {
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
        hasher.finalize()
    }

    /// The clips of a part.
    pub(crate) fn clips_of(&self, part: &[usize]) -> Vec<Clip> {
        part.iter().map(|&index| self.clips[index].clone()).collect()
    }
}

/// The classes that were chosen, if recordings have one of them, or those that follow from the labels.
fn known_classes(clips: &[Clip], chosen: Option<Classes>) -> anyhow::Result<Classes> {
    let labels: BTreeSet<&str> = clips.iter().map(|clip| clip.label.as_str()).collect();
    let classes = chosen.map_or_else(|| Classes::of_labels(labels.iter().copied()), Ok)?;
    ensure!(
        labels.iter().any(|label| classes.index(label).is_some()),
        "no recording has one of the labels {}; there are those with {}",
        classes.labels().join(", "),
        labels.into_iter().collect::<Vec<_>>().join(", ")
    );
    Ok(classes)
}

/// Counts files that are left out and names the first ones.
fn report_left_out(paths: &[PathBuf], what: &str) {
    const NAMED: usize = 5;
    if paths.is_empty() {
        return;
    }
    let names: Vec<_> = paths.iter().take(NAMED).map(|path| path.display().to_string()).collect();
    let more = if paths.len() > NAMED { ", ..." } else { "" };
    eprintln!("left out, {what}: {} files ({}{more})", paths.len(), names.join(", "));
}

/// Every recording in a folder, at any depth. What can't be decoded is named and left out.
pub(crate) fn load_folder(folder: &Path) -> anyhow::Result<Vec<Vec<i16>>> {
    let mut recordings = Vec::new();
    for entry in WalkDir::new(folder).follow_links(true).sort_by_file_name() {
        let entry = entry.with_context(|| format!("cannot search folder {}", folder.display()))?;
        if entry.file_type().is_file() {
            match audio::load(entry.path()) {
                Ok(samples) => recordings.push(samples),
                Err(error) => eprintln!("left out: {error:#}"),
            }
        }
    }
    ensure!(!recordings.is_empty(), "no recordings in {}", folder.display());
    Ok(recordings)
}
