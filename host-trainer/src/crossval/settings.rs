use serde::{Deserialize, Serialize};

use super::{Protocol, TeacherFolders};
use crate::settings::Work;

/// What all trainings of a cross-validation share besides preset and recordings.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Trained {
    pub(crate) protocol: Protocol,
    /// Whether folds leave their own test clips out altogether.
    pub(crate) inner: bool,
    pub(crate) teachers: TeacherFolders,
    /// The digest of the recordings to disturb with.
    pub(crate) sources: [u8; 32],
}

impl Work for Trained {
    const NAME: &'static str = "cross-validation";

    fn differences(&self, stored: &Self) -> Vec<(bool, &'static str)> {
        vec![
            (self.protocol != stored.protocol, self.protocol.option()),
            (self.inner != stored.inner, "--inner"),
            (self.teachers != stored.teachers, "--teachers"),
            (self.sources != stored.sources, "--noise or --rooms"),
        ]
    }
}
