//! Presets: a front end, a network and a recipe under one name, as a JSON file. The built-in ones are such files too.

mod architecture;
#[cfg(test)]
mod tests;
mod validate;

pub use architecture::{Architecture, Plain, Residual, Stage};
pub(crate) use validate::LONGEST_NAME;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::augment::Augmentation;
use crate::features::FrontEndSpec;
use crate::json_text;
use crate::network::Network;
use crate::training::VoiceContext;

/// The files of the built-in presets, by name.
const BUILT_IN: [(&str, &str); 3] = [
    (Preset::NAMES[0], include_str!("../presets/small.json")),
    (Preset::NAMES[1], include_str!("../presets/tiny.json")),
    (Preset::NAMES[2], include_str!("../presets/seed.json")),
];

/// Everything about a model that is decided before training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// What models and reports call it.
    pub name: String,
    /// From samples to features.
    pub front_end: FrontEndSpec,
    /// How the layers are built.
    pub network: Architecture,
    /// How it is trained.
    pub recipe: Recipe,
}

/// How a network is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Passes over the training clips.
    pub epochs: usize,
    /// Clips in a batch.
    pub batch: usize,
    /// The highest learning rate.
    pub learning_rate: f32,
    /// Decoupled weight decay.
    pub weight_decay: f32,
    /// The share of the target that is spread over all classes.
    pub label_smoothing: f32,
    /// How a teacher is listened to, where there is one.
    pub teacher: Teaching,
    /// What is heard of a speaker before a training clip; nothing where it is left out.
    #[serde(default)]
    pub context: Option<VoiceContext>,
    /// How much corpora count, by their names, 1 where one is left out: a corpus's share of the clips that are drawn
    /// is in proportion to its weight times the square root of its clips.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub corpora: BTreeMap<String, f64>,
    /// What is done to training clips.
    pub augmentation: Augmentation,
}

/// How much a teacher's answers count beside the labels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Teaching {
    /// The share of the target that is the teacher's posterior, 0 to 1; the label has the rest.
    pub share: f32,
    /// What its logits are divided by, 0.1 to 20: above 1 it is less sure than it says.
    pub temperature: f32,
}

impl Preset {
    /// The built-in presets, the default first.
    pub const NAMES: [&str; 3] = ["small", "tiny", "seed"];

    /// The built-in preset of that name, or the one in a file.
    ///
    /// ```
    /// use host_trainer::preset::Preset;
    ///
    /// assert_eq!(Preset::load("small".as_ref()).unwrap().front_end.mel_bands, 64);
    /// assert!(Preset::load("huge".as_ref()).is_err());
    /// ```
    ///
    /// # Errors
    /// Names the file, and what in it is missing, unknown or out of range.
    pub fn load(name_or_file: &Path) -> anyhow::Result<Self> {
        let shown = name_or_file.display();
        let built_in = BUILT_IN.iter().find(|(name, _)| name_or_file.as_os_str() == *name);
        let json = match built_in {
            Some((_, text)) => text.as_bytes().to_vec(),
            None => std::fs::read(name_or_file).with_context(|| {
                format!("cannot read the preset {shown}, which is none of {}", Self::NAMES.join(", "))
            })?,
        };
        Self::parse(json).with_context(|| format!("cannot use the preset {shown}"))
    }

    fn parse(json: impl AsRef<[u8]>) -> anyhow::Result<Self> {
        let preset: Self = json_text::parse(json)?;
        preset.validate()?;
        Ok(preset)
    }

    /// The layers, for a number of classes.
    #[must_use]
    pub fn network(&self, classes: usize) -> Network {
        let input = [self.front_end.frames(), self.front_end.mel_bands.into(), 1];
        Network { input, layers: self.network.layers(classes) }
    }
}
