//! Requantisation in fewer steps, for layers whose numbers admit it: all that a trainer writes in practice.

#[cfg(any(cortex_m, avx512))]
use super::{Input, Output};
#[cfg(any(cortex_m, vectors))]
use crate::blob::Channel;
#[cfg(any(cortex_m, avx512))]
use crate::blob::Filter;
use crate::blob::Rescale;

/// One channel's factor, below 1, with the rounding and the output's zero point in one number.
///
/// A shift right by e that rounds half away from zero adds 2^(e - 1), less 1 where the value is negative.
/// The zero point goes along, shifted left by e.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Factor {
    /// Twice a Q31 multiplier: an unsigned Q32 number of at least 2^31.
    pub(super) doubled_multiplier: u32,
    /// Half a step and the zero point.
    pub(super) rounding: i32,
    /// e, from 1 to 22.
    pub(super) exponent: u32,
}

impl Factor {
    pub(super) const fn new(rescale: Rescale, zero_point: i8) -> Self {
        let halves = 2 * (zero_point as i32) + 1;
        let exponent = rescale.shift.unsigned_abs() as u32;
        let rounding = halves.wrapping_shl(exponent.wrapping_sub(1));
        let doubled_multiplier = rescale.multiplier.cast_unsigned() << 1;
        Self { doubled_multiplier, rounding, exponent }
    }
}

/// The most weights of one output channel. Sums of so many products stay below 2^29.
#[cfg(any(cortex_m, vectors))]
pub(super) const MAX_SUMMANDS: usize = (1 << 15) - 1;

/// Whether every length is that of the shapes, and there are weights, though no more than [`MAX_SUMMANDS`].
#[cfg(any(cortex_m, avx512))]
pub(super) fn has_lengths(
    input: Input<'_>,
    output: &Output<'_>,
    filter: &Filter<'_>,
    kernel_size: usize,
) -> bool {
    let channels = usize::from(output.tensor.channels);
    // One by one: arrays would be compared by `memcmp`, byte by byte.
    input.data.len() == input.tensor.len()
        && output.data.len() == output.tensor.len()
        && filter.weights.len() == channels.saturating_mul(kernel_size)
        && filter.shifts.len() == channels
        && filter.bias.len() == channels.saturating_mul(4)
        && filter.multipliers.len() == channels.saturating_mul(4)
        && (1..=MAX_SUMMANDS).contains(&kernel_size)
        && channels > 0
}

/// Whether some step of a channel's requantisation could overflow, so that the plain kernel must compute it: unless its
/// bias is within 2^29, its multiplier at least 2^30, and its shift from -22 to -1.
///
/// With these, `2^(e - 1) + (zero_point << e)` stays below 2^30 and a sum below 2^29 + 2^29.
#[cfg(any(cortex_m, vectors))]
#[inline]
pub(super) fn is_exceptional(&Channel { bias, rescale }: &Channel) -> bool {
    let shifts = u32::from_ne_bytes([rescale.shift.cast_unsigned(); 4]);
    of_bias(bias) | of_multiplier(rescale.multiplier) | of_shifts(shifts) != 0
}

/// Whether any channel is [exceptional](is_exceptional), as few instructions tell it: a call may be for a single row of
/// the output.
#[cfg(any(cortex_m, avx512))]
pub(super) fn has_exceptional(filter: &Filter<'_>) -> bool {
    let (words, rest) = filter.shifts.as_chunks();
    let shifts = words.iter().fold(0, |bits, &word| bits | of_shifts(u32::from_ne_bytes(word)));
    let shifts = rest.iter().fold(shifts, |bits, &shift| bits | of_shifts(u32::from_ne_bytes([shift; 4])));
    let bits = |numbers: &[u8], of: fn(i32) -> u32| {
        numbers.as_chunks().0.iter().fold(0, |bits, &number| bits | of(i32::from_le_bytes(number)))
    };
    bits(filter.bias, of_bias) | bits(filter.multipliers, of_multiplier) | shifts != 0
}

/// 0 for a bias within 2^29.
#[cfg(any(cortex_m, vectors))]
const fn of_bias(bias: i32) -> u32 {
    bias.wrapping_add(1 << 29).cast_unsigned() >> 30
}

/// 0 for a multiplier of at least 2^30.
#[cfg(any(cortex_m, vectors))]
const fn of_multiplier(multiplier: i32) -> u32 {
    (multiplier.cast_unsigned() ^ 1 << 30) >> 30
}

/// 0 for four shifts from -22 to -1, a byte each.
#[cfg(any(cortex_m, vectors))]
const fn of_shifts(shifts: u32) -> u32 {
    const SIGNS: u32 = 0x8080_8080;
    // Negative, and still so when 22 is added to the other seven bits.
    SIGNS & !(shifts & (shifts & !SIGNS).wrapping_add(22 * 0x0101_0101))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::blob::Clamp;
    use crate::kernels::plain::requantise::requantise;

    /// What the assembly does.
    fn fast(sum: i32, factor: Factor) -> i8 {
        // The lower 32 bits of the doubled multiplier as signed are 2^32 too little.
        let product = i64::from(sum) * i64::from(factor.doubled_multiplier.cast_signed());
        let value = ((product + (i64::from(sum) << 32) + (1 << 31)) >> 32) as i32;
        let value = (value + (value >> 31) + factor.rounding) >> factor.exponent;
        value.clamp(-128, 127) as i8
    }

    proptest! {
        #[test]
        fn few_steps_give_what_gemmlowp_gives(
            sum in -(1i32 << 30)..1 << 30,
            bits in 0u32..30,
            multiplier in 1i32 << 30..=i32::MAX,
            shift in -22i8..=-1,
            zero_point: i8,
        ) {
            // Small sums and the smallest multiplier meet the ties.
            for (sum, multiplier) in [(sum, multiplier), (sum >> bits, multiplier), (sum >> bits, 1 << 30)] {
                let rescale = Rescale { multiplier, shift };
                let expected = requantise(sum, rescale, zero_point, Clamp::NONE);
                prop_assert_eq!(fast(sum, Factor::new(rescale, zero_point)), expected);
            }
        }
    }
}
