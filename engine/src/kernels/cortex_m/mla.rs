//! Products without the DSP extension: `mla`, one at a time.

use super::columns::STEP;
pub(super) use super::requantise::{
    Factors, LANES, arrange, arrange_bias, enter, finish, leave, requantise, start,
};

/// Input values that one step of a convolution takes in.
pub(super) const STEP_VALUES: usize = 2;
/// The length of `step!` in code.
pub(super) const STEP_BYTES: usize = 68;
/// The length of `tap!` in code.
pub(super) const TAP_BYTES: usize = 44;

/// Four channels' weights.
pub(super) type Tap = [i32; 4];

/// Nothing that the assembler does not know.
macro_rules! architecture {
    () => {
        ""
    };
}
pub(super) use architecture;

/// Two values of six columns: r8 to r12 and lr are the sums, r0 points to the columns, r1 to the weights.
macro_rules! step {
    () => {
        concat!(
            "ldrsb r2, [r1], #1\n",
            "ldrsb r3, [r1], #1\n",
            "ldm.w r0!, {{r4-r7}}\n",
            "mla r8, r4, r2, r8\n",
            "mla r9, r6, r2, r9\n",
            "mla r8, r5, r3, r8\n",
            "mla r9, r7, r3, r9\n",
            "ldm.w r0!, {{r4-r7}}\n",
            "mla r10, r4, r2, r10\n",
            "mla r11, r6, r2, r11\n",
            "mla r10, r5, r3, r10\n",
            "mla r11, r7, r3, r11\n",
            "ldm.w r0!, {{r4-r7}}\n",
            "mla r12, r4, r2, r12\n",
            "mla lr, r6, r2, lr\n",
            "mla r12, r5, r3, r12\n",
            "mla lr, r7, r3, lr\n",
        )
    };
}
pub(super) use step;

/// One tap of four channels: r8 to r11 are the sums, r0 points to the input, r1 to the weights, r6 is the
/// number of channels.
macro_rules! tap {
    () => {
        concat!(
            "ldrd r4, r5, [r1], #8\n",
            "ldrsb.w r2, [r0, #0]\n",
            "mla r8, r2, r4, r8\n",
            "ldrsb.w r2, [r0, #1]\n",
            "mla r9, r2, r5, r9\n",
            "ldrd r4, r5, [r1], #8\n",
            "ldrsb.w r2, [r0, #2]\n",
            "mla r10, r2, r4, r10\n",
            "ldrsb.w r2, [r0, #3]\n",
            "mla r11, r2, r5, r11\n",
            "add.w r0, r0, r6\n",
        )
    };
}
pub(super) use tap;

/// A sum times its factor's multiplier: the sum, 2^32 times, is added to its product with the lower 32 bits of
/// the doubled multiplier, which `smull` takes as signed and so 2^32 too little; then the upper word is rounded.
macro_rules! scale {
    ($value:literal, $low:literal, $sum:literal, $multiplier:literal) => {
        concat!(
            "smull ",
            $low,
            ", ",
            $value,
            ", ",
            $sum,
            ", ",
            $multiplier,
            "\n",
            "add ",
            $value,
            ", ",
            $sum,
            "\n",
            "add ",
            $value,
            ", ",
            $value,
            ", ",
            $low,
            ", lsr #31\n",
        )
    };
}
pub(super) use scale;

/// Widens four channels' weights.
pub(super) fn widen_tap(weights: [u8; 4]) -> Tap {
    weights.map(|weight| weight.cast_signed().into())
}

/// Four channels' weights.
pub(super) const fn tap_weights(tap: Tap) -> [i32; 4] {
    tap
}

/// Writes each two values as two words, as far as both slices go, then skips the other columns of the step.
pub(super) fn widen(pairs: &[[i8; STEP_VALUES]], column: &mut [u32]) {
    for (pair, [a, b, ..]) in pairs.iter().zip(column.as_chunks_mut::<STEP>().0) {
        [*a, *b] = pair.map(|value| i32::from(value).cast_unsigned());
    }
}
