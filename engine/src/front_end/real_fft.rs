use num_complex::Complex32;

use super::MAX_FFT_LENGTH;
use super::fft::{fft, place, turn_in_first_quarter};
use super::tables::{SINE, TURN};

/// From the power of i16 samples to that of -1 to 1, and the quarter that [`split_to_power`] leaves to it.
const SCALE: f32 = 0.25 / (32_768.0 * 32_768.0);

/// The power spectrum of a frame under a periodic Hann window.
///
/// The frame comes in two parts and has twice as many samples as `bins` has places: 512, 1024 or 2048. The
/// powers are then to be had from [`powers`].
///
/// A real signal of length N is transformed as a complex one of N/2, even samples as its real and odd
/// ones as its imaginary part, and split afterwards (Press et al., Numerical Recipes, "FFT of Single
/// Real Function").
pub(super) fn power_spectrum(frame: [&[i16]; 2], bins: &mut [Complex32]) {
    window(frame, bins);
    fft(bins);
    split_to_power(bins);
}

/// The power of each frequency below half the sample rate, from the lowest. The one at half the sample
/// rate is left out: the filter bank gives it no weight.
pub(super) fn powers(bins: &[Complex32]) -> impl Iterator<Item = f32> {
    (0..bins.len()).map(|k| bins.get(place(k, bins.len())).map_or(0.0, |bin| bin.re))
}

/// Multiplies by `sin^2(pi n / N)`: the square of [`SINE`] forwards up to the middle, then backwards.
fn window(frame: [&[i16]; 2], bins: &mut [Complex32]) {
    let values = bytemuck::cast_slice_mut(bins);
    match MAX_FFT_LENGTH.checked_div(values.len()) {
        Some(1) => window_by_steps::<1>(frame, values),
        Some(2) => window_by_steps::<2>(frame, values),
        _ => window_by_steps::<4>(frame, values),
    }
}

/// [`window`] with every `STEP`th value of the table.
fn window_by_steps<const STEP: usize>([older, newer]: [&[i16]; 2], values: &mut [f32]) {
    let (mut rising, mut falling) = values.split_at_mut(values.len() / 2);
    let (first, third) = older.split_at(older.len().min(rising.len()));
    let (second, fourth) = newer.split_at(newer.len().min(rising.len().saturating_sub(first.len())));
    let (mut up, _) = SINE.as_chunks::<STEP>();
    for samples in [first, second] {
        let values = rising.split_off_mut(..samples.len()).unwrap_or_default();
        let steps = up.split_off(..samples.len()).unwrap_or_default();
        multiply(values, samples, steps.iter().map(|step| step.first().unwrap_or(&0.0)));
    }
    let (_, mut down) = SINE.as_rchunks::<STEP>();
    for samples in [third, fourth] {
        let values = falling.split_off_mut(..samples.len()).unwrap_or_default();
        let steps = down.split_off(down.len().saturating_sub(samples.len())..).unwrap_or_default();
        multiply(values, samples, steps.iter().rev().map(|step| step.last().unwrap_or(&0.0)));
    }
}

fn multiply<'a>(values: &mut [f32], samples: &[i16], roots: impl Iterator<Item = &'a f32>) {
    for ((value, &sample), root) in values.iter_mut().zip(samples).zip(roots) {
        *value = f32::from(sample) * (root * root);
    }
}

/// From the complex transform Z of the packed samples to the power of their real transform X.
///
/// With `E = Z[k] + conj Z[M-k]` and `O = -i (Z[k] - conj Z[M-k])`, twice the transforms of the even
/// and the odd samples, and `W = exp(-2 pi i k / N)`: `2 X[k] = E + W O`, `2 X[M-k] = conj(E - W O)`.
///
/// With its bits reversed, k has its highest 1 where k had its lowest. M - k has the same there, and all
/// bits that follow inverted. So the places from one power of two to the next are their own mirror image. Of two
/// that follow each other, the second belongs to k + M/2.
fn split_to_power(bins: &mut [Complex32]) {
    let length = bins.len();
    let step = (TURN / 2).checked_div(length).unwrap_or(0);
    let mut rest = bins;
    if let Some([dc, middle, low, high]) = rest.split_off_mut(..4) {
        let sum = 2.0 * (dc.re + dc.im);
        dc.re = sum * sum * SCALE;
        middle.re = (*middle * 2.0).norm_sqr() * SCALE;
        split_pair(low, high, turn_in_first_quarter(TURN / 8));
    }
    let mut count = 4;
    while let Some(mirrored) = rest.split_off_mut(..count) {
        let (lower, upper) = mirrored.split_at_mut(count / 2);
        let pairs = lower.as_chunks_mut().0.iter_mut().zip(upper.as_chunks_mut().0.iter_mut().rev());
        for (index, ([low, second_high], [second_low, high])) in (0..count).step_by(2).zip(pairs) {
            let k = place(count.wrapping_add(index), length);
            let turn = turn_in_first_quarter(k.wrapping_mul(step));
            split_pair(low, high, turn);
            // M - (k + M/2), whose angle is what is left to a right one.
            split_pair(second_low, second_high, Complex32::new(-turn.im, -turn.re));
        }
        count = count.saturating_mul(2);
    }
}

/// Leaves the powers of `X[k]` and `X[M-k]`; `turn` is W.
fn split_pair(low: &mut Complex32, high: &mut Complex32, turn: Complex32) {
    let even = Complex32::new(low.re + high.re, low.im - high.im);
    let odd = Complex32::new(low.im + high.im, high.re - low.re) * turn;
    low.re = (even + odd).norm_sqr() * SCALE;
    high.re = (even - odd).norm_sqr() * SCALE;
}

#[cfg(test)]
mod tests {
    extern crate std;
    use core::f64::consts::TAU;
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    fn spectrum(frame: &[i16]) -> Vec<f64> {
        let mut bins = std::vec![Complex32::default(); frame.len() / 2];
        power_spectrum([frame, &[]], &mut bins);
        powers(&bins).map(f64::from).collect()
    }

    fn windowed(frame: &[i16]) -> Vec<f64> {
        let angle = TAU / frame.len() as f64;
        let hann = |n: usize| 0.5 - 0.5 * libm::cos(angle * n as f64);
        frame.iter().enumerate().map(|(n, &x)| f64::from(x) / 32768.0 * hann(n)).collect()
    }

    fn dft_power(signal: &[f64], k: usize) -> f64 {
        let angle = TAU / signal.len() as f64;
        let (re, im) = signal.iter().enumerate().fold((0.0, 0.0), |(re, im), (n, x)| {
            let turn = angle * ((k * n) % signal.len()) as f64;
            (re + x * libm::cos(turn), im - x * libm::sin(turn))
        });
        re * re + im * im
    }

    fn frame() -> impl Strategy<Value = Vec<i16>> {
        prop_oneof![Just(512), Just(1024), Just(2048)]
            .prop_flat_map(|length| proptest::collection::vec(any::<i16>(), length))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn every_bin_is_the_dft_of_the_windowed_frame(frame in frame()) {
            let signal = windowed(&frame);
            for (k, power) in spectrum(&frame).into_iter().enumerate() {
                let expected = dft_power(&signal, k);
                prop_assert!((power - expected).abs() < 2e-5 * expected + 1e-5, "{k}: {power} {expected}");
            }
        }

        #[test]
        fn energy_is_kept(frame in frame()) {
            // Parseval: bins above the middle mirror those below it.
            let signal = windowed(&frame);
            let power = spectrum(&frame);
            let nyquist = dft_power(&signal, frame.len() / 2);
            let in_frequency = (power[0] + nyquist + 2.0 * power[1..].iter().sum::<f64>()) / frame.len() as f64;
            let in_time: f64 = signal.iter().map(|x| x * x).sum();
            prop_assert!((in_frequency - in_time).abs() < 1e-5 * in_time);
        }

        #[test]
        fn half_the_amplitude_is_a_quarter_of_the_power(frame in frame()) {
            let even: Vec<i16> = frame.iter().map(|x| x & !1).collect();
            let half: Vec<i16> = even.iter().map(|x| x / 2).collect();
            for (whole, half) in spectrum(&even).into_iter().zip(spectrum(&half)) {
                prop_assert_eq!(whole, 4.0 * half);
            }
        }

        #[test]
        fn the_place_of_the_cut_does_not_matter(frame in frame(), cut in 0usize..512) {
            let mut bins = std::vec![Complex32::default(); frame.len() / 2];
            power_spectrum([&frame[..cut], &frame[cut..]], &mut bins);
            let cut: Vec<_> = powers(&bins).map(f64::from).collect();
            prop_assert_eq!(cut, spectrum(&frame));
        }
    }
}
