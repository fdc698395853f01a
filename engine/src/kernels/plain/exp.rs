//! The fixed-point functions behind softmax, as gemmlowp defines them. `Qm.n` has m integer bits,
//! n fraction bits and a sign in an int32; the product of `Qa` and `Qb` by
//! [`rounding_doubling_high_mul`] is `Q(a + b)`.

use super::requantise::{rounding_divide_by_pot, rounding_doubling_high_mul as mul};

/// Fraction bits of Q5.26.
const FRACTION_BITS: u32 = 26;
/// 1/4 in Q5.26.
const QUARTER: i32 = 1 << (FRACTION_BITS - 2);
/// `exp(-2^k)` in Q0.31 for k from -2 to 4.
const EXP_OF_POWERS: [i32; 7] =
    [1_672_461_947, 1_302_514_674, 790_015_084, 290_630_308, 39_332_535, 720_401, 242];
/// `exp(-1/8)` in Q0.31.
const EXP_OF_EIGHTH: i32 = 1_895_147_668;
/// 1/3 in Q0.31.
const THIRD: i32 = 715_827_883;
/// 48/17 and -32/17 in Q2.29: the line nearest to 1/d over 1/2 to 1, where Newton's method starts.
const NEWTON_START: (i32, i32) = (1_515_870_810, -1_010_580_540);

/// `exp(a)` in Q0.31 for `a` in Q5.26, 0 or less.
pub(super) fn exp_on_negative_values(a: i32) -> i32 {
    if a == 0 {
        return i32::MAX;
    }
    // a = fraction - remainder, with the fraction in [-1/4, 0) and the remainder a multiple of 1/4.
    let fraction = (a & (QUARTER - 1)) - QUARTER;
    let remainder = fraction.wrapping_sub(a);
    let powers = EXP_OF_POWERS.iter().zip(FRACTION_BITS - 2..);
    powers.fold(exp_of_fraction(fraction << 5), |product, (&power, bit)| {
        if remainder & 1 << bit == 0 { product } else { mul(product, power) }
    })
}

/// `exp(a)` for `a` in Q0.31, -1/4 to 0: the Taylor series around -1/8 up to the fourth power.
fn exp_of_fraction(a: i32) -> i32 {
    let x = a.saturating_add(1 << 28);
    let x2 = mul(x, x);
    let x3 = mul(x2, x);
    let x4 = mul(x2, x2);
    let x4_over_4 = rounding_divide_by_pot(x4, 2);
    // x^2/2 + x^3/6 + x^4/24
    let higher = rounding_divide_by_pot(mul(x4_over_4.saturating_add(x3), THIRD).saturating_add(x2), 1);
    EXP_OF_EIGHTH.saturating_add(mul(EXP_OF_EIGHTH, x.saturating_add(higher)))
}

/// `1 / (1 + x)` for Q0.31 values from 0 to 1: three steps of Newton's method on `d = (1 + x) / 2`.
pub(super) fn one_over_one_plus_x(x: i32) -> i32 {
    let half_denominator = ((i64::from(x) + i64::from(i32::MAX) + 1) / 2) as i32;
    let start = NEWTON_START.0.saturating_add(mul(half_denominator, NEWTON_START.1));
    let one: i32 = 1 << 29;
    let inverse = (0..3).fold(start, |inverse: i32, _| {
        let error = one.saturating_sub(mul(half_denominator, inverse));
        inverse.saturating_add(mul(inverse, error).saturating_mul(4))
    });
    // Half of 1/d in Q2.29 is the same number in Q1.30.
    inverse.saturating_mul(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn q31(real: f64) -> i32 {
        libm::round(real * f64::from(1u32 << 31)) as i32
    }

    #[test]
    fn the_constants_are_what_their_names_say() {
        for (power, exponent) in EXP_OF_POWERS.into_iter().zip(-2..) {
            assert_eq!(power, q31(libm::exp(-libm::exp2(f64::from(exponent)))));
        }
        assert_eq!((EXP_OF_EIGHTH, THIRD), (q31(libm::exp(-0.125)), q31(1.0 / 3.0)));
        assert_eq!(NEWTON_START, (q31(48.0 / 17.0 / 4.0), q31(-32.0 / 17.0 / 4.0)));
    }

    #[test]
    fn exp_of_0_is_the_largest_number_below_1() {
        assert_eq!(exp_on_negative_values(0), i32::MAX);
    }

    proptest! {
        #[test]
        fn exp_is_right_to_the_sixth_decimal(a in -31i32 << 26..=0) {
            let real = libm::exp(f64::from(a) / f64::from(1 << FRACTION_BITS));
            let fixed = f64::from(exp_on_negative_values(a)) / f64::from(1u32 << 31);
            prop_assert!((fixed - real).abs() < 5e-7);
        }

        #[test]
        fn the_reciprocal_is_right_to_the_eighth_decimal(x in 0..=i32::MAX) {
            let real = 1.0 / (1.0 + f64::from(x) / f64::from(1u32 << 31));
            let fixed = f64::from(one_over_one_plus_x(x)) / f64::from(1u32 << 31);
            prop_assert!((fixed - real).abs() < 5e-9);
        }
    }
}
