//! A recording to an emotion, by the model that comes with the trainer.
//!
//!     cargo run --release -p host-trainer --example wav_to_emotion -- recording.wav

use std::path::Path;

use anyhow::Context;
use host_trainer::evaluate::{Prediction, Scorer};
use host_trainer::{SHIPPED_MODEL, audio};

fn main() -> anyhow::Result<()> {
    let path = std::env::args_os().nth(1).context("name a recording")?;
    let answer = ask(path.as_ref())?;
    println!("{} ({:.0} %)", answer.emotion, 100.0 * answer.confidence);
    Ok(())
}

/// What the model says of a recording; of a long one, of its loudest three seconds.
pub fn ask(recording: &Path) -> anyhow::Result<Prediction> {
    let scorer = Scorer::new(SHIPPED_MODEL)?;
    let samples = audio::load(recording, scorer.sample_rate())?; // any format and rate
    Ok(scorer.classify(&samples))
}
