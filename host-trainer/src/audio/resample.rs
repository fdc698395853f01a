use anyhow::Context;
use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler};

/// Input samples per block of the filter, at least: the more, the steeper it is below half the sample rate.
const BLOCK: usize = 4096;

/// Brings samples from one rate to another, both in Hz or in any other unit, band-limited, without delay.
///
/// `ceil(samples.len() * to / from)` samples come back.
///
/// # Errors
/// A rate is 0.
pub(crate) fn resample(samples: &[f64], from: u32, to: u32) -> anyhow::Result<Vec<f64>> {
    let failed = || format!("cannot resample from {from} Hz to {to} Hz");
    let (from, to) = (from as usize, to as usize);
    // An even number of the smallest blocks: half a block, the filter's delay, is then a whole number of samples.
    let unit = 2 * from / gcd(from, to).max(1);
    let block = BLOCK.next_multiple_of(unit.max(1));
    let mut resampler = Fft::<f64>::new(from, to, block, 1, FixedSync::Both).with_context(failed)?;
    let input = InterleavedSlice::new(samples, 1, samples.len())?;
    let mut output = resampler.process_all(&input, samples.len(), None)?.take_data();
    output.resize((samples.len() * to).div_ceil(from), 0.0);
    Ok(output)
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use proptest::prelude::*;

    use super::*;
    use crate::audio::SAMPLE_RATE;

    const RATES: [u32; 9] = [8_000, 11_025, 16_000, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000];

    fn tone(frequency: f64, sample_rate: u32, count: usize) -> Vec<f64> {
        (0..count).map(|n| (TAU * frequency * n as f64 / f64::from(sample_rate)).sin()).collect()
    }

    /// A second of a tone, resampled, without the ends, where it is switched on and off.
    fn middle_of_resampled(frequency: f64, sample_rate: u32) -> (usize, Vec<f64>) {
        let resampled =
            resample(&tone(frequency, sample_rate, sample_rate as usize), sample_rate, SAMPLE_RATE).unwrap();
        let start = resampled.len() / 4;
        (start, resampled[start..3 * start].to_vec())
    }

    #[test]
    fn a_tone_stays_where_and_what_it_is() {
        for sample_rate in RATES.into_iter().chain([44_101, 191_999]) {
            let highest = f64::from(sample_rate.min(SAMPLE_RATE)) * 0.45;
            for frequency in [100.0, 1000.0, highest] {
                let (start, resampled) = middle_of_resampled(frequency, sample_rate);
                let expected = tone(frequency, SAMPLE_RATE, start + resampled.len());
                for (found, expected) in resampled.iter().zip(&expected[start..]) {
                    let error = (found - expected).abs();
                    assert!(error < 1e-4, "{frequency} Hz at {sample_rate} Hz: {error}");
                }
            }
        }
    }

    #[test]
    fn what_the_new_rate_can_not_hold_is_80_db_down() {
        for sample_rate in [24_000, 32_000, 44_100, 48_000, 96_000, 192_000] {
            for frequency in [11_500.0, 0.49 * f64::from(sample_rate)] {
                let (_, resampled) = middle_of_resampled(frequency, sample_rate);
                let loudest = resampled.iter().fold(0.0, |loudest: f64, sample| loudest.max(sample.abs()));
                assert!(loudest < 1e-4, "{frequency} Hz at {sample_rate} Hz: {loudest}");
            }
        }
    }

    #[test]
    fn an_impulse_stays_in_place() {
        for sample_rate in RATES {
            // A position that is a whole sample at both rates: 0.2 s.
            let mut impulse = vec![0.0; sample_rate as usize / 2];
            impulse[sample_rate as usize / 5] = 1.0;
            let response = resample(&impulse, sample_rate, SAMPLE_RATE).unwrap();
            let centre = SAMPLE_RATE as usize / 5;
            let loudest = (0..response.len()).max_by(|&a, &b| response[a].total_cmp(&response[b]));
            assert_eq!(loudest, Some(centre), "{sample_rate} Hz");
            for distance in 1..1000 {
                let difference = response[centre - distance] - response[centre + distance];
                assert!(difference.abs() < 1e-9, "{sample_rate} Hz");
            }
        }
    }

    proptest! {
        #[test]
        fn the_length_follows_the_rates(length in 1..5000usize, sample_rate in prop::sample::select(&RATES[..])) {
            for to in [8_000, 22_050, 48_000] {
                let resampled = resample(&vec![0.25; length], sample_rate, to).unwrap();
                prop_assert_eq!(resampled.len(), (length * to as usize).div_ceil(sample_rate as usize));
            }
        }
    }
}
