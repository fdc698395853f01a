//! From int32 sums back to int8, in the fixed-point arithmetic of gemmlowp that TFLite's int8
//! specification builds on (Jacob et al., "Quantization and Training of Neural Networks for
//! Efficient Integer-Arithmetic-Only Inference", 2018). It rounds twice: in the product and in the shift.

use crate::blob::{Clamp, Rescale};

/// `a * b / 2^31`, rounded to nearest, ties up; the one product that does not fit saturates.
pub(super) fn saturating_rounding_doubling_high_mul(a: i32, b: i32) -> i32 {
    // gemmlowp adds a nudge of the product's sign and cuts off towards zero, which comes to the same.
    let product = i64::from(a) * i64::from(b);
    i32::try_from((product + (1 << 30)) >> 31).unwrap_or(i32::MAX)
}

/// [`saturating_rounding_doubling_high_mul`] of two numbers that are not both the least one: in fewer steps.
pub(super) fn rounding_doubling_high_mul(a: i32, b: i32) -> i32 {
    ((i64::from(a) * i64::from(b) + (1 << 30)) >> 31) as i32
}

/// `x / 2^exponent`, rounded to nearest, ties away from zero. Exponents above 31 count as 31.
pub(super) fn rounding_divide_by_pot(x: i32, exponent: u32) -> i32 {
    let exponent = exponent.min(31);
    let mask = ((1u32 << exponent) - 1) as i32;
    let threshold = (mask >> 1) + i32::from(x < 0);
    (x >> exponent).wrapping_add(i32::from(x & mask > threshold))
}

/// `x * multiplier * 2^(shift - 31)`. A left shift that leaves int32 saturates; validation admits none.
pub(super) fn multiply_by_quantized_multiplier(x: i32, rescale: Rescale) -> i32 {
    let left = u32::from(rescale.shift.max(0).unsigned_abs()).min(30);
    let right = u32::from(rescale.shift.min(0).unsigned_abs());
    let shifted = x.saturating_mul(1 << left);
    rounding_divide_by_pot(saturating_rounding_doubling_high_mul(shifted, rescale.multiplier), right)
}

/// An int32 sum as an int8 value of the output.
// On a device only where time does not matter: there the fast kernels have their own.
#[cfg_attr(cortex_m, inline(never))]
pub(in crate::kernels) fn requantise(sum: i32, rescale: Rescale, zero_point: i8, clamp: Clamp) -> i8 {
    let value = multiply_by_quantized_multiplier(sum, rescale).saturating_add(zero_point.into());
    saturate(value, clamp)
}

/// The nearest value within the bounds.
pub(in crate::kernels) fn saturate(value: i32, clamp: Clamp) -> i8 {
    value.max(clamp.low.into()).min(clamp.high.into()) as i8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn products_round_to_nearest_with_ties_up() {
        let half = 1 << 30;
        assert_eq!(saturating_rounding_doubling_high_mul(3, half), 2); // 1.5
        assert_eq!(saturating_rounding_doubling_high_mul(-3, half), -1); // -1.5
        assert_eq!(saturating_rounding_doubling_high_mul(-5, half), -2); // -2.5
        assert_eq!(saturating_rounding_doubling_high_mul(i32::MIN, i32::MIN), i32::MAX);
    }

    #[test]
    fn shifts_round_to_nearest_with_ties_away_from_zero() {
        assert_eq!([5, 6, 7, -5, -6, -7].map(|x| rounding_divide_by_pot(x, 2)), [1, 2, 2, -1, -2, -2]);
        assert_eq!(rounding_divide_by_pot(i32::MIN, 31), -1);
        assert_eq!(rounding_divide_by_pot(i32::MAX, 31), 1);
        assert_eq!(rounding_divide_by_pot(i32::MAX, 0), i32::MAX);
    }

    #[test]
    fn a_sum_is_scaled_moved_and_clamped() {
        let quarter = Rescale { multiplier: 1 << 30, shift: -1 };
        let clamp = Clamp { low: -3, high: 100 };
        assert_eq!([10, 402, 4000, -40].map(|sum| requantise(sum, quarter, -1, clamp)), [2, 100, 100, -3]);
    }

    /// Every value near 0, near a power of two and at the ends, where rounding turns and sums overflow.
    fn delicate() -> impl Iterator<Item = i32> + Clone {
        let near = |centre: i64| (centre - 3..=centre + 3).flat_map(|x| [x, -x]);
        (0..=31).flat_map(move |bit| near(1 << bit)).filter_map(|x| i32::try_from(x).ok())
    }

    /// `numerator / 2^exponent` to the nearest integer; a tie goes up or away from zero.
    fn nearest(numerator: i128, exponent: u32, away_from_zero: bool) -> i128 {
        let half = (1 << exponent) / 2;
        let up = (numerator + half) >> exponent;
        let is_tie = exponent > 0 && numerator & ((1 << exponent) - 1) == half;
        if is_tie && away_from_zero && numerator < 0 { up - 1 } else { up }
    }

    #[test]
    #[cfg_attr(miri, ignore = "too many cases to interpret")]
    fn is_the_exact_quotient_rounded_twice() {
        for (x, multiplier) in delicate().flat_map(|x| delicate().map(move |multiplier| (x, multiplier))) {
            let product = nearest(i128::from(x) * i128::from(multiplier), 31, false).min(i32::MAX.into());
            assert_eq!(i128::from(saturating_rounding_doubling_high_mul(x, multiplier)), product);
        }
        for (x, shift) in delicate().flat_map(|x| (-31i8..=30).map(move |shift| (x, shift))) {
            let multiplier = 3 << 29;
            let (left, right) = (shift.max(0).unsigned_abs(), shift.min(0).unsigned_abs());
            let shifted = (i128::from(x) << left).clamp(i32::MIN.into(), i32::MAX.into());
            let product = nearest(shifted * i128::from(multiplier), 31, false);
            let expected = nearest(product, right.into(), true);
            let scaled = multiply_by_quantized_multiplier(x, Rescale { multiplier, shift });
            assert_eq!(i128::from(scaled), expected, "{x} << {shift}");
        }
    }

    proptest! {
        #[test]
        fn is_the_real_product_to_within_one(x in -(1i32 << 24)..1 << 24, factor in 1e-8f64..100.0) {
            let scaled = multiply_by_quantized_multiplier(x, Rescale::from_real(factor));
            let real = f64::from(x) * factor;
            prop_assert!((f64::from(scaled) - real).abs() <= 1.0 + real.abs() * 1e-9);
        }

        #[test]
        fn takes_any_parameters(x: i32, multiplier: i32, shift: i8) {
            multiply_by_quantized_multiplier(x, Rescale { multiplier, shift });
        }
    }
}
