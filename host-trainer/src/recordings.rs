//! What a training run hears, in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use walkdir::WalkDir;

use crate::audio::{self, Loaded};
use crate::cache::Cache;
use crate::corpus::{self, Classes, Clip, Summary};
use crate::evaluate;
use crate::training::Example;

/// Training clips over which activations are calibrated, at most.
const CALIBRATION_CLIPS: usize = 400;

/// Recordings that have a class and can be read.
pub(crate) struct Recordings {
    pub(crate) clips: Vec<Clip>,
    samples: Vec<Arc<[i16]>>,
}

impl Recordings {
    /// Finds and decodes what is in the folders. What can't be used is named and left out.
    pub(crate) fn load(folders: &[PathBuf], classes: Classes) -> anyhow::Result<Self> {
        let mut scan = corpus::scan(folders)?;
        report_left_out(&scan.unknown, "of unknown name");
        report_left_out(&scan.repeated, "repeated");
        scan.clips.retain(|clip| classes.index(clip.emotion).is_some());
        let Loaded { samples, broken } = audio::load_all(&scan.clips, &Cache::open());
        for recording in &broken {
            eprintln!("left out, broken: {recording}");
        }
        let (indices, samples): (Vec<usize>, Vec<_>) =
            samples.into_iter().map(|(index, samples)| (index, samples.into())).unzip();
        let clips: Vec<Clip> = indices.into_iter().map(|index| scan.clips[index].clone()).collect();
        eprintln!("{}", Summary::new(&clips));
        Ok(Self { clips, samples })
    }

    /// Whole recordings to learn from.
    pub(crate) fn examples(&self, part: &[usize], classes: Classes) -> Vec<Example> {
        let names: BTreeSet<_> = self.clips.iter().map(Clip::voice).collect();
        let numbers: BTreeMap<_, usize> = names.into_iter().zip(0..).collect();
        let example = |&index: &usize| {
            let clip = &self.clips[index];
            let (class, speaker) = (classes.index(clip.emotion)?, numbers[&clip.voice()]);
            let corpus = clip.corpus.name().into();
            Some(Example { samples: self.samples[index].clone(), class, speaker, corpus })
        };
        part.iter().filter_map(example).collect()
    }

    /// Windows to be scored on.
    pub(crate) fn windows(&self, part: &[usize], classes: Classes, length: usize) -> evaluate::Examples {
        let example = |&index: &usize| {
            let clip = self.clips[index].clone();
            let class = classes.index(clip.emotion)?;
            Some(evaluate::Example { clip, class, window: audio::window(&self.samples[index], length) })
        };
        evaluate::Examples::new(classes.labels(), part.iter().filter_map(example).collect())
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
            let Clip { corpus, speaker, emotion, .. } = clip;
            hasher.update(format!("{corpus} {speaker} {emotion} {}\n", samples.len()).as_bytes());
            hasher.update(&samples.iter().flat_map(|sample| sample.to_le_bytes()).collect::<Vec<_>>());
        }
        hasher.finalize()
    }

    /// The clips of a part.
    pub(crate) fn clips_of(&self, part: &[usize]) -> Vec<Clip> {
        part.iter().map(|&index| self.clips[index].clone()).collect()
    }
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
pub(crate) fn load_noises(folder: &Path) -> anyhow::Result<Vec<Vec<i16>>> {
    let mut noises = Vec::new();
    for entry in WalkDir::new(folder).follow_links(true).sort_by_file_name() {
        let entry = entry.with_context(|| format!("cannot search folder {}", folder.display()))?;
        if entry.file_type().is_file() {
            match audio::load(entry.path()) {
                Ok(samples) => noises.push(samples),
                Err(error) => eprintln!("left out: {error:#}"),
            }
        }
    }
    ensure!(!noises.is_empty(), "no recordings of noise in {}", folder.display());
    Ok(noises)
}
