//! What a training leaves so that it can be done again.

use std::path::Path;

use serde_json::json;

use crate::corpus::{Clip, Parts, write_list};
use crate::files;
use crate::preset::Preset;
use crate::recordings::Recordings;

/// Writes `preset.json`, which `--preset` takes, and `run.json`, `{"command","version","data","seed"}`: the command line
/// word by word, the version of this program, the BLAKE3 of the recordings and the training's seed.
///
/// # Errors
/// Names the file that can't be written.
pub(crate) fn write(out: &Path, preset: &Preset, recordings: &Recordings, seed: u64) -> anyhow::Result<()> {
    files::write_whole(&out.join("preset.json"), &serde_json::to_vec_pretty(preset)?)?;
    let command: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let run = json!({
        "command": command,
        "version": env!("CARGO_PKG_VERSION"),
        "data": recordings.digest().to_string(),
        "seed": seed,
    });
    files::write_whole(&out.join("run.json"), &serde_json::to_vec_pretty(&run)?)
}

/// Writes `train.csv`, `validation.csv` and `test.csv`, which list the recordings of each part that has any, as `--data` takes
/// them.
///
/// # Errors
/// Names the file that can't be written.
pub(crate) fn write_parts(out: &Path, clips: &[Clip], parts: &Parts) -> anyhow::Result<()> {
    let Parts { train, validation, test } = parts;
    for (name, part) in [("train.csv", train), ("validation.csv", validation), ("test.csv", test)] {
        if !part.is_empty() {
            write_list(&out.join(name), part.iter().map(|&index| &clips[index]))?;
        }
    }
    Ok(())
}
