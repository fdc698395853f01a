use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

use super::Adapted;
use crate::evaluate::{Answer, Answers, Both, Scores};
use crate::files;
use crate::json_text;

/// What one training came to on its fold's test clips: `metrics.json` in its folder, written last, and `clips.csv`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// Counted from 1.
    pub(crate) fold: usize,
    pub(crate) seed: u64,
    pub(crate) scores: Both<Scores>,
    /// Of the blob once it has heard some of the speaker.
    pub(crate) adapted: Vec<Adapted>,
    /// `clips.csv`.
    #[serde(skip)]
    pub(crate) answers: Answers,
}

impl Outcome {
    pub(super) fn new((fold, seed): (usize, u64), answers: Answers, adapted: Vec<Adapted>) -> Self {
        Self { fold, seed, scores: answers.confusions().map(Scores::of), adapted, answers }
    }

    /// Each answer with the fold.
    pub(super) fn by_fold(&self) -> impl Iterator<Item = (usize, &Answer)> {
        self.answers.answers.iter().map(|answer| (self.fold, answer))
    }

    /// Of a training's folder.
    pub(super) fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("metrics.json");
        let failed = || format!("cannot use {}; delete it to train that fold anew", path.display());
        let bytes = std::fs::read(&path).with_context(failed)?;
        let outcome: Self = json_text::parse(bytes).with_context(failed)?;
        let answers = Answers::read(&folder.join("clips.csv")).with_context(failed)?;
        Ok(Self { answers, ..outcome })
    }

    pub(super) fn write(&self, folder: &Path) -> anyhow::Result<()> {
        self.answers.write(&folder.join("clips.csv"))?;
        files::write_whole(&folder.join("metrics.json"), &serde_json::to_vec(self)?)
    }
}

/// The folders of a cross-validation's finished trainings, in the order of their names.
///
/// # Errors
/// Names the folder that can't be read.
pub(super) fn finished(out: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut trainings = Vec::new();
    for fold in folders(out)?.into_iter().filter(|folder| folder.is_dir()) {
        trainings.extend(folders(&fold)?.into_iter().filter(|folder| folder.join("metrics.json").exists()));
    }
    Ok(trainings)
}

/// The `clips.csv` of every finished training of a cross-validation.
///
/// # Errors
/// Names the folder that can't be read, or has none.
pub(crate) fn clip_files(out: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let finished = finished(out)?;
    ensure!(!finished.is_empty(), "{} has no finished trainings of a cross-validation", out.display());
    Ok(finished.into_iter().map(|training| training.join("clips.csv")).collect())
}

/// The answers of every finished training of a cross-validation.
pub(super) fn stored(out: &Path) -> anyhow::Result<Vec<Answers>> {
    clip_files(out)?.iter().map(|file| Answers::read(file)).collect()
}

fn folders(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let failed = || format!("cannot read {}", folder.display());
    let entries = std::fs::read_dir(folder).with_context(failed)?;
    let mut found: Vec<PathBuf> =
        entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>().with_context(failed)?;
    found.sort();
    Ok(found)
}
