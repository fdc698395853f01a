//! Requantisation in five to seven instructions: what [`Factor`] says, step by step.

use crate::kernels::factor::Factor;

/// From the register of a sum to an int8 value in another, by the registers that hold a factor: its doubled
/// multiplier, its rounding, its exponent. The register `$low` is overwritten.
macro_rules! requantise {
    ($value:literal, $low:literal, $sum:literal, $multiplier:literal, $rounding:literal, $exponent:literal) => {
        concat!(
            $crate::kernels::cortex_m::products::scale!($value, $low, $sum, $multiplier),
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
pub(in crate::kernels) use requantise;

/// Channels that a depthwise convolution computes together: those of a word.
pub(super) const LANES: usize = 4;

/// Saves the registers that belong to the caller.
macro_rules! enter {
    () => {
        "push {{r4-r11, lr}}\n"
    };
}
pub(super) use enter;

/// Restores them and returns.
macro_rules! leave {
    () => {
        "pop {{r4-r11, pc}}\n"
    };
}
pub(super) use leave;

/// Four sums begin with their biases, at r0.
macro_rules! start {
    () => {
        "ldm r0, {{r8-r11}}\n"
    };
}
pub(super) use start;

/// Requantises four sums by their factors, at r0, and stores them at r1.
macro_rules! finish {
    () => {
        concat!(
            "ldm r0!, {{r3, r4, r5}}\n",
            $crate::kernels::cortex_m::requantise::requantise!("r2", "lr", "r8", "r3", "r4", "r5"),
            "strb r2, [r1, #0]\n",
            "ldm r0!, {{r3, r4, r5}}\n",
            $crate::kernels::cortex_m::requantise::requantise!("r2", "lr", "r9", "r3", "r4", "r5"),
            "strb r2, [r1, #1]\n",
            "ldm r0!, {{r3, r4, r5}}\n",
            $crate::kernels::cortex_m::requantise::requantise!("r2", "lr", "r10", "r3", "r4", "r5"),
            "strb r2, [r1, #2]\n",
            "ldm r0!, {{r3, r4, r5}}\n",
            $crate::kernels::cortex_m::requantise::requantise!("r2", "lr", "r11", "r3", "r4", "r5"),
            "strb r2, [r1, #3]\n",
        )
    };
}
pub(super) use finish;

/// Four channels' factors, in the order of `finish!`.
pub(super) type Factors = [Factor; LANES];

/// Puts biases into the order of `start!`.
pub(super) const fn arrange_bias(bias: [i32; LANES]) -> [i32; LANES] {
    bias
}

/// Puts factors into the order of `finish!`.
pub(super) const fn arrange(factors: [Factor; LANES]) -> Factors {
    factors
}
