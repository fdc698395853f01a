//! What has to be the same for the work in a folder to go on.

use std::path::Path;

use anyhow::{Context, anyhow, bail, ensure};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::corpus::Classes;
use crate::digest::digest;
use crate::files;
use crate::json_text;
use crate::preset::Preset;
use crate::recordings::Recordings;
use crate::run_folder::RunFolder;

/// What many trainings share; `settings.json` in their folder.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct WorkSettings<W> {
    preset: String,
    classes: Classes,
    epochs: usize,
    #[serde(flatten)]
    work: W,
    /// The BLAKE3 of front end, network and recipe.
    design: String,
    /// The BLAKE3 of the recordings.
    recordings: String,
}

/// What a kind of work needs to be the same besides.
pub(crate) trait Work: Serialize + DeserializeOwned {
    /// What it is called.
    const NAME: &'static str;
    /// The files that it writes beside `settings.json`.
    const RESULTS: &'static [&'static str];

    /// Each option, and whether it differs.
    fn differences(&self, stored: &Self) -> Vec<(bool, &'static str)>;
}

impl<W: Work> WorkSettings<W> {
    /// # Errors
    /// The preset can't be written as JSON.
    pub(crate) fn new(preset: &Preset, recordings: &Recordings, work: W) -> anyhow::Result<Self> {
        let network = preset.network(recordings.classes.labels().len());
        Ok(Self {
            preset: preset.name.clone(),
            classes: recordings.classes.clone(),
            epochs: preset.recipe.epochs,
            work,
            design: digest(&(preset.front_end, network, &preset.recipe))?.to_string(),
            recordings: recordings.digest().to_string(),
        })
    }

    /// Claims a new folder, or makes sure that what is in an old one was trained alike.
    ///
    /// # Errors
    /// Names the folder, and the first difference or that it is of a training; or the file in it that would be
    /// replaced, and that no such work wrote.
    pub(crate) fn claim(&self, out: &Path) -> anyhow::Result<()> {
        let path = out.join("settings.json");
        if !path.exists() {
            ensure!(!RunFolder::is_used(out), "{} has a training; choose another --out", out.display());
            if let Some(file) = W::RESULTS.iter().map(|name| out.join(name)).find(|file| file.exists()) {
                return Err(files::not_written_by(W::NAME, &file));
            }
            return files::write_whole(&path, &serde_json::to_vec_pretty(self)?);
        }
        let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let stored: Self = json_text::parse(bytes).map_err(|_| {
            anyhow!("{} is altered, or not of a {}; choose another --out", path.display(), W::NAME)
        })?;
        match self.difference(&stored) {
            Some(what) => bail!(
                "{} has a {} with another {what}; repeat its options or choose another --out",
                out.display(),
                W::NAME
            ),
            None => Ok(()),
        }
    }

    fn difference(&self, stored: &Self) -> Option<&'static str> {
        let basis = [
            (self.preset != stored.preset, "--preset"),
            (self.classes != stored.classes, "--classes"),
            (self.epochs != stored.epochs, "--epochs"),
        ];
        let made_of = [
            (self.recordings != stored.recordings, "--data"),
            (self.design != stored.design, "version of the preset"),
        ];
        let all = basis.into_iter().chain(self.work.differences(&stored.work)).chain(made_of);
        all.filter_map(|(differs, what)| differs.then_some(what)).next()
    }
}
