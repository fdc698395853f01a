//! Recordings, made on the spot: speech of the built-in corpus, and signals at the edges of what there is.

use std::f64::consts::TAU;

use anyhow::Result;
use host_trainer::audio::{self, SAMPLE_RATE};
use host_trainer::synth;

/// Spoken by the formant synthesiser, in all three corpora's sample rates.
const SPOKEN: usize = 14;
/// Samples in the models' windows.
const WINDOW: usize = 66_150;

/// A recording with a name for messages.
pub struct Recording {
    pub name: String,
    pub samples: Vec<i16>,
}

/// Always the same.
pub fn all() -> Result<Vec<Recording>> {
    let mut recordings = spoken()?;
    recordings.extend(signals().map(|(name, samples)| Recording { name: name.to_owned(), samples }));
    Ok(recordings)
}

fn spoken() -> Result<Vec<Recording>> {
    let folder = tempfile::tempdir()?;
    synth::write_corpus(folder.path(), SPOKEN, 1)?;
    let utterances = synth::utterances(SPOKEN)?.into_iter();
    let load = |utterance: synth::Utterance| {
        let path = utterance.path();
        let samples = audio::load(&folder.path().join(path), SAMPLE_RATE)?;
        Ok(Recording { name: path.display().to_string(), samples })
    };
    utterances.map(load).collect()
}

fn signals() -> impl Iterator<Item = (&'static str, Vec<i16>)> {
    let signal = |length: usize, value: fn(usize) -> i16| (0..length).map(value).collect();
    [
        ("silence", signal(WINDOW, |_| 0)),
        ("no samples", Vec::new()),
        ("one sample", signal(1, |_| 12_345)),
        ("impulses", signal(WINDOW, |n| if n % 9000 == 4500 { i16::MAX } else { 0 })),
        ("the faintest square wave", signal(WINDOW, |n| (n / 60 % 2) as i16)),
        (
            "a square wave at full scale",
            signal(WINDOW, |n| if n / 60 % 2 == 0 { i16::MAX } else { i16::MIN }),
        ),
        ("DC", signal(WINDOW, |_| i16::MIN)),
        ("white noise", signal(WINDOW, noise)),
        ("faint noise, shorter than a window", signal(20_000, |n| noise(n) / 4096)),
        ("a rising chirp, longer than a window", signal(100_000, |n| chirp(n, 0.055))),
        (
            "a slow chirp that grows",
            signal(WINDOW, |n| (i32::from(chirp(n, 0.01)) * n as i32 / 70_000) as i16),
        ),
    ]
    .into_iter()
}

/// From 0 Hz up, by `rate` Hz a sample.
fn chirp(n: usize, rate: f64) -> i16 {
    let seconds = n as f64 / f64::from(SAMPLE_RATE);
    ((TAU * rate * n as f64 * seconds / 2.0).sin() * 20_000.0) as i16
}

/// The `n`th value of a hash that mixes its bits well (the finaliser of MurmurHash3).
fn noise(n: usize) -> i16 {
    let mut hash = n as u32;
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85EB_CA6B);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xC2B2_AE35);
    (hash ^ (hash >> 16)) as i16
}
