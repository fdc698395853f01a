//! Kernels without the DSP extension: Cortex-M3 and its kind, whose `mla` multiplies and adds one pair at a time.

#![allow(unsafe_code)]

mod add;
mod conv;
mod depthwise;
mod im2col;

pub use conv::conv2d;
pub(super) use {add::add_rounds, depthwise::*};

/// From the register of a sum to an int8 value in another, by the registers of a factor. `$low` is overwritten.
///
/// The sum, 2^32 times, is added to its product with the lower 32 bits of the doubled multiplier, which `smull` takes
/// as signed and so 2^32 too little; then the upper word is rounded. The rest is what
/// [`Factor`](crate::kernels::factor::Factor) says.
#[rustfmt::skip]
macro_rules! requantise {
    ($value:literal, $low:literal = $sum:literal, $multiplier:literal, $rounding:literal, $exponent:literal) => {
        concat!(
            "smull ", $low, ", ", $value, ", ", $sum, ", ", $multiplier, "\n",
            "add ", $value, ", ", $sum, "\n",
            "add ", $value, ", ", $value, ", ", $low, ", lsr #31\n",
            "add ", $value, ", ", $value, ", ", $value, ", asr #31\n",
            "add ", $value, ", ", $rounding, "\n",
            "asr ", $value, ", ", $exponent, "\n",
            "ssat ", $value, ", #8, ", $value,
        )
    };
}
use requantise;
