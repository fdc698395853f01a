//! The windowed sinc of a filter, computed at compile time.

use crate::front_end::sine;

/// The window's shape: 65 dB in the stop band, by Kaiser's formula `0.1102 (A - 8.7)`.
const BETA: f64 = 6.2;

/// `sin(pi x) / (pi x)`.
pub(super) const fn sinc(x: f64) -> f64 {
    // sin(pi x) = +-sin(pi (x - nearest integer)).
    let whole = (x + if x < 0.0 { -0.5 } else { 0.5 }) as i64;
    let angle = (x - whole as f64) * core::f64::consts::PI;
    let sign = if whole % 2 == 0 { 1.0 } else { -1.0 };
    if x == 0.0 { 1.0 } else { sign * sine(angle) / (core::f64::consts::PI * x) }
}

/// Kaiser's window over -1 to 1: `I0(beta sqrt(1 - t^2)) / I0(beta)`
/// (J. F. Kaiser, Nonrecursive digital filter design using the I0-sinh window function, 1974).
pub(super) const fn kaiser(t: f64) -> f64 {
    let inside = 1.0 - t * t;
    if inside < 0.0 { 0.0 } else { bessel(BETA * BETA * inside) / bessel(BETA * BETA) }
}

/// The modified Bessel function `I0` of a square's root, by its series.
const fn bessel(square: f64) -> f64 {
    let (mut term, mut sum, mut k) = (1.0, 1.0, 1.0);
    while k < 30.0 {
        term *= square / (4.0 * k * k);
        sum += term;
        k += 1.0;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_series_have_converged() {
        for step in -3000..3000 {
            let x = f64::from(step) / 97.0;
            let expected = if step == 0 {
                1.0
            } else {
                libm::sin(core::f64::consts::PI * x) / (core::f64::consts::PI * x)
            };
            assert!((sinc(x) - expected).abs() < 1e-13, "{x}");
        }
        // From tables: I0(1), I0(6.2).
        assert!((bessel(1.0) - 1.266_065_877_752_008_4).abs() < 1e-14);
        assert!((kaiser(1.0) - 1.0 / bessel(BETA * BETA)).abs() < 1e-15);
        assert_eq!([kaiser(0.0), kaiser(1.01)], [1.0, 0.0]);
    }
}
