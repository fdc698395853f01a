//! The sine, computed when the engine is compiled: the FFT's twiddle factors, and squared the Hann window.

use core::f64::consts::TAU;

use super::MAX_FFT_LENGTH;

/// A whole turn, in steps of [`SINE`].
pub(super) const TURN: usize = 2 * MAX_FFT_LENGTH;

/// A quarter of a sine, both ends included: `sin(2 pi k / TURN)` forwards, the cosine backwards.
pub(super) static SINE: [f32; TURN / 4 + 1] = quarter_sine();

const fn quarter_sine() -> [f32; TURN / 4 + 1] {
    let mut table = [0.0; TURN / 4 + 1];
    let mut k = 0;
    while k < table.len() {
        table[k] = sine(TAU * k as f64 / TURN as f64) as f32;
        k += 1;
    }
    table
}

/// The sine of -pi/2 to pi/2 by its Taylor series, to the last bits of an f64: the next term is below 1e-19. (There is
/// no `sin` in a constant yet.)
pub(crate) const fn sine(x: f64) -> f64 {
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
    fn the_sine_is_right_to_the_last_bit_or_so() {
        for (k, &value) in SINE.iter().enumerate() {
            let expected = libm::sin(TAU * k as f64 / TURN as f64);
            assert!((f64::from(value) - expected).abs() <= 6e-8 * expected, "{k}");
        }
    }
}
