use serde::{Deserialize, Serialize};

use crate::crossval::Folds;
use crate::settings::Work;

/// What the trials in a folder have in common besides preset and recordings.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TuneSettings {
    pub(crate) seed: u64,
    /// The folds, and the one whose test speakers are left out, counted from 1.
    pub(crate) left_out: Option<(Folds, usize)>,
    /// The digest of what the teacher says.
    pub(crate) teacher: [u8; 32],
    /// The digest of the recordings to disturb with.
    pub(crate) environments: [u8; 32],
}

impl Work for TuneSettings {
    const NAME: &'static str = "tuning";
    const RESULTS: &'static [&'static str] = &["trials.json", "preset.json", "report.html"];

    fn differences(&self, stored: &Self) -> Vec<(bool, &'static str)> {
        vec![
            (self.seed != stored.seed, "--seed"),
            (self.left_out != stored.left_out, "--folds or --fold"),
            (self.teacher != stored.teacher, "--teacher-logits"),
            (self.environments != stored.environments, "--noise or --rooms"),
        ]
    }
}
