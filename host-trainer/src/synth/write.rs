//! The built-in corpus on disk.

use std::io::Cursor;
use std::path::Path;

use anyhow::{Context, bail};
use indicatif::{ParallelProgressIterator, ProgressBar, ProgressStyle};
use rayon::prelude::*;

use super::layout::{MOST_CLIPS, utterances};
use super::render::render;
use crate::files::write_whole;

const README: &str = "README.md";

/// Says what the folder holds, and by its first line that it may be written anew.
const NOTICE: &str = "\
# Built-in demonstration corpus

Every recording in this folder is synthetic: the formant synthesiser of `host-trainer synth` made it, and no person
spoke it. Folders and file names follow SAVEE, RAVDESS and CREMA-D so that their readers can be shown at work, but
nothing here comes from those corpora.

Accuracies measured on it show that the software works. They say nothing about how well a model recognises the
emotions of people.

`host-trainer synth` replaces these recordings when it is given this folder again.
";

/// Writes the first `clips` utterances under a folder, in the layouts of SAVEE, RAVDESS and CREMA-D, with a README
/// that says that they are synthetic. Replaces an earlier built-in corpus. Returns how many recordings it wrote.
///
/// # Errors
/// When there are not so many utterances, when the folder holds anything but an earlier built-in corpus, or
/// when something cannot be written.
pub fn write_corpus(dir: &Path, clips: usize, seed: u64) -> anyhow::Result<usize> {
    let utterances = utterances(clips)?;
    clear(dir)?;
    // First, so that a corpus left half written is known for what it is.
    write_whole(&dir.join(README), NOTICE.as_bytes())?;
    let progress = ProgressBar::new(clips as u64).with_style(ProgressStyle::with_template(
        "built-in corpus {wide_bar} {pos}/{len} clips, {eta} left",
    )?);
    utterances.par_iter().progress_with(progress).try_for_each(|utterance| {
        let recording = wav(&render(utterance, seed), utterance.sample_rate())?;
        write_whole(&dir.join(utterance.path()), &recording)
    })?;
    Ok(clips)
}

/// Takes an earlier built-in corpus away; refuses a folder with anything else in it.
fn clear(dir: &Path) -> anyhow::Result<()> {
    if !dir.exists() {
        return Ok(());
    }
    let mut entries = dir.read_dir().with_context(|| format!("cannot read folder {}", dir.display()))?;
    if entries.next().is_none() {
        return Ok(());
    }
    if std::fs::read_to_string(dir.join(README)).ok().as_deref() != Some(NOTICE) {
        bail!("{} is not empty: name a new folder for the built-in corpus", dir.display());
    }
    for utterance in utterances(MOST_CLIPS)? {
        let path = dir.join(utterance.path());
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot replace {}", path.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A mono 16-bit WAV file.
fn wav(samples: &[i16], sample_rate: u32) -> anyhow::Result<Vec<u8>> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut file, spec)?;
    for &sample in samples {
        writer.write_sample(sample)?;
    }
    writer.finalize()?;
    Ok(file.into_inner())
}
