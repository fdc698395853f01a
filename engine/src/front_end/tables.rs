//! Tables for the longest FFT, computed when the engine is compiled; shorter FFTs stride over them.

use core::f64::consts::PI;

use super::MAX_FFT_LENGTH;

const LENGTH: usize = MAX_FFT_LENGTH;

/// The periodic Hann window `sin^2(pi n / LENGTH)`, times [`SCALE`].
pub(super) static HANN: [f32; LENGTH] = hann();

/// A quarter of a sine, both ends included: `sin(2 pi k / LENGTH)` forwards, the cosine backwards.
pub(super) static SINE: [f32; LENGTH / 4 + 1] = quarter_sine();

/// From i16 to -1 to 1, and the half that the split of the real FFT leaves to its input.
const SCALE: f64 = 0.5 / 32768.0;

const fn hann() -> [f32; LENGTH] {
    let mut table = [0.0; LENGTH];
    let mut n = 0;
    while n < LENGTH {
        let from_end = if n < LENGTH / 2 { n } else { LENGTH - n };
        let root = sine(PI * from_end as f64 / LENGTH as f64);
        table[n] = (root * root * SCALE) as f32;
        n += 1;
    }
    table
}

const fn quarter_sine() -> [f32; LENGTH / 4 + 1] {
    let mut table = [0.0; LENGTH / 4 + 1];
    let mut k = 0;
    while k < table.len() {
        table[k] = sine(2.0 * PI * k as f64 / LENGTH as f64) as f32;
        k += 1;
    }
    table
}

/// The sine of 0 to pi/2 by its Taylor series, to the last bits of an f64: the next term is below 1e-19.
const fn sine(x: f64) -> f64 {
    let mut term = x;
    let mut sum = x;
    let mut n = 1;
    while n < 23 {
        term *= -x * x / ((n + 1) * (n + 2)) as f64;
        sum += term;
        n += 2;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_a_periodic_hann() {
        for (n, &value) in HANN.iter().enumerate() {
            let expected = 0.5 - 0.5 * libm::cos(2.0 * PI * n as f64 / LENGTH as f64);
            assert!((f64::from(value) / SCALE - expected).abs() < 1e-7, "{n}");
        }
        assert_eq!(HANN[0], 0.0);
        assert_eq!(f64::from(HANN[LENGTH / 2]), SCALE);
    }

    #[test]
    fn the_quarter_sine_is_right_to_the_last_bit_or_so() {
        for (k, &value) in SINE.iter().enumerate() {
            let expected = libm::sin(2.0 * PI * k as f64 / LENGTH as f64);
            assert!((f64::from(value) - expected).abs() <= 6e-8 * expected, "{k}");
        }
    }
}
