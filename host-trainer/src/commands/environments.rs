use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use crate::augment::Environments;
use crate::preset::Preset;
use crate::recordings::load_folder;

/// Folders of recordings to disturb training clips with.
#[derive(Debug, Args)]
pub(super) struct EnvironmentFolders {
    /// Folder of noise recordings to disturb training clips with; noise is made if left out.
    #[arg(long, value_name = "DIR")]
    noise: Option<PathBuf>,
    /// Folder of impulse responses, recordings of a clap or a burst balloon, for the preset's share of clips that are
    /// set in a room; rooms are made if left out.
    #[arg(long, value_name = "DIR")]
    rooms: Option<PathBuf>,
}

impl EnvironmentFolders {
    /// Loads what is in them, at a preset's rate. Warns of those that its recipe makes no use of.
    ///
    /// # Errors
    /// Names the option and its folder if nothing in it can be used.
    pub(super) fn load(&self, preset: &Preset) -> anyhow::Result<Environments> {
        let augmentation = &preset.recipe.augmentation;
        let rooms_share = augmentation.channel.room.map_or(0.0, |room| room.share);
        for (folder, share, unused) in [
            (&self.noise, augmentation.noisy_share, "--noise plays no part: the preset's noisy_share is 0"),
            (&self.rooms, rooms_share, "--rooms plays no part: the preset's channel sets no clip in a room"),
        ] {
            if folder.is_some() && share == 0.0 {
                eprintln!("warning: {unused}");
            }
        }
        let sample_rate = preset.front_end.sample_rate;
        Ok(Environments {
            noises: load("--noise", self.noise.as_deref(), sample_rate)?,
            rooms: load("--rooms", self.rooms.as_deref(), sample_rate)?,
        })
    }
}

/// Every recording in the folder of an option, if it is given.
pub(super) fn load(option: &str, folder: Option<&Path>, sample_rate: u32) -> anyhow::Result<Vec<Vec<i16>>> {
    let Some(folder) = folder else { return Ok(Vec::new()) };
    load_folder(folder, sample_rate).with_context(|| format!("cannot use {option} {}", folder.display()))
}
