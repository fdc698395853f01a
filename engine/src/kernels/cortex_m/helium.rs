//! Products with Helium: four channels' sums are the lanes of q0.

use crate::kernels::factor::Factor;

/// The length of `tap!` in code.
pub(super) const TAP_BYTES: usize = 20;

/// Four channels' weights.
pub(super) type Tap = [i32; 4];

/// Tells the assembler, which does not know the core here.
macro_rules! architecture {
    () => {
        ".cpu cortex-m55\n"
    };
}
pub(super) use architecture;

/// Four sums begin with their biases, at r0.
macro_rules! start {
    () => {
        "vldrw.u32 q0, [r0]\n"
    };
}
pub(super) use start;

/// One tap of four channels: r0 points to the input, r1 to the weights, r6 is the number of channels.
macro_rules! tap {
    () => {
        concat!(
            "vldrb.s32 q1, [r0]\n",
            "add.w r0, r0, r6\n",
            "vldrw.u32 q2, [r1], #16\n",
            "vmul.i32 q1, q1, q2\n",
            "vadd.i32 q0, q0, q1\n",
        )
    };
}
pub(super) use tap;

/// Requantises four sums by their factors, at r0, and stores them at r1.
macro_rules! finish {
    () => {
        concat!(
            "vldrw.u32 q1, [r0]\n",
            "vqrdmulh.s32 q0, q0, q1\n",
            "vldrw.u32 q2, [r0, #16]\n",
            "vshr.s32 q1, q0, #31\n",
            "vadd.i32 q0, q0, q1\n",
            "vadd.i32 q0, q0, q2\n",
            "vldrw.u32 q1, [r0, #32]\n",
            "vshl.s32 q0, q0, q1\n",
            "vqmovnb.s32 q0, q0\n",
            "vqmovnb.s16 q0, q0\n",
            "vstrb.32 q0, [r1]\n",
        )
    };
}
pub(super) use finish;

/// Four channels' multipliers, roundings and shifts to the left.
pub(super) type Factors = [[i32; 4]; 3];

/// Puts factors into the order of `finish!`.
pub(super) fn arrange(factors: [Factor; 4]) -> Factors {
    [
        factors.map(|factor| (factor.doubled_multiplier >> 1).cast_signed()),
        factors.map(|factor| factor.rounding),
        factors.map(|factor| -factor.exponent.cast_signed()),
    ]
}

/// Widens four channels' weights.
pub(super) fn widen_tap(weights: [u8; 4]) -> Tap {
    weights.map(|weight| weight.cast_signed().into())
}

/// Four channels' weights.
pub(super) const fn tap_weights(tap: Tap) -> [i32; 4] {
    tap
}
