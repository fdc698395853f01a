//! Kernels for cores without Helium. They are written once for two instruction sets, which differ in what a round of
//! the innermost loops does: [`instructions`](super::instructions) has it as text for the assembler, with the registers
//! that the kernels say.

#![allow(unsafe_code)]

mod add;
mod conv;
mod dense;
mod depthwise;
mod pool;
mod rows;
mod tiles;

pub use conv::conv2d;
pub use dense::dense;
#[cfg(armv7m)]
pub(super) use dense::value_of_four_channels;
pub use pool::{average_pool, global_average_pool, max_pool};
pub(super) use rows::Rows;
pub(super) use tiles::{MOST, SMALL};
pub(super) use {add::add_rounds, depthwise::*};

pub(super) use super::instructions::{Tap, tap_weights, widen_tap};

/// From the register of a sum to an int8 value in another, by the registers of a factor. The sum is overwritten.
///
/// The sum, 2^32 times, is added to its product with the lower 32 bits of the doubled multiplier, which is taken as
/// signed and so 2^32 too little; then the upper word is rounded. The rest is what
/// [`Factor`](crate::kernels::factor::Factor) says.
#[rustfmt::skip]
macro_rules! requantise {
    ($value:literal = $sum:literal, $multiplier:literal, $rounding:literal, $exponent:literal) => {
        concat!(
            $crate::kernels::instructions::multiply!($sum, $multiplier, $value),
            "add ", $value, ", ", $sum, ", ", $sum, ", asr #31\n",
            "add ", $value, ", ", $rounding, "\n",
            "asr ", $value, ", ", $exponent, "\n",
            "ssat ", $value, ", #8, ", $value,
        )
    };
}
pub(super) use requantise;
