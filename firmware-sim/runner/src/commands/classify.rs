use std::path::{Path, PathBuf};

use host_trainer::audio;
use host_trainer::commands::{each_file, print_prediction};

use crate::{Board, Classifier};

pub(super) fn run(board: Board, model: &Path, files: &[PathBuf], json: bool) -> anyhow::Result<()> {
    let classifier = Classifier::build(board, model)?;
    each_file(
        files,
        "files could not be classified",
        |file| audio::load(file, classifier.sample_rate()),
        |file, samples| print_prediction(file, classifier.classify(&samples)?.prediction, json),
    )
}
