use std::path::PathBuf;

use clap::Args;

use crate::preset::Preset;

/// Which preset to train.
#[derive(Debug, Args)]
pub(super) struct PresetChoice {
    /// Front end, network and recipe: small, tiny, seed, or a JSON file of such.
    #[arg(long, value_name = "NAME|FILE", default_value = Preset::NAMES[0])]
    pub(super) preset: PathBuf,
    /// Most passes over the training clips; the preset's own number if left out.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    epochs: Option<u32>,
}

impl PresetChoice {
    /// The preset, to be trained for `epochs` where neither the command line nor that says otherwise.
    pub(super) fn preset(&self, epochs: Option<usize>) -> anyhow::Result<Preset> {
        let mut preset = Preset::load(&self.preset)?;
        let asked = self.epochs.map(|epochs| epochs as usize);
        preset.recipe.epochs = asked.or(epochs).unwrap_or(preset.recipe.epochs);
        Ok(preset)
    }
}
