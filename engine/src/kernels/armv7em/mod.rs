//! Kernels for the DSP extension: Cortex-M4, M7, M33 and their kind.
//!
//! `smlad` adds two products of int16 halves to a sum. `sxtb16` makes such halves of bytes 0 and 2 of a word, and
//! of bytes 1 and 3 with `ror #8`, so that four values lie as two words: the even pair and the odd pair.

#![allow(unsafe_code)]

mod add;
mod conv;
mod depthwise;
mod im2col;

pub use conv::conv2d;
pub(super) use {add::add_rounds, depthwise::*};

/// Tells the assembler that there is the DSP extension, where the compiler doesn't know the core. The assembler
/// forgets it at the end of the function.
#[cfg(unnamed_core)]
macro_rules! target_cpu {
    () => {
        ".cpu cortex-m33"
    };
}
/// The compiler knows the core, and the assembler with it.
#[cfg(not(unnamed_core))]
macro_rules! target_cpu {
    () => {
        ""
    };
}
use target_cpu;

/// From the register of a sum to an int8 value in another, by the registers of a factor.
///
/// `smmlar` adds the sum, 2^32 times, to its product with the lower 32 bits of the doubled multiplier, which it takes
/// as signed and so 2^32 too little, and rounds to the upper word. The rest is what
/// [`Factor`](crate::kernels::factor::Factor) says.
#[rustfmt::skip]
macro_rules! requantise {
    ($value:literal = $sum:literal, $multiplier:literal, $rounding:literal, $exponent:literal) => {
        concat!(
            "smmlar ", $value, ", ", $sum, ", ", $multiplier, ", ", $sum, "\n",
            "add ", $value, ", ", $value, ", ", $value, ", asr #31\n",
            "add ", $value, ", ", $rounding, "\n",
            "asr ", $value, ", ", $exponent, "\n",
            "ssat ", $value, ", #8, ", $value,
        )
    };
}
use requantise;
