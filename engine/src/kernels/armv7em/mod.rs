//! The DSP extension: Cortex-M4, M7, M33 and their kind.
//!
//! `smlad` adds two products of int16 halves to a sum. `sxtb16` makes such halves of bytes 0 and 2 of a word, and
//! of bytes 1 and 3 with `ror #8`, so that four values lie as two words: the even pair and the odd pair.

#![allow(unsafe_code)]

mod im2col;
mod sums;
mod tap;
pub(super) mod threes;
mod tile;
mod unit;
mod values;

pub(super) use im2col::Patches;
pub(super) use sums::{Maxima, Sums};
pub(super) use tap::{Tap, tap, tap_weights, widen_tap};
pub(super) use unit::{UNIT, unit_at_each, unit_at_two, unit_of_four_channels};

/// Adds the product of a sum and a multiplier to the sum, 2^32 times, and leaves the rounded upper word in place of the
/// sum. The third register is not needed.
#[rustfmt::skip]
macro_rules! multiply {
    ($sum:literal, $multiplier:literal, $scratch:literal) => {
        concat!("smmlar ", $sum, ", ", $sum, ", ", $multiplier, ", ", $sum, "\n")
    };
}
pub(super) use multiply;
