use std::convert::Infallible;

use rayon::prelude::*;

use super::{FrontEndSpec, raw};
use crate::cache::{Cache, Key};
use crate::progress;

/// [`raw`] features of many windows on all cores, with a progress bar, through the cache.
#[must_use]
pub fn raw_all<S: AsRef<[i16]> + Sync>(windows: &[S], spec: &FrontEndSpec, cache: &Cache) -> Vec<Vec<f32>> {
    let bar = progress::bar(windows.len(), "features");
    let parameters = [format!("{spec:?}").into_bytes(), fingerprint(spec)].concat();
    let features = windows
        .par_iter()
        .map(|window| {
            let features = raw_cached(window.as_ref(), spec, &parameters, cache);
            bar.inc(1);
            features
        })
        .collect();
    bar.finish_and_clear();
    features
}

fn raw_cached(window: &[i16], spec: &FrontEndSpec, parameters: &[u8], cache: &Cache) -> Vec<f32> {
    let content: Vec<u8> = window.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let key = Key::new("features", parameters, &content);
    let Ok(stored) = cache.get_or(key, || Ok::<_, Infallible>(to_bytes(&raw(window, spec))));
    stored.as_chunks().0.iter().copied().map(f32::from_le_bytes).collect()
}

/// The features of a fixed signal: entries that another front end wrote have other keys.
fn fingerprint(spec: &FrontEndSpec) -> Vec<u8> {
    let sawtooth: Vec<i16> = (0..8192).map(|n: i16| n.wrapping_mul(331)).collect();
    to_bytes(&raw(&sawtooth, spec))
}

fn to_bytes(features: &[f32]) -> Vec<u8> {
    features.iter().flat_map(|value| value.to_le_bytes()).collect()
}
