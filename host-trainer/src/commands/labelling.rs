use std::path::PathBuf;

use clap::Args;

use crate::corpus::{LabelMap, Sources};

/// What recordings are called.
#[derive(Debug, Args)]
pub(super) struct Labelling {
    /// JSON with other names for labels, null to leave out: {"Boredom":"neutral","noise":null}.
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
}

impl Labelling {
    /// Where to look for recordings, labelled so.
    ///
    /// # Errors
    /// Names the file that can't be used.
    pub(super) fn sources(&self, paths: &[PathBuf]) -> anyhow::Result<Sources> {
        let labels = self.labels.as_deref().map(LabelMap::read).transpose()?.unwrap_or_default();
        Ok(Sources { paths: paths.to_vec(), labels })
    }
}
