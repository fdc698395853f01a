use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::model::ModelFile;
use super::{footprint, import, output};
use crate::evaluate::Footprint;

#[derive(Debug, Args)]
pub(super) struct Inspect {
    /// The model blob, a .tflite file, or a shipped model by its name: small, which it is if none is named, or tiny.
    model: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Inspect {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let footprint = match &self.model {
            Some(path) if path.extension().is_some_and(|extension| extension == "tflite") => {
                Footprint::of_blob(&import::blob(path, &[], None)?)?
            }
            _ => {
                let file = ModelFile { model: self.model };
                let blob = file.read()?;
                Footprint::of_blob(&blob).with_context(|| format!("cannot use {}", file.name()))?
            }
        };
        if self.json { output::json(&footprint) } else { output::line(&footprint::text(&footprint)) }
    }
}
