use std::path::PathBuf;

use clap::Args;
use regex::Regex;

use crate::corpus::{LabelMap, Sources};

/// What recordings are called.
#[derive(Debug, Args)]
pub(super) struct Labelling {
    /// JSON with other names for labels, null to leave out: {"Boredom":"neutral","noise":null}.
    #[arg(long, value_name = "FILE")]
    pub(super) labels: Option<PathBuf>,
    /// Where there is a folder for each label: a regular expression whose group is the speaker in a recording's path
    /// below DIR; the folder below the label's if left out.
    #[arg(long, value_name = "REGEX", value_parser = speaker_pattern)]
    speaker_pattern: Option<Regex>,
}

impl Labelling {
    /// Where to look for recordings, labelled so.
    ///
    /// # Errors
    /// Names the file that can't be used.
    pub(super) fn sources(&self, paths: &[PathBuf]) -> anyhow::Result<Sources> {
        let labels = self.labels.as_deref().map(LabelMap::read).transpose()?.unwrap_or_default();
        Ok(Sources { paths: paths.to_vec(), labels, speaker_pattern: self.speaker_pattern.clone() })
    }
}

fn speaker_pattern(text: &str) -> Result<Regex, String> {
    let pattern = Regex::new(text).map_err(|error| error.to_string())?;
    match pattern.captures_len() {
        2 => Ok(pattern),
        _ => Err("it needs one group in brackets, which is the speaker".to_owned()),
    }
}
