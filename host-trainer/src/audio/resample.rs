use anyhow::Context;
use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler};

use super::SAMPLE_RATE;

/// Input samples per block of the filter, at least: the more, the steeper it is below half the sample rate.
const BLOCK: usize = 4096;

/// Brings samples from another rate to [`SAMPLE_RATE`], band-limited, without delay.
///
/// `ceil(samples.len() * SAMPLE_RATE / sample_rate)` samples come back.
pub(super) fn resample(samples: &[f64], sample_rate: u32) -> anyhow::Result<Vec<f64>> {
    let (from, to) = (sample_rate as usize, SAMPLE_RATE as usize);
    // An even number of the smallest blocks: half a block, the filter's delay, is then a whole number of samples.
    let unit = 2 * from / gcd(from, to);
    let mut resampler = Fft::<f64>::new(from, to, BLOCK.next_multiple_of(unit), 1, FixedSync::Both)
        .with_context(|| format!("cannot resample from {sample_rate} Hz"))?;
    let input = InterleavedSlice::new(samples, 1, samples.len())?;
    let mut output = resampler.process_all(&input, samples.len(), None)?.take_data();
    output.resize((samples.len() * to).div_ceil(from), 0.0);
    Ok(output)
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
