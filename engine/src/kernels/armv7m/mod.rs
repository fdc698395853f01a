//! No extension: Cortex-M3 and its kind, whose `mla` multiplies and adds one pair at a time.

#![allow(unsafe_code)]

mod im2col;
mod sums;
mod tap;
mod unit;

pub(super) use im2col::Patches;
pub(super) use sums::{Maxima, Sums};
pub(super) use tap::{Tap, tap, tap_weights, widen_tap};
pub(super) use unit::{UNIT, unit_at_each, unit_at_two, unit_of_four_channels};

/// Adds the product of a sum and a multiplier to the sum, 2^32 times, and leaves the rounded upper word in place of the
/// sum. The third register is overwritten, by a half and then the lower word.
#[rustfmt::skip]
macro_rules! multiply {
    ($sum:literal, $multiplier:literal, $scratch:literal) => {
        concat!(
            "mov ", $scratch, ", #0x80000000\n",
            "smlal ", $scratch, ", ", $sum, ", ", $sum, ", ", $multiplier, "\n",
        )
    };
}
pub(super) use multiply;
