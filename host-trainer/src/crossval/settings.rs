use serde::{Deserialize, Serialize};

use super::Protocol;
use crate::settings::Work;

/// What all trainings of a cross-validation share besides preset and recordings.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CrossvalSettings {
    pub(crate) protocol: Protocol,
    /// Whether folds leave their own test clips out altogether.
    pub(crate) inner: bool,
    /// The digest of what is said by the teacher of each fold.
    pub(crate) teachers: Vec<[u8; 32]>,
    /// The digest of the recordings to disturb with.
    pub(crate) environments: [u8; 32],
}

impl Work for CrossvalSettings {
    const NAME: &'static str = "cross-validation";
    const RESULTS: &'static [&'static str] = &["crossval.json", "report.html"];

    fn differences(&self, stored: &Self) -> Vec<(bool, &'static str)> {
        vec![
            (self.protocol != stored.protocol, self.protocol.option()),
            (self.inner != stored.inner, "--inner"),
            (self.teachers != stored.teachers, "--teacher-logits"),
            (self.environments != stored.environments, "--noise or --rooms"),
        ]
    }
}
