use anyhow::Context;
use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::preset::Preset;

/// Which preset to train.
#[derive(Debug, Args)]
pub(super) struct PresetName {
    /// Front end, network and recipe.
    #[arg(long, value_name = "NAME", default_value = Preset::ALL[0].name,
          value_parser = PossibleValuesParser::new(Preset::ALL.map(|preset| preset.name)))]
    preset: String,
    /// Most passes over the training clips; the preset's own number if left out.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    epochs: Option<u32>,
}

impl PresetName {
    /// The preset, to be trained for `epochs` where neither the command line nor that says otherwise.
    pub(super) fn preset(&self, epochs: Option<usize>) -> anyhow::Result<Preset> {
        let mut preset = Preset::named(&self.preset).context("no such preset")?;
        let asked = self.epochs.map(|epochs| epochs as usize);
        preset.recipe.epochs = asked.or(epochs).unwrap_or(preset.recipe.epochs);
        Ok(preset)
    }
}
