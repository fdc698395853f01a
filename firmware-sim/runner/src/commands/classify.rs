use std::path::{Path, PathBuf};

use anyhow::Context;
use host_trainer::audio;

use crate::{Board, Classifier};

pub(super) fn run(board: Board, model: &Path, files: &[PathBuf], json: bool) -> anyhow::Result<()> {
    let classifier = Classifier::build(board, model)?;
    for file in files {
        let samples = audio::load(file)?;
        let heard = classifier.classify(&samples).with_context(|| file.display().to_string())?;
        println!("{heard:?} {json}");
    }
    Ok(())
}
