// Without any length there is nothing to transform.
#![cfg_attr(not(any(feature = "fft-512", feature = "fft-1024", feature = "fft-2048")), allow(unused))]

use core::array;

use num_complex::Complex32;

use super::MAX_FFT_LENGTH;
use super::fft;
use super::tables::SINE;

/// What makes of the power that [`power_spectrum`] leaves that of samples from -1 to 1: those were of i16, and the
/// split to a real transform leaves a quarter. It is a power of two, so that sums of powers can be multiplied as well.
pub(super) const SCALE: f32 = 0.25 / (32_768.0 * 32_768.0);

/// The power spectrum of a frame under a periodic Hann window.
///
/// The frame comes in two parts and has twice as many samples as `bins` has places: 512, 1024 or
/// 2048, as far as the features admit; nothing is done for other lengths. Bin `k` leaves its power, still to be
/// multiplied by [`SCALE`], in `bins[k].re`. The bin at half the sample rate is left out: the filter bank gives it no
/// weight.
///
/// A real signal of length N is transformed as a complex one of N/2, even samples as its real and odd
/// ones as its imaginary part, and split afterwards (Press et al., Numerical Recipes, "FFT of Single
/// Real Function").
pub(super) fn power_spectrum(frame: [&[i16]; 2], bins: &mut [Complex32]) {
    match bins.len() {
        #[cfg(feature = "fft-2048")]
        1024 => transform::<1, 1024>(frame, bins),
        #[cfg(feature = "fft-1024")]
        512 => transform::<2, 512>(frame, bins),
        #[cfg(feature = "fft-512")]
        256 => transform::<4, 256>(frame, bins),
        _ => (),
    }
}

/// The lengths of the FFT, and whether they are built in.
const LENGTHS: [(u16, bool); 3] = [
    (512, cfg!(feature = "fft-512")),
    (1024, cfg!(feature = "fft-1024")),
    (2048, cfg!(feature = "fft-2048")),
];

/// Whether [`power_spectrum`] is there for frames of so many samples.
pub(crate) fn has_fft(length: u16) -> bool {
    LENGTHS.contains(&(length, true))
}

/// `STEP` is how many places of [`SINE`] lie between two samples.
fn transform<const STEP: usize, const BINS: usize>(frame: [&[i16]; 2], bins: &mut [Complex32]) {
    const { assert!(STEP * BINS == MAX_FFT_LENGTH / 2) };
    let Ok(bins) = <&mut [Complex32; BINS]>::try_from(bins) else { return };
    window::<STEP>(frame, bytemuck::cast_slice_mut(bins));
    fft::transform(bins);
    split_to_power::<STEP, BINS>(bins);
}

/// Multiplies by `sin^2(pi n / N)`: the square of [`SINE`] forwards up to the middle, then backwards.
fn window<const STEP: usize>([older, newer]: [&[i16]; 2], values: &mut [f32]) {
    let (mut rising, mut falling) = values.split_at_mut(values.len() / 2);
    let (first, third) = older.split_at(older.len().min(rising.len()));
    let (second, fourth) = newer.split_at(newer.len().min(rising.len().saturating_sub(first.len())));
    let (mut up, _) = SINE.as_chunks::<STEP>();
    for samples in [first, second] {
        let values = rising.split_off_mut(..samples.len()).unwrap_or_default();
        let steps = up.split_off(..samples.len()).unwrap_or_default();
        rise(values, samples, steps);
    }
    let (_, mut down) = SINE.as_rchunks::<STEP>();
    for samples in [third, fourth] {
        let values = falling.split_off_mut(..samples.len()).unwrap_or_default();
        let steps = down.split_off(down.len().saturating_sub(samples.len())..).unwrap_or_default();
        fall(values, samples, steps);
    }
}

/// Multiplies by the squares of what each step begins with: four samples a round, which saves half of what a loop
/// takes.
fn rise<const STEP: usize>(values: &mut [f32], samples: &[i16], steps: &[[f32; STEP]]) {
    let root = |step: &[f32; STEP]| step.first().copied().unwrap_or(0.0);
    let (values, values_left) = values.as_chunks_mut::<4>();
    let (samples, samples_left) = samples.as_chunks::<4>();
    let (steps, steps_left) = steps.as_chunks::<4>();
    for ((values, samples), steps) in values.iter_mut().zip(samples).zip(steps) {
        *values = multiply(*samples, steps.each_ref().map(root));
    }
    for ((value, &sample), step) in values_left.iter_mut().zip(samples_left).zip(steps_left) {
        [*value] = multiply([sample], [root(step)]);
    }
}

/// Multiplies by the squares of what each step ends with, from the last step on.
fn fall<const STEP: usize>(values: &mut [f32], samples: &[i16], steps: &[[f32; STEP]]) {
    let root = |step: &[f32; STEP]| step.last().copied().unwrap_or(0.0);
    let (values, values_left) = values.as_chunks_mut::<4>();
    let (samples, samples_left) = samples.as_chunks::<4>();
    let (steps_left, steps) = steps.as_rchunks::<4>();
    for ((values, samples), steps) in values.iter_mut().zip(samples).zip(steps.iter().rev()) {
        let [d, c, b, a] = steps.each_ref().map(root);
        *values = multiply(*samples, [a, b, c, d]);
    }
    for ((value, &sample), step) in values_left.iter_mut().zip(samples_left).zip(steps_left.iter().rev()) {
        [*value] = multiply([sample], [root(step)]);
    }
}

fn multiply<const N: usize>(samples: [i16; N], roots: [f32; N]) -> [f32; N] {
    let mut values = samples.map(f32::from);
    values.iter_mut().zip(roots).for_each(|(value, root)| *value *= root * root);
    values
}

/// From the complex transform Z of the packed samples to the power of their real transform X.
///
/// With `E = Z[k] + conj Z[M-k]` and `O = -i (Z[k] - conj Z[M-k])`, twice the transforms of the even
/// and the odd samples, and `W = exp(-2 pi i k / N)`: `2 X[k] = E + W O`, `2 X[M-k] = conj(E - W O)`.
/// The factor of 2 is in [`SCALE`].
fn split_to_power<const STEP: usize, const BINS: usize>(bins: &mut [Complex32; BINS]) {
    let Some((lower, upper)) = bins.split_at_mut_checked(BINS / 2) else { return };
    let (Some((dc, lower)), Some((middle, upper))) = (lower.split_first_mut(), upper.split_first_mut())
    else {
        return;
    };
    let sum = 2.0 * (dc.re + dc.im);
    dc.re = sum * sum;
    middle.re = (*middle * 2.0).norm_sqr();
    // From one bin's angle to the next are two samples' steps. The angle of 0 is the direct current's.
    let angles = SINE.as_chunks::<STEP>().0.as_chunks::<2>().0;
    split_pairs(lower, upper, angles.get(1..).unwrap_or_default());
}

/// [`split_to_power`] of bins and of those that mirror them, which come from the last one on. So do the cosines.
// Not inlined: of parts of one array the compiler would find each place anew from its beginning, with two instructions.
#[inline(never)]
fn split_pairs<const STEP: usize>(lower: &mut [Complex32], upper: &mut [Complex32], angles: &[Angle<STEP>]) {
    // Four bins a round: their places are known from one.
    let ((lower, lower_left), (upper_left, upper)) =
        (lower.as_chunks_mut::<4>(), upper.as_rchunks_mut::<4>());
    let ((sines, sines_left), (cosines_left, cosines)) = (angles.as_chunks::<4>(), angles.as_rchunks::<4>());
    let angles = sines.iter().zip(cosines.iter().rev());
    for ((low, high), (sines, cosines)) in lower.iter_mut().zip(upper.iter_mut().rev()).zip(angles) {
        split(low, high, sines.each_ref().map(root), cosines.each_ref().map(root));
    }
    let angles = sines_left.iter().zip(cosines_left.iter().rev());
    for ((low, high), (sine, cosine)) in lower_left.iter_mut().zip(upper_left.iter_mut().rev()).zip(angles) {
        split(array::from_mut(low), array::from_mut(high), [root(sine)], [root(cosine)]);
    }
}

/// Two steps of a sine: it begins with that of a bin's angle.
type Angle<const STEP: usize> = [[f32; STEP]; 2];

/// The sine of a bin's angle.
fn root<const STEP: usize>(angle: &Angle<STEP>) -> f32 {
    angle.as_flattened().first().copied().unwrap_or(0.0)
}

/// [`split_to_power`] of successive bins and those that mirror them, these and the cosines from the last one on.
#[inline(always)]
fn split<const N: usize>(
    lower: &mut [Complex32; N],
    upper: &mut [Complex32; N],
    sines: [f32; N],
    cosines: [f32; N],
) {
    let angles = sines.into_iter().zip(cosines.into_iter().rev());
    for ((low, high), (sine, cosine)) in lower.iter_mut().zip(upper.iter_mut().rev()).zip(angles) {
        let even = Complex32::new(low.re + high.re, low.im - high.im);
        let odd = Complex32::new(low.im + high.im, high.re - low.re);
        let turned = odd * Complex32::new(cosine, -sine);
        low.re = (even + turned).norm_sqr();
        high.re = (even - turned).norm_sqr();
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use core::f64::consts::TAU;
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    /// One bin in so many is compared with the slow transform, of which Miri would take half an hour for all.
    const BIN_STEP: usize = if cfg!(miri) { 61 } else { 1 };

    fn spectrum(frame: &[i16]) -> Vec<f64> {
        let mut bins = std::vec![Complex32::default(); frame.len() / 2];
        power_spectrum([frame, &[]], &mut bins);
        bins.iter().map(|bin| f64::from(bin.re * SCALE)).collect()
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
        #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 1 } else { 12 }))]

        #[test]
        fn every_bin_is_the_dft_of_the_windowed_frame(frame in frame()) {
            let signal = windowed(&frame);
            for (k, power) in spectrum(&frame).into_iter().enumerate().step_by(BIN_STEP) {
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
            let cut: Vec<_> = bins.iter().map(|bin| f64::from(bin.re * SCALE)).collect();
            prop_assert_eq!(cut, spectrum(&frame));
        }
    }
}
