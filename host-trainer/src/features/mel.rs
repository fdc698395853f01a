use engine::blob::Normalisation;
use engine::front_end::MelFrames;
use rayon::prelude::*;

use super::{Compression, FrontEndSpec};
use crate::cache::{Cache, Key};
use crate::progress;

/// librosa's `power_to_db`: `amin` and `top_db`.
const LOWEST_POWER: f32 = 1e-10;
const RANGE_DB: f32 = 80.0;

/// Mel power of a window, bands by frames, row by row. Shorter recordings are padded with silence, of longer
/// ones the first frames are taken.
#[must_use]
pub fn mel_power(samples: &[i16], spec: &FrontEndSpec) -> Vec<f32> {
    let (bands, frames) = (usize::from(spec.mel_bands), spec.frames());
    let mut power = vec![0.0; bands * frames];
    let mut frame = 0;
    let mut store = |mel: &[f32]| {
        for (row, &value) in power.chunks_exact_mut(frames).zip(mel) {
            if let Some(cell) = row.get_mut(frame) {
                *cell = value;
            }
        }
        frame += 1;
    };
    let mut front_end = Box::new(MelFrames::new());
    front_end.configure(&spec.params(Normalisation::Power { gain: 1.0 }));
    front_end.push(samples, &mut store);
    front_end.finish(&mut store);
    power
}

/// Power in dB below its maximum, floored at -80 dB: librosa's `power_to_db(power, ref=np.max)`.
///
/// ```
/// assert_eq!(host_trainer::features::decibels(&[1.0, 100.0, 0.0]), [-20.0, 0.0, -80.0]);
/// ```
#[must_use]
pub fn decibels(power: &[f32]) -> Vec<f32> {
    let decibel = |power: f32| 10.0 * power.max(LOWEST_POWER).log10();
    let reference = decibel(power.iter().copied().fold(0.0, f32::max));
    power.iter().map(|&power| (decibel(power) - reference).max(-RANGE_DB)).collect()
}

/// What a network is fed before scaling: dB or power, as the preset says; bands by frames, row by row.
#[must_use]
pub fn raw(samples: &[i16], spec: &FrontEndSpec) -> Vec<f32> {
    let power = mel_power(samples, spec);
    match spec.compression {
        Compression::Decibel => decibels(&power),
        Compression::Power => power,
    }
}

/// [`raw`] features of many windows on all cores, with a progress bar, through the cache.
#[must_use]
pub fn raw_all<S: AsRef<[i16]> + Sync>(windows: &[S], spec: &FrontEndSpec, cache: &Cache) -> Vec<Vec<f32>> {
    let bar = progress::bar(windows.len(), "features");
    let parameters = [format!("{spec:?}").into_bytes(), fingerprint(spec)].concat();
    let features = windows
        .par_iter()
        .map(|window| {
            let content = bytes_of(window.as_ref(), i16::to_le_bytes);
            let computed =
                || Ok::<_, std::convert::Infallible>(bytes_of(&raw(window.as_ref(), spec), f32::to_le_bytes));
            let Ok(stored) = cache.get_or(Key::new("features, 1", &parameters, &content), computed);
            bar.inc(1);
            stored.as_chunks().0.iter().copied().map(f32::from_le_bytes).collect()
        })
        .collect();
    bar.finish_and_clear();
    features
}

/// The features of a fixed signal: entries that another front end wrote are not found.
fn fingerprint(spec: &FrontEndSpec) -> Vec<u8> {
    let sawtooth: Vec<i16> = (0..8192).map(|n: i16| n.wrapping_mul(331)).collect();
    bytes_of(&raw(&sawtooth, spec), f32::to_le_bytes)
}

fn bytes_of<T: Copy, const N: usize>(values: &[T], to_bytes: impl Fn(T) -> [u8; N]) -> Vec<u8> {
    values.iter().copied().flat_map(to_bytes).collect()
}
