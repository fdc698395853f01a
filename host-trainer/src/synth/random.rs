//! Random numbers that depend on what they are for, never on the order of the work.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

/// An independent generator for each purpose: the same seed and stream always yield the same numbers,
/// whichever thread asks and however many clips are made.
pub(super) fn stream(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}

/// Normally distributed about 0 with the given standard deviation.
pub(super) fn normal(rng: &mut ChaCha8Rng, deviation: f64) -> f64 {
    deviation * rng.sample::<f64, _>(StandardNormal)
}

/// A factor about 1 whose logarithm has the given standard deviation.
pub(super) fn factor(rng: &mut ChaCha8Rng, deviation: f64) -> f64 {
    normal(rng, deviation).exp()
}
