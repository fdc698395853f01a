use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use rayon::prelude::*;

use super::{Decoded, SAMPLE_RATE, compressed, resample, wav};
use crate::cache::{Cache, Key};
use crate::corpus::Clip;
use crate::progress;

/// Changes whenever the same file would decode to other samples.
const KIND: &str = "audio 22050 Hz i16, 1";

/// What became of a set of clips.
#[derive(Debug)]
pub struct Loaded {
    /// The index of each readable clip and its whole recording, in the clips' order.
    pub samples: Vec<(usize, Vec<i16>)>,
    /// The clips that can't be used, in the clips' order.
    pub broken: Vec<Broken>,
}

/// A recording that can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.reason)
    }
}

/// [`decode`]s a file.
///
/// # Errors
/// Names the file that is missing, empty, cut short, altered, or not audio.
pub fn load(path: &Path) -> anyhow::Result<Vec<i16>> {
    let failed = || format!("cannot use {}", path.display());
    let bytes = std::fs::read(path).with_context(failed)?;
    decode(bytes).with_context(failed)
}

/// [`load`]s many clips on all cores, with a progress bar, through the cache.
#[must_use]
pub fn load_all(clips: &[Clip], cache: &Cache) -> Loaded {
    let bar = progress::bar(clips.len(), "decoding");
    let results: Vec<anyhow::Result<Vec<i16>>> = clips
        .par_iter()
        .map(|clip| {
            let samples = load_cached(&clip.path, cache);
            bar.inc(1);
            samples
        })
        .collect();
    bar.finish_and_clear();

    let mut loaded = Loaded { samples: Vec::new(), broken: Vec::new() };
    for (index, (clip, result)) in clips.iter().zip(results).enumerate() {
        match result {
            Ok(samples) => loaded.samples.push((index, samples)),
            Err(error) => {
                loaded.broken.push(Broken { path: clip.path.clone(), reason: format!("{error:#}") });
            }
        }
    }
    loaded
}

fn load_cached(path: &Path, cache: &Cache) -> anyhow::Result<Vec<i16>> {
    let bytes = std::fs::read(path)?;
    let stored = cache.get_or(Key::new(KIND, &[], &bytes), || {
        anyhow::Ok(decode(bytes)?.into_iter().flat_map(i16::to_le_bytes).collect())
    })?;
    Ok(stored.as_chunks().0.iter().copied().map(i16::from_le_bytes).collect())
}

/// Decodes a recording (WAV, or half an hour of FLAC, MP3 or Ogg Vorbis; 8000 to 192000 Hz), mixes its channels
/// down and resamples it to [`SAMPLE_RATE`]. 16-bit mono at that rate comes through unchanged.
///
/// # Errors
/// Says that it is empty, cut short, altered, or not audio.
pub fn decode(bytes: Vec<u8>) -> anyhow::Result<Vec<i16>> {
    ensure!(!bytes.is_empty(), "the file is empty");
    let Decoded { sample_rate, samples } =
        if bytes.starts_with(b"RIFF") { wav::decode(&bytes)? } else { compressed::decode(bytes)? };
    ensure!(!samples.is_empty(), "it holds no samples");
    ensure!(samples.iter().all(|sample| sample.is_finite()), "it holds samples that are not numbers");
    let samples =
        if sample_rate == SAMPLE_RATE { samples } else { resample(&samples, sample_rate, SAMPLE_RATE)? };
    // The conversion saturates.
    Ok(samples.into_iter().map(|sample| (sample * 32768.0).round() as i16).collect())
}
