//! Requantisation in five instructions.
//!
//! `smmlar` adds the sum, 2^32 times, to the product of the sum and the lower 32 bits of the doubled
//! multiplier, which it takes as signed, 2^32 too little. Together that is sum * multiplier * 2, and its
//! rounded upper word is gemmlowp's doubling high product. A shift right by e that rounds half away from
//! zero adds 2^(e - 1), less 1 where the value is negative. The zero point goes along, shifted left by e.

use crate::blob::Rescale;

/// One channel's factor, as the instructions want it.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub(super) struct Factor {
    doubled_multiplier: u32,
    /// Half a step and the zero point.
    rounding: i32,
    /// e, from 1 to 22.
    exponent: u32,
}

impl Factor {
    pub(super) const fn new(rescale: Rescale, zero_point: i8) -> Self {
        let halves = 2 * (zero_point as i32) + 1;
        let exponent = rescale.shift.unsigned_abs() as u32;
        Self {
            doubled_multiplier: rescale.multiplier.cast_unsigned() << 1,
            rounding: halves.wrapping_shl(exponent.wrapping_sub(1)),
            exponent,
        }
    }
}

/// From the register of a sum to an int8 value in another, by the registers that hold a [`Factor`].
macro_rules! requantise {
    ($value:literal, $sum:literal, $multiplier:literal, $rounding:literal, $exponent:literal) => {
        concat!(
            "smmlar ",
            $value,
            ", ",
            $sum,
            ", ",
            $multiplier,
            ", ",
            $sum,
            "\n",
            "add ",
            $value,
            ", ",
            $value,
            ", ",
            $value,
            ", asr #31\n",
            "add ",
            $value,
            ", ",
            $rounding,
            "\n",
            "asr ",
            $value,
            ", ",
            $exponent,
            "\n",
            "ssat ",
            $value,
            ", #8, ",
            $value,
            "\n",
        )
    };
}
pub(super) use requantise;
