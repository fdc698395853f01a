//! What came out of a training run, a cross-validation or a search, for people (`report.html`) and for scripts (JSON),
//! and a picture of a recording over time.

mod chart;
mod crossval;
mod figures;
mod listener;
mod metrics;
mod page;
mod spectrogram;
#[cfg(test)]
mod tests;
mod timeline;
mod tune;

pub(crate) use crossval::write_crossval;
pub use timeline::Timeline;
pub(crate) use tune::write_tuning;

use std::path::Path;

use askama::Template;

use crate::corpus::{Classes, Clip, Split};
use crate::evaluate::{Answers, Comparison, PanelEntry, Scorer, Streamed, TestSet, panel, stream};
use crate::files;
use crate::network::FloatModel;
use crate::training::Epoch;

/// A training run that has ended.
#[derive(Debug, Clone, Copy)]
pub struct FinishedTraining<'a> {
    /// The preset's name.
    pub preset: &'a str,
    /// The classes.
    pub classes: &'a Classes,
    /// How the clips were shared out.
    pub split: Split,
    /// What all randomness came from.
    pub seed: u64,
    /// Whether the clips are of the built-in corpus.
    pub demonstration: bool,
    /// The clips that were learnt from.
    pub train: &'a [Clip],
    /// The clips by which the best epoch was chosen.
    pub validation: &'a [Clip],
    /// The recordings to score on.
    pub test: &'a TestSet,
    /// The same from their beginning to their end.
    pub whole: &'a [&'a [i16]],
    /// Every epoch.
    pub history: &'a [Epoch],
    /// The index of the epoch from which the model is.
    pub best_epoch: usize,
    /// The model.
    pub model: &'a FloatModel,
    /// The blob that was made from it.
    pub blob: &'a [u8],
}

/// What a model makes of the test recordings where they are not heard as they are.
struct Elsewhere {
    panel: Vec<PanelEntry>,
    streamed: Streamed,
}

/// Scores a run's model on the test recordings, float and int8, and in int8 under each condition of the panel and as a
/// listener, and writes `clips.csv`, `metrics.json` and `report.html` into a folder.
///
/// # Errors
/// The engine refuses the blob, or names the file that can't be written.
pub fn write(run: &FinishedTraining<'_>, out: &Path) -> anyhow::Result<Comparison> {
    let answers = Answers::ask(run.model, run.blob, run.test)?;
    answers.write(&out.join("clips.csv"))?;
    let comparison = Comparison::from(&answers);
    let elsewhere = Elsewhere {
        panel: panel(&Scorer::new(run.blob)?, run.test, &[]),
        streamed: stream(run.blob, run.test, run.whole, &[])?,
    };
    files::write_whole(&out.join("metrics.json"), &metrics::json(run, &comparison, &elsewhere)?)?;
    let page = page::TrainingPage::new(run, &comparison, &elsewhere)?;
    files::write_whole(&out.join("report.html"), page.render()?.as_bytes())?;
    Ok(comparison)
}
