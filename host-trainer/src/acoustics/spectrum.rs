use std::cell::RefCell;

use realfft::RealFftPlanner;
use realfft::num_complex::Complex;

use crate::audio::next_smooth;

thread_local! {
    /// Keeps the tables of the lengths that a thread has met: making them takes as long as a transform.
    static PLANNER: RefCell<RealFftPlanner<f64>> = RefCell::new(RealFftPlanner::new());
}

/// Gives each frequency a gain (a factor, by its frequency in Hz) and keeps the phases, so that nothing is delayed. The
/// end is taken to be followed by the start.
pub fn shape(samples: &mut [f64], rate: u32, gain: impl Fn(f64) -> f64) {
    let step = f64::from(rate) / samples.len() as f64;
    through_spectrum(samples, |spectrum| {
        for (bin, value) in spectrum.iter_mut().enumerate() {
            *value *= gain(step * bin as f64);
        }
    });
}

/// Convolves samples with a response and keeps as many as there were.
///
/// ```
/// let mut samples = [1.0, 2.0, 3.0];
/// host_trainer::acoustics::convolve(&mut samples, &[1.0, 0.5]);
/// assert_eq!(samples.map(f64::round), [1.0, 3.0, 4.0]); // 1, 2.5 and 4
/// ```
pub fn convolve(samples: &mut [f64], response: &[f64]) {
    // What lies behind the end must not come back at the start. An even length takes half the time.
    let length = 2 * next_smooth((samples.len() + response.len()).div_ceil(2));
    let padded = |values: &[f64]| [values, &vec![0.0; length - values.len()]].concat();
    let response = spectrum_of(&mut padded(response));
    let mut whole = padded(samples);
    through_spectrum(&mut whole, |spectrum| {
        spectrum.iter_mut().zip(&response).for_each(|(value, factor)| *value *= factor);
    });
    samples.copy_from_slice(&whole[..samples.len()]);
}

/// Changes samples by changing their spectrum, from 0 Hz to half the sample rate.
fn through_spectrum(samples: &mut [f64], change: impl FnOnce(&mut [Complex<f64>])) {
    if samples.is_empty() {
        return;
    }
    let mut spectrum = spectrum_of(samples);
    change(&mut spectrum);
    // Those of real samples have no imaginary part here.
    spectrum[0].im = 0.0;
    if samples.len().is_multiple_of(2) {
        spectrum[samples.len() / 2].im = 0.0;
    }
    let inverse = PLANNER.with_borrow_mut(|planner| planner.plan_fft_inverse(samples.len()));
    inverse.process(&mut spectrum, samples).expect("the lengths are the plan's");
    let scale = 1.0 / samples.len() as f64;
    samples.iter_mut().for_each(|sample| *sample *= scale);
}

/// Samples are used as workspace.
fn spectrum_of(samples: &mut [f64]) -> Vec<Complex<f64>> {
    let forward = PLANNER.with_borrow_mut(|planner| planner.plan_fft_forward(samples.len()));
    let mut spectrum = forward.make_output_vec();
    forward.process(samples, &mut spectrum).expect("the lengths are the plan's");
    spectrum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn convolution_is_the_sum_of_delayed_copies(
            samples in prop::collection::vec(-9.0..9.0f64, 0..60),
            response in prop::collection::vec(-2.0..2.0f64, 0..80),
        ) {
            let mut found = samples.clone();
            convolve(&mut found, &response);
            for (n, found) in found.into_iter().enumerate() {
                let sum: f64 = (0..=n).map(|m| samples[n - m] * response.get(m).copied().unwrap_or(0.0)).sum();
                prop_assert!((found - sum).abs() < 1e-9, "{} {}", found, sum);
            }
        }

        #[test]
        fn a_gain_of_1_changes_nothing(samples in prop::collection::vec(-9.0..9.0f64, 0..60)) {
            let mut found = samples.clone();
            shape(&mut found, 22_050, |_| 1.0);
            for (found, sample) in found.iter().zip(&samples) {
                prop_assert!((found - sample).abs() < 1e-9);
            }
        }
    }
}
