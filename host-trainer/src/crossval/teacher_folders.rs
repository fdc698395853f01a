use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

use crate::training::Teachers;

/// Folders of earlier cross-validations over the same folds, whose models teach: those of fold 1 teach fold 1,
/// so that none has heard who is tested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TeacherFolders(pub(crate) Vec<PathBuf>);

impl TeacherFolders {
    /// The models of a fold, of all seeds.
    ///
    /// # Errors
    /// Names the folder or the file that can't be used.
    pub(super) fn of_fold(&self, fold: usize) -> anyhow::Result<Teachers> {
        let mut paths = Vec::new();
        for folder in &self.0 {
            let folder = folder.join(format!("fold-{fold}"));
            let found = models(&folder)?;
            ensure!(!found.is_empty(), "{} has no finished trainings to learn from", folder.display());
            paths.extend(found);
        }
        Teachers::load(&paths)
    }
}

/// The float models of the finished trainings below a folder, in the order of their names.
fn models(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let failed = || format!("cannot find models to learn from in {}", folder.display());
    let entries = std::fs::read_dir(folder).with_context(failed)?;
    let folders: Vec<PathBuf> =
        entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>().with_context(failed)?;
    let finished = folders.into_iter().filter(|folder| folder.join("metrics.json").exists());
    let mut models: Vec<PathBuf> = finished.map(|folder| folder.join("float.safetensors")).collect();
    models.sort();
    Ok(models)
}
