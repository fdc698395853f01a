use std::collections::BTreeSet;

use engine::Model;
use serde_json::json;

use super::{Elsewhere, FinishedTraining};
use crate::corpus::{Clip, Summary};
use crate::evaluate::{Comparison, Footprint};

/// A run in figures; shares and accuracies are 0 to 1.
pub fn json(
    run: &FinishedTraining<'_>,
    comparison: &Comparison,
    elsewhere: &Elsewhere,
) -> anyhow::Result<Vec<u8>> {
    let Comparison { float, int8, agreement, intervals, quantisation, coverage } = comparison;
    let best = run.history.get(run.best_epoch);
    let validation = best.and_then(|epoch| epoch.validation);
    let metrics = json!({
        "preset": run.preset,
        "classes": run.classes,
        "labels": run.classes.labels(),
        "split": run.split,
        "seed": run.seed,
        "demonstration": run.demonstration,
        "train": {
            "clips": run.train.len(),
            "speakers": speakers(run.train),
            "speaker_names": speaker_names(run.train),
            "epochs": run.history.len(),
            "loss": best.map(|epoch| epoch.train_loss),
            "accuracy": best.map(|epoch| epoch.train_accuracy),
        },
        "validation": {
            "clips": run.validation.len(),
            "speakers": speakers(run.validation),
            "speaker_names": speaker_names(run.validation),
            "best_epoch": run.best_epoch + 1,
            "loss": validation.map(|clips| clips.loss),
            "accuracy": validation.map(|clips| clips.accuracy),
            "ua": validation.map(|clips| clips.ua),
        },
        "test": {
            "clips": run.test.clips.len(),
            "speakers": speakers(&run.test.sources()),
            "speaker_names": speaker_names(&run.test.sources()),
            "float": float,
            "int8": int8,
            "agreement": agreement,
            "coverage": coverage,
        },
        "intervals": intervals,
        "quantisation_loss": quantisation,
        "panel": elsewhere.panel,
        "stream": elsewhere.streamed,
        "model": Footprint::of(&Model::from_bytes(run.blob)?, run.blob.len()),
        "history": run.history,
    });
    Ok(serde_json::to_vec_pretty(&metrics)?)
}

/// The speakers' names, as `eval --speakers` takes them.
fn speaker_names(clips: &[Clip]) -> BTreeSet<&str> {
    clips.iter().map(|clip| clip.speaker.as_str()).collect()
}

/// Different speakers.
pub fn speakers(clips: &[Clip]) -> usize {
    Summary::new(clips).total.speakers
}
