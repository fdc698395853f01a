use std::path::Path;

use anyhow::{Context, bail, ensure};
use serde::{Deserialize, Serialize};

use super::state::TrainingState;
use crate::features::FrontEndSpec;
use crate::files;
use crate::network::Network;

/// What a checkpoint starts with.
const MAGIC: &[u8; 8] = b"training";
/// Changes with the contents' layout.
const VERSION: u32 = 10;
/// Magic, version and the contents' BLAKE3.
const HEADER: usize = 8 + 4 + 32;

/// What has to be the same for a run to go on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct TrainingSettings {
    pub(super) preset: String,
    pub(super) front_end: FrontEndSpec,
    pub(super) network: Network,
    pub(super) labels: Vec<String>,
    pub(super) seed: u64,
    pub(super) epochs: usize,
    /// The digest of the recipe.
    pub(super) recipe: [u8; 32],
    /// The BLAKE3 of every training and validation recording, and of what a teacher says of it.
    pub(super) recordings: [u8; 32],
    /// The BLAKE3 of the recordings to disturb with.
    pub(super) environments: [u8; 32],
    /// The BLAKE3 of the model that it went on from.
    pub(super) init: Option<[u8; 32]>,
}

impl TrainingSettings {
    /// Names the first difference.
    fn ensure_same(&self, stored: &Self) -> anyhow::Result<()> {
        let differences = [
            (self.preset != stored.preset, "--preset"),
            (self.labels != stored.labels, "--classes"),
            (self.front_end != stored.front_end, "front end"),
            (self.network != stored.network, "network"),
            (self.seed != stored.seed, "--seed"),
            (self.epochs != stored.epochs, "--epochs"),
            (self.recipe != stored.recipe, "recipe"),
            (self.recordings != stored.recordings, "--data, --split or --teacher-logits"),
            (self.environments != stored.environments, "--noise or --rooms"),
            (self.init != stored.init, "--init"),
        ];
        match differences.into_iter().find(|(differs, _)| *differs) {
            Some((_, what)) => bail!(
                "it is of a run with another {what}; repeat that run's options, or train anew without it"
            ),
            None => Ok(()),
        }
    }
}

/// Writes a run so that it can go on from here.
pub(super) fn save(path: &Path, settings: &TrainingSettings, run: &TrainingState) -> anyhow::Result<()> {
    let contents = postcard::to_stdvec(&(settings, run))?;
    let checksum = blake3::hash(&contents);
    let parts: [&[u8]; 4] = [MAGIC, &VERSION.to_le_bytes(), checksum.as_bytes(), &contents];
    files::write_whole(path, &parts.concat())
}

/// Reads a run of the same settings.
///
/// # Errors
/// Names the file, and says whether it is missing, damaged, of another version or of another run.
pub(super) fn load(path: &Path, settings: &TrainingSettings) -> anyhow::Result<TrainingState> {
    let failed = || format!("cannot resume from {}", path.display());
    let bytes = std::fs::read(path).with_context(failed)?;
    decode(&bytes, settings).with_context(failed)
}

fn decode(bytes: &[u8], settings: &TrainingSettings) -> anyhow::Result<TrainingState> {
    let (header, contents) = bytes.split_at_checked(HEADER).context("it is cut short")?;
    ensure!(header.starts_with(MAGIC), "it is not a checkpoint");
    ensure!(
        header[8..12] == VERSION.to_le_bytes(),
        "it was written by another version of this program; train anew without it"
    );
    ensure!(
        header[12..] == *blake3::hash(contents).as_bytes(),
        "it is cut short or altered; train anew without it"
    );
    let (stored, run): (TrainingSettings, TrainingState) =
        postcard::from_bytes(contents).context("its contents do not decode")?;
    settings.ensure_same(&stored)?;
    Ok(run)
}
