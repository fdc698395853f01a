use std::path::PathBuf;

use clap::Args;

use crate::synth::{DEFAULT_CLIPS, write_corpus};

#[derive(Debug, Args)]
pub(super) struct Synth {
    /// The folder to write: new, empty, or an earlier built-in corpus, which is replaced.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// How many recordings.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_CLIPS)]
    clips: usize,
    /// The same seed gives the same recordings.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

impl Synth {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let clips = write_corpus(&self.out, self.clips, self.seed)?;
        println!(
            "Wrote {clips} synthetic recordings to {}: a demonstration, spoken by no one.",
            self.out.display()
        );
        Ok(())
    }
}
