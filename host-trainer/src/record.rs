//! What a training leaves so that it can be done again.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::corpus::{Clip, Parts, write_list};
use crate::files;
use crate::json_text;
use crate::preset::Preset;
use crate::recordings::Recordings;

/// What `run.json` has.
#[derive(Serialize, Deserialize)]
struct Run {
    /// The command line, word by word.
    command: Vec<String>,
    /// Of this program.
    version: String,
    /// The BLAKE3 of the recordings.
    data: String,
    seed: u64,
}

const RUN: &str = "run.json";

/// Writes `preset.json`, which `--preset` takes, and what [`write_run`] writes.
///
/// # Errors
/// Names the file that can't be written.
pub(crate) fn write(out: &Path, preset: &Preset, recordings: &Recordings, seed: u64) -> anyhow::Result<()> {
    files::write_whole(&out.join("preset.json"), &serde_json::to_vec_pretty(preset)?)?;
    write_run(out, recordings, seed)
}

/// Writes `run.json`: the command line, the version of this program, what tells the recordings from others, and the
/// seed.
///
/// # Errors
/// Names the file that can't be written.
pub(crate) fn write_run(out: &Path, recordings: &Recordings, seed: u64) -> anyhow::Result<()> {
    let run = Run {
        command: std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        data: recordings.digest().to_string(),
        seed,
    };
    files::write_whole(&out.join(RUN), &serde_json::to_vec_pretty(&run)?)
}

/// Whether a folder has the `run.json` of this program, so that what lies beside it is its work.
pub(crate) fn is_in(folder: &Path) -> bool {
    std::fs::read(folder.join(RUN)).is_ok_and(|bytes| json_text::parse::<Run>(bytes).is_ok())
}

/// Writes `train.csv`, `validation.csv` and `test.csv`, which list the recordings of each part that has any, as
/// `--data` takes them.
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
