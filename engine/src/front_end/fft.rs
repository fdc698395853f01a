use num_complex::Complex32;

use super::tables::{SINE, TURN};

const QUARTER: usize = TURN / 4;

/// Twiddle factors that are computed together, for all groups that need them.
const BLOCK: usize = 16;

/// The discrete Fourier transform `X[k] = sum(x[n] exp(-2 pi i k n / N))`, N a power of two of at most 1024.
///
/// It works in place and leaves `X[k]` where [`place`] says: decimation in frequency by four (Oppenheim and
/// Schafer, Discrete-Time Signal Processing, chapter 9), and at last by two where N is no power of four.
pub(super) fn fft(values: &mut [Complex32]) {
    let mut quarter = values.len() / 4;
    while quarter > 1 {
        decimate(values, quarter);
        quarter /= 4;
    }
    if quarter == 1 {
        for four in values.as_chunks_mut().0 {
            *four = butterfly(*four);
        }
    } else {
        for two in values.as_chunks_mut().0 {
            let [a, b] = *two;
            *two = [a + b, a - b];
        }
    }
}

/// Where [`fft`] leaves `X[k]` of `length`: at the bits of k in reverse.
pub(super) fn place(k: usize, length: usize) -> usize {
    let unused = 32u32.wrapping_sub(length.trailing_zeros());
    (k as u32).reverse_bits().wrapping_shr(unused) as usize
}

/// Makes four transforms of length `quarter` of each one that is four times as long.
fn decimate(values: &mut [Complex32], quarter: usize) {
    let length = quarter.saturating_mul(4).max(1);
    let mut twiddles = [[Complex32::new(0.0, 0.0); 3]; BLOCK];
    for first in (0..quarter).step_by(BLOCK) {
        let end = first.saturating_add(BLOCK).min(quarter);
        for (twiddles, index) in twiddles.iter_mut().zip(first..end) {
            let angle = index.wrapping_mul(TURN / length);
            *twiddles =
                [turn_in_first_quarter(angle), turn(angle.wrapping_mul(2)), turn(angle.wrapping_mul(3))];
        }
        for values in values.chunks_exact_mut(length) {
            let mut quarters = values.chunks_exact_mut(quarter.max(1));
            let mut block =
                || quarters.next().and_then(|quarter| quarter.get_mut(first..end)).unwrap_or_default();
            let [a, b, c, d] = [block(), block(), block(), block()];
            for ((((a, b), c), d), [once, twice, thrice]) in a.iter_mut().zip(b).zip(c).zip(d).zip(&twiddles)
            {
                let [sum, second, first, third] = butterfly([*a, *b, *c, *d]);
                [*a, *b, *c, *d] = [sum, second * twice, first * once, third * thrice];
            }
        }
    }
}

/// The transform of four values, number 2 before number 1.
fn butterfly([a, b, c, d]: [Complex32; 4]) -> [Complex32; 4] {
    let (even, odd) = (a + c, b + d);
    let (real, turned) = (a - c, b - d);
    let turned = Complex32::new(turned.im, -turned.re);
    [even + odd, even - odd, real + turned, real - turned]
}

/// `exp(-2 pi i angle / TURN)` up to three quarters of a turn.
fn turn(angle: usize) -> Complex32 {
    let Complex32 { re, im } = turn_in_first_quarter(angle);
    match angle / QUARTER {
        0 => Complex32::new(re, im),
        1 => Complex32::new(im, -re),
        _ => Complex32::new(-re, -im),
    }
}

/// `exp(-2 pi i angle / TURN)` below a quarter of a turn; of a larger angle, of what exceeds whole quarters.
pub(super) fn turn_in_first_quarter(angle: usize) -> Complex32 {
    let value = |index: usize| SINE.get(index).copied().unwrap_or(0.0);
    Complex32::new(value(QUARTER - angle % QUARTER), -value(angle % QUARTER))
}

#[cfg(test)]
mod tests {
    extern crate std;
    use core::f64::consts::TAU;
    use std::vec::Vec;

    use super::*;

    /// A lone 1 at `n` becomes a turning vector; the transform is linear.
    #[test]
    fn impulses_turn_at_their_own_rate() {
        for length in [2usize, 4, 8, 64, 128, 256, 512, 1024] {
            for n in [0, 1, length / 2, length - 1] {
                let mut values: Vec<_> = std::vec![Complex32::default(); length];
                values[n].re = 1.0;
                fft(&mut values);
                for k in 0..length {
                    let angle = TAU * (k * n % length) as f64 / length as f64;
                    let value = values[place(k, length)];
                    let expected = (libm::cos(angle), -libm::sin(angle));
                    assert!((f64::from(value.re) - expected.0).abs() < 2e-7, "{length} {n} {k}");
                    assert!((f64::from(value.im) - expected.1).abs() < 2e-7, "{length} {n} {k}");
                }
            }
        }
    }
}
