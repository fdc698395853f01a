//! Products with Helium. Eight channels' sums are q0 and q1: the even channels and the odd ones, as the long
//! multiplications `vmullb` and `vmullt` want them.

use crate::kernels::factor::Factor;

/// Channels that a depthwise convolution computes together.
pub(super) const LANES: usize = 8;
/// The length of `tap!` in code.
pub(super) const TAP_BYTES: usize = 28;

/// Eight channels' weights.
pub(super) type Tap = [i16; LANES];

/// Tells the assembler, which does not know the core here.
macro_rules! architecture {
    () => {
        ".cpu cortex-m55\n"
    };
}
pub(super) use architecture;

/// Saves the registers that belong to the caller, q4 among them.
macro_rules! enter {
    () => {
        "push {{r4-r11, lr}}\nvpush {{d8, d9}}\n"
    };
}
pub(super) use enter;

/// Restores them and returns.
macro_rules! leave {
    () => {
        "vpop {{d8, d9}}\npop {{r4-r11, pc}}\n"
    };
}
pub(super) use leave;

/// The sums begin with their biases, at r0.
macro_rules! start {
    () => {
        "vldrw.u32 q0, [r0]\nvldrw.u32 q1, [r0, #16]\n"
    };
}
pub(super) use start;

/// One tap of eight channels: r0 points to the input, r1 to the weights, r6 is the number of channels.
macro_rules! tap {
    () => {
        concat!(
            "vldrb.s16 q2, [r0]\n",
            "add.w r0, r0, r6\n",
            "vldrh.u16 q3, [r1], #16\n",
            "vmullb.s16 q4, q2, q3\n",
            "vmullt.s16 q2, q2, q3\n",
            "vadd.i32 q0, q0, q4\n",
            "vadd.i32 q1, q1, q2\n",
        )
    };
}
pub(super) use tap;

/// Requantises the sums by their factors, at r0, and stores them at r1.
macro_rules! finish {
    () => {
        concat!(
            "vldrw.u32 q2, [r0]\n",
            "vldrw.u32 q3, [r0, #16]\n",
            "vqrdmulh.s32 q0, q0, q2\n",
            "vqrdmulh.s32 q1, q1, q3\n",
            "vshr.s32 q2, q0, #31\n",
            "vshr.s32 q3, q1, #31\n",
            "vadd.i32 q0, q0, q2\n",
            "vadd.i32 q1, q1, q3\n",
            "vldrw.u32 q2, [r0, #32]\n",
            "vldrw.u32 q3, [r0, #48]\n",
            "vadd.i32 q0, q0, q2\n",
            "vadd.i32 q1, q1, q3\n",
            "vldrw.u32 q2, [r0, #64]\n",
            "vldrw.u32 q3, [r0, #80]\n",
            "vshl.s32 q0, q0, q2\n",
            "vshl.s32 q1, q1, q3\n",
            "vqmovnb.s32 q0, q0\n",
            "vqmovnt.s32 q0, q1\n",
            "vqmovnb.s16 q0, q0\n",
            "vstrb.16 q0, [r1]\n",
        )
    };
}
pub(super) use finish;

/// Eight channels' multipliers, roundings and shifts to the left.
pub(super) type Factors = [[i32; LANES]; 3];

/// Puts factors into the order of `finish!`.
pub(super) fn arrange(factors: [Factor; LANES]) -> Factors {
    [
        factors.map(|factor| (factor.doubled_multiplier >> 1).cast_signed()),
        factors.map(|factor| factor.rounding),
        factors.map(|factor| factor.exponent.cast_signed().wrapping_neg()),
    ]
    .map(arrange_bias)
}

/// Puts biases into the order of `start!`.
pub(super) const fn arrange_bias([a, b, c, d, e, f, g, h]: [i32; LANES]) -> [i32; LANES] {
    [a, c, e, g, b, d, f, h]
}

/// Widens eight channels' weights.
pub(super) fn widen_tap(weights: [u8; LANES]) -> Tap {
    weights.map(|weight| weight.cast_signed().into())
}

/// Eight channels' weights.
pub(super) fn tap_weights(tap: Tap) -> [i32; LANES] {
    tap.map(i32::from)
}
