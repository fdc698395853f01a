//! The robustness panel: how well a model does once its recordings are disturbed, the same way each time.

mod condition;
mod unheard;

pub use condition::{Condition, Surroundings};
pub(super) use unheard::unheard;

use rayon::prelude::*;
use serde::Serialize;

use super::{Calibration, Prediction, Scorer, TestSet};
use crate::progress;

/// What a model comes to under a condition; shares are 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PanelEntry {
    /// The condition's name.
    pub condition: &'static str,
    /// Unweighted accuracy.
    pub ua: f64,
    /// Weighted accuracy.
    pub wa: f64,
    /// Mean confidence and its error.
    #[serde(flatten)]
    pub calibration: Calibration,
}

/// Scores a model under each [condition](Condition::PANEL), on all cores, with a progress bar.
#[must_use]
pub fn panel(scorer: &Scorer<'_>, test: &TestSet, noises: &[Vec<i16>]) -> Vec<PanelEntry> {
    let surroundings = Surroundings { rate: scorer.model().front_end().sample_rate, noises };
    let bar = progress::bar(Condition::PANEL.len() * test.clips.len(), "scoring the panel");
    let entry = |(name, condition): (&'static str, Condition)| {
        let predict = |(number, clip): (usize, &super::TestClip)| {
            let window = condition.apply(&clip.window, number, &surroundings);
            bar.inc(1);
            scorer.classify(&window)
        };
        let predictions: Vec<Prediction> = test.clips.par_iter().enumerate().map(predict).collect();
        let confusion = test.confusion(predictions.iter().map(|prediction| prediction.class));
        let calibration = test.calibration(&predictions);
        PanelEntry { condition: name, ua: confusion.ua(), wa: confusion.wa(), calibration }
    };
    let entries = Condition::PANEL.map(entry).into();
    bar.finish_and_clear();
    entries
}
