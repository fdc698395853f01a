use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::Args;
use serde::Serialize;

use super::model::ModelFile;
use super::output;
use crate::audio;
use crate::evaluate::{Prediction, Scorer};

#[derive(Debug, Args)]
pub(super) struct Predict {
    /// The recordings; of a long one, the 3 s of highest energy are taken.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    model: ModelFile,
    /// Print a line of JSON for each file.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    file: &'a Path,
    #[serde(flatten)]
    prediction: Prediction,
}

impl Predict {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let blob = self.model.read()?;
        let scorer = Scorer::new(&blob).with_context(|| format!("cannot use {}", self.model.name()))?;
        let mut failed = 0;
        for file in &self.files {
            match audio::load(file) {
                Ok(samples) => print_prediction(file, scorer.classify(&samples), self.json)?,
                Err(error) => {
                    eprintln!("error: {error:#}");
                    failed += 1;
                }
            }
        }
        ensure!(failed == 0, "{failed} of {} files could not be classified", self.files.len());
        Ok(())
    }
}

/// Prints what was made of a recording, for people or as a line of JSON.
///
/// # Errors
/// Standard output can't be written.
pub fn print_prediction(file: &Path, prediction: Prediction, json: bool) -> anyhow::Result<()> {
    if json {
        return output::json(&Line { file, prediction });
    }
    let others = prediction.probabilities.iter().map(|(emotion, p)| format!("{emotion} {:.0}", 100.0 * p));
    let others = others.collect::<Vec<_>>().join(", ");
    let percent = 100.0 * prediction.confidence;
    output::line(&format!("{}: {} {percent:.0} % ({others})", file.display(), prediction.emotion))
}
