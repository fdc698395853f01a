use serde::{Deserialize, Serialize};

use crate::preset::Preset;

/// A preset that was tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Trial {
    /// Counted from 0, which is the start.
    #[serde(rename = "trial")]
    pub(crate) number: usize,
    /// After each rung that it took part in; none where training diverged.
    pub(crate) scores: Vec<Option<Score>>,
    /// With the epochs of the last rung.
    pub(crate) preset: Preset,
}

impl Trial {
    /// The score of the longest training, if that did not diverge.
    pub(crate) fn latest(&self) -> Option<Score> {
        self.scores.last().copied().flatten()
    }
}

/// What a trial's float network came to on the validation clips.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Score {
    /// The mean of the class recalls, 0 to 1.
    pub(crate) ua: f64,
    /// Mean cross-entropy at the temperature at which it is lowest, in nats; all corpora and classes count the same.
    pub(crate) loss: f64,
}
