use serde::{Deserialize, Serialize};

use super::{Folds, TeacherFolders};
use crate::settings::Work;

/// What all trainings of a cross-validation share besides preset and recordings.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FoldsAndTeachers {
    pub(crate) folds: Folds,
    pub(crate) teachers: TeacherFolders,
    /// The digest of the recordings to disturb with.
    pub(crate) sources: [u8; 32],
}

impl Work for FoldsAndTeachers {
    const NAME: &'static str = "cross-validation";

    fn differences(&self, stored: &Self) -> Vec<(bool, &'static str)> {
        vec![
            (self.folds != stored.folds, "--folds"),
            (self.teachers != stored.teachers, "--teachers"),
            (self.sources != stored.sources, "--noise or --rooms"),
        ]
    }
}
