use std::path::Path;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use super::{Folds, TeacherFolders};
use crate::corpus::Classes;
use crate::files;
use crate::preset::Preset;
use crate::recordings::Recordings;

/// What all trainings of a cross-validation share; `settings.json` in its folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settings {
    preset: String,
    classes: Classes,
    epochs: usize,
    folds: Folds,
    teachers: TeacherFolders,
    /// The BLAKE3 of front end, network and recipe.
    design: String,
    /// The BLAKE3 of the recordings.
    recordings: String,
}

impl Settings {
    pub(crate) fn new(
        preset: &Preset,
        classes: Classes,
        folds: &Folds,
        recordings: &Recordings,
        teachers: &TeacherFolders,
    ) -> Self {
        let network = preset.network(classes.labels().len());
        let design = format!("{:?} {network:?} {:?}", preset.front_end, preset.recipe);
        Self {
            preset: preset.name.clone(),
            classes,
            epochs: preset.recipe.epochs,
            folds: folds.clone(),
            teachers: teachers.clone(),
            design: blake3::hash(design.as_bytes()).to_string(),
            recordings: recordings.digest().to_string(),
        }
    }

    /// Claims a new folder, or makes sure that what is in an old one was trained alike.
    ///
    /// # Errors
    /// Names the folder and the first difference.
    pub(crate) fn claim(&self, out: &Path) -> anyhow::Result<()> {
        let path = out.join("settings.json");
        if !path.exists() {
            return files::write_whole(&path, &serde_json::to_vec_pretty(self)?);
        }
        let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let stored: Self = serde_json::from_slice(&bytes)
            .with_context(|| format!("{} is altered; choose another --out", path.display()))?;
        match self.difference(&stored) {
            Some(what) => bail!(
                "{} has a cross-validation with another {what}; repeat its options or choose another --out",
                out.display()
            ),
            None => Ok(()),
        }
    }

    fn difference(&self, stored: &Self) -> Option<&'static str> {
        let differences = [
            (self.preset != stored.preset, "--preset"),
            (self.classes != stored.classes, "--classes"),
            (self.epochs != stored.epochs, "--epochs"),
            (self.folds != stored.folds, "--folds"),
            (self.teachers != stored.teachers, "--teachers"),
            (self.recordings != stored.recordings, "--data"),
            (self.design != stored.design, "version of the preset"),
        ];
        differences.into_iter().find_map(|(differs, what)| differs.then_some(what))
    }
}
