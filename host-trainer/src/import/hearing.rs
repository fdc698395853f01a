//! The front end before an imported network: a JSON file says how it hears.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use bumpalo::Bump;
use engine::Quantisation;
use engine::blob::FrontEndParams;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::features::{FrontEndSpec, Hearing, InputScaling, Reference};
use crate::json_text;
use crate::quantise::normalisation;

/// The front end that a network was trained with: a preset, or what of one is about hearing.
#[derive(Debug, Clone, Deserialize)]
pub struct FrontEndFile {
    /// From samples to features.
    front_end: FrontEndSpec,
    /// What was done to the features before the network had them; nothing where it is left out.
    #[serde(default)]
    scaling: Scaling,
    /// A preset's other fields, which say nothing of hearing.
    #[serde(flatten)]
    others: BTreeMap<String, IgnoredAny>,
}

/// `(feature - mean) / deviation`, with features in dB, or a root of power.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scaling {
    mean: f32,
    deviation: f32,
}

impl Default for Scaling {
    fn default() -> Self {
        Self { mean: 0.0, deviation: 1.0 }
    }
}

impl FrontEndFile {
    /// Reads the file.
    ///
    /// # Errors
    /// Names the file, and what in it is missing or out of range.
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        let json = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let file: Self =
            json_text::parse(json).with_context(|| format!("cannot use the front end {}", path.display()))?;
        let unknown =
            file.others.keys().find(|field| !["name", "network", "recipe"].contains(&field.as_str()));
        if let Some(field) = unknown {
            bail!(
                "cannot use the front end {}: unknown field {field}, expected front_end or scaling",
                path.display()
            );
        }
        let reference = file.front_end.reference;
        ensure!(
            !matches!(reference, Reference::Running(_)),
            "cannot use the front end {}: a running reference is learnt in training; take window_maximum or power",
            path.display()
        );
        let Scaling { mean, deviation } = file.scaling;
        ensure!(
            mean.is_finite() && deviation.is_finite() && deviation > 0.0,
            "cannot use the front end {}: mean and deviation are to be numbers, the deviation above 0",
            path.display()
        );
        Ok(file)
    }

    /// The blob's front end, for a network whose input is so quantised.
    pub(super) fn params<'b>(&self, bytes: &'b Bump, input: Quantisation) -> FrontEndParams<'b> {
        let Scaling { mean, deviation } = self.scaling;
        let bands = self.front_end.mel_bands.into();
        let scaling = match self.front_end.reference {
            Reference::Power { .. } => InputScaling::Alike { mean, deviation },
            _ => InputScaling::PerBand { mean: vec![mean; bands], deviation: vec![deviation; bands] },
        };
        let hearing = Hearing { front_end: self.front_end, scaling, prior: Vec::new() };
        self.front_end.params(normalisation(bytes, &hearing, input))
    }
}
