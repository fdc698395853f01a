use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::Args;

use super::{footprint, output};
use crate::corpus::ensure_labels;
use crate::evaluate::Footprint;
use crate::files;
use crate::import::{FrontEndFile, Meaning, import};
use crate::quantise;

#[derive(Debug, Args)]
pub(super) struct Import {
    /// The .tflite file: all of it quantised to int8.
    file: PathBuf,
    /// The model blob to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// What the outputs stand for, in order; left out where the answer is a tensor.
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    labels: Vec<String>,
    /// How the model hears: a preset, or a JSON file with its `front_end`.
    #[arg(long, value_name = "FILE", requires = "labels")]
    front_end: Option<PathBuf>,
    /// The model brings its own features, for `prosodia::Network`, as where no front end is named.
    #[arg(long, conflicts_with = "front_end")]
    raw: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Import {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let front_end = self.front_end.as_deref().map(FrontEndFile::load).transpose()?;
        for input in [Some(&self.file), self.front_end.as_ref()].into_iter().flatten() {
            files::ensure_other(&self.out, input)?;
        }
        let blob = blob(&self.file, &self.labels, front_end.as_ref())?;
        files::write_whole(&self.out, &blob)?;
        let footprint = Footprint::of_blob(&blob)?;
        if self.json { output::json(&footprint) } else { output::line(&footprint::text(&footprint)) }
    }
}

/// The blob of a `.tflite` file.
pub(super) fn blob(
    path: &Path,
    labels: &[String],
    front_end: Option<&FrontEndFile>,
) -> anyhow::Result<Vec<u8>> {
    let file = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    ensure!(
        file.is_empty() || !quantise::is_blob(&file),
        "{} is a model blob already, which needs no import",
        path.display()
    );
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let labels: Vec<String> = labels.iter().map(|label| label.trim().to_owned()).collect();
    ensure_labels(&labels)?;
    let meaning = Meaning { name: &name, labels: &labels, front_end };
    import(&file, meaning).with_context(|| format!("cannot import {}", path.display()))
}
