use std::path::Path;

use anyhow::{Context, ensure};
use rayon::prelude::*;

use super::{Decoded, compressed, resample, wav};
use crate::cache::{Cache, Key};
use crate::corpus::{Clip, LeftOut, Why};
use crate::progress;

/// Changes whenever the same file would decode to other samples.
const VERSION: u32 = 1;

/// What became of a set of clips.
#[derive(Debug)]
pub struct Loaded {
    /// The index of each readable clip and its whole recording, in the clips' order.
    pub samples: Vec<(usize, Vec<i16>)>,
    /// The clips that can't be used, in the clips' order.
    pub broken: Vec<LeftOut>,
}

/// [`decode`]s a file.
///
/// # Errors
/// Names the file that is missing, empty, cut short, altered, or not audio.
pub fn load(path: &Path, sample_rate: u32) -> anyhow::Result<Vec<i16>> {
    let failed = || format!("cannot use {}", path.display());
    let bytes = std::fs::read(path).with_context(failed)?;
    decode(bytes, sample_rate).with_context(failed)
}

/// [`load`]s many clips on all cores, with a progress bar, through the cache.
#[must_use]
pub fn load_all(clips: &[Clip], sample_rate: u32, cache: &Cache) -> Loaded {
    let bar = progress::bar(clips.len(), "decoding");
    let results: Vec<anyhow::Result<Vec<i16>>> = clips
        .par_iter()
        .map(|clip| {
            let samples = load_cached(&clip.path, sample_rate, cache);
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
                let why = Why::Broken(format!("{error:#}"));
                loaded.broken.push(LeftOut { path: clip.path.clone(), why });
            }
        }
    }
    loaded
}

fn load_cached(path: &Path, sample_rate: u32, cache: &Cache) -> anyhow::Result<Vec<i16>> {
    let kind = format!("audio {sample_rate} Hz i16, {VERSION}");
    let bytes = std::fs::read(path)?;
    let stored = cache.get_or(Key::new(&kind, &[], &bytes), || {
        anyhow::Ok(decode(bytes, sample_rate)?.into_iter().flat_map(i16::to_le_bytes).collect())
    })?;
    Ok(stored.as_chunks().0.iter().copied().map(i16::from_le_bytes).collect())
}

/// Decodes a recording (WAV, or half an hour of AIFF, FLAC, MP3, Ogg Vorbis or AAC; 8000 to 192000 Hz), mixes its channels
/// down and resamples it to `sample_rate`. 16-bit mono at that rate comes through unchanged.
///
/// # Errors
/// Says that it is empty, cut short, altered, or not audio.
pub fn decode(bytes: Vec<u8>, sample_rate: u32) -> anyhow::Result<Vec<i16>> {
    ensure!(!bytes.is_empty(), "the file is empty");
    let Decoded { sample_rate: recorded, samples } =
        if bytes.starts_with(b"RIFF") { wav::decode(bytes)? } else { compressed::decode(bytes)? };
    ensure!(!samples.is_empty(), "it holds no samples");
    ensure!(samples.iter().all(|sample| sample.is_finite()), "it holds samples that are not numbers");
    let samples = if recorded == sample_rate { samples } else { resample(&samples, recorded, sample_rate)? };
    // The conversion saturates.
    Ok(samples.into_iter().map(|sample| (sample * 32768.0).round() as i16).collect())
}
