use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use anyhow::{Context, anyhow, ensure};
use rayon::prelude::*;

use super::peaks::Peaks;
use super::reader::Reader;
use crate::cache::{Cache, Key};
use crate::complaint;
use crate::corpus::{LeftOut, Why};
use crate::progress;

/// Changes whenever the same file would decode to other samples.
const VERSION: u32 = 2;
/// The longest compressed recording that is held in memory, in seconds. In a few bytes FLAC holds 65535 samples of
/// silence: without a limit a short file could fill the memory.
const MAX_SECONDS: usize = 30 * 60;

/// What became of a set of recordings.
#[derive(Debug)]
pub struct Loaded {
    /// The index of each readable one and its samples, in their order.
    pub samples: Vec<(usize, Vec<i16>)>,
    /// Those that can't be used, in their order.
    pub broken: Vec<LeftOut>,
}

/// [`decode`]s a file.
///
/// # Errors
/// Names the file that is missing, empty, cut short, altered, or not audio.
pub fn load(path: &Path, sample_rate: u32) -> anyhow::Result<Vec<i16>> {
    open(path).and_then(|file| collect(Reader::open(Box::new(file), sample_rate)?)).with_context(failed(path))
}

/// What [`load`] yields, block by block while the file is read and whatever its length: what comes before a fault of
/// the file comes before the error.
///
/// # Errors
/// As [`load`]. After an error there is nothing more.
pub fn blocks(
    path: &Path,
    sample_rate: u32,
) -> anyhow::Result<impl Iterator<Item = anyhow::Result<Vec<i16>>>> {
    let reader = open(path).and_then(|file| Reader::open(Box::new(file), sample_rate));
    Ok(reader.with_context(failed(path))?.map(move |block| block.with_context(failed(path))))
}

/// [`load`]s many recordings on all cores, with a progress bar, through the cache.
#[must_use]
pub fn load_all(paths: &[&Path], sample_rate: u32, cache: &Cache) -> Loaded {
    let bar = progress::bar(paths.len(), "decoding");
    let results: Vec<anyhow::Result<Vec<i16>>> = paths
        .par_iter()
        .map(|path| {
            let samples = load_cached(path, sample_rate, cache).and_then(audible);
            bar.inc(1);
            samples
        })
        .collect();
    bar.finish_and_clear();

    let mut loaded = Loaded { samples: Vec::new(), broken: Vec::new() };
    for (index, (path, result)) in paths.iter().zip(results).enumerate() {
        match result {
            Ok(samples) => loaded.samples.push((index, samples)),
            Err(error) => {
                let why = Why::Broken(complaint(&error));
                loaded.broken.push(LeftOut { path: path.to_path_buf(), why });
            }
        }
    }
    loaded
}

/// There is nothing to learn from in a recording of zeros.
fn audible(samples: Vec<i16>) -> anyhow::Result<Vec<i16>> {
    match Peaks::of(&samples).fault() {
        Some(fault) => Err(anyhow!(fault)),
        None => Ok(samples),
    }
}

fn load_cached(path: &Path, sample_rate: u32, cache: &Cache) -> anyhow::Result<Vec<i16>> {
    let kind = format!("audio {sample_rate} Hz i16, {VERSION}");
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes)?;
    let stored = cache.get_or(Key::new(&kind, &[], &bytes), || {
        anyhow::Ok(decode(bytes, sample_rate)?.into_iter().flat_map(i16::to_le_bytes).collect())
    })?;
    Ok(stored.as_chunks().0.iter().copied().map(i16::from_le_bytes).collect())
}

/// Decodes a recording (WAV, or half an hour of AIFF, FLAC, MP3, Ogg Vorbis or AAC; 8000 to 192000 Hz), mixes its
/// channels down and resamples it to `sample_rate`. 16-bit mono at that rate comes through unchanged.
///
/// # Errors
/// Says that it is empty, cut short, altered, or not audio.
pub fn decode(bytes: Vec<u8>, sample_rate: u32) -> anyhow::Result<Vec<i16>> {
    collect(Reader::open(Box::new(Cursor::new(bytes)), sample_rate)?)
}

fn collect(reader: Reader) -> anyhow::Result<Vec<i16>> {
    let most = if reader.is_compressed() { MAX_SECONDS * reader.sample_rate() } else { usize::MAX };
    let mut samples = Vec::new();
    for block in reader {
        samples.append(&mut block?);
        ensure!(samples.len() <= most, "it lasts more than half an hour; cut it up, or convert it to WAV");
    }
    Ok(samples)
}

/// Opens a file that has an end.
fn open(path: &Path) -> anyhow::Result<File> {
    let metadata = std::fs::metadata(path)?;
    ensure!(!metadata.is_dir(), "it is a folder; name the recordings in it");
    // To open a pipe is to wait for somebody to write to it.
    ensure!(metadata.is_file(), "it is not a regular file; store the recording in one");
    Ok(File::open(path)?)
}

fn failed(path: &Path) -> impl Fn() -> String + Copy {
    move || format!("cannot use {}", path.display())
}
