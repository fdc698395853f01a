use std::path::{Path, PathBuf};

use anyhow::ensure;
use host_trainer::commands::print_prediction;
use host_trainer::{audio, complaint};

use crate::{Board, Classifier};

pub(super) fn run(board: Board, model: &Path, files: &[PathBuf], json: bool) -> anyhow::Result<()> {
    let classifier = Classifier::build(board, model)?;
    let mut failed = 0;
    for file in files {
        match audio::load(file, classifier.sample_rate()) {
            Ok(samples) => print_prediction(file, classifier.classify(&samples)?.prediction, json)?,
            Err(error) => {
                eprintln!("error: {}", complaint(&error));
                failed += 1;
            }
        }
    }
    ensure!(failed == 0, "{failed} of {} files could not be classified", files.len());
    Ok(())
}
