//! Depthwise convolution: eight channels together. Their sums are q0 and q1: the even channels and the odd ones, as
//! the long multiplications `vmullb` and `vmullt` want them.

use core::arch::asm;

use crate::kernels::cortex_m::{DepthwiseJob, MAX_KERNEL, target_cpu};
use crate::kernels::factor::Factor;

/// Channels that are computed together.
pub(in crate::kernels) const LANES: usize = 8;

/// Eight channels' weights.
pub(in crate::kernels) type Tap = [i16; LANES];

/// Eight channels' multipliers, roundings and shifts to the left.
pub(in crate::kernels) type Factors = [[i32; LANES]; 3];

/// Puts factors into the order in which they are read.
pub(in crate::kernels) fn arrange(factors: [Factor; LANES]) -> Factors {
    [
        factors.map(|factor| (factor.doubled_multiplier >> 1).cast_signed()),
        factors.map(|factor| factor.rounding),
        factors.map(|factor| factor.exponent.cast_signed().wrapping_neg()),
    ]
    .map(arrange_bias)
}

/// Puts biases into the order in which they are read.
pub(in crate::kernels) const fn arrange_bias([a, b, c, d, e, f, g, h]: [i32; LANES]) -> [i32; LANES] {
    [a, c, e, g, b, d, f, h]
}

/// Widens eight channels' weights.
pub(in crate::kernels) fn widen_tap(weights: [u8; LANES]) -> Tap {
    weights.map(|weight| weight.cast_signed().into())
}

/// Eight channels' weights.
pub(in crate::kernels) fn tap_weights(tap: Tap) -> [i32; LANES] {
    tap.map(i32::from)
}

/// Eight channels of a run of positions.
///
/// The sums are in q0 and q1; r0 is the input, r1 the weights, q2 to q4 the values, weights and products of a tap,
/// r6 the number of channels, r12 the jump to the next row and lr the rows left. A row is unrolled for
/// [`MAX_KERNEL`] taps and entered at r7, so that it has as many as lie inside the input.
///
/// # Safety
/// As [`DepthwiseJob`] says.
#[inline(never)]
pub(in crate::kernels) unsafe fn convolve(job: &DepthwiseJob) {
    // SAFETY: the caller's. All registers that are changed are saved here or named as clobbered.
    unsafe {
        asm!(
            target_cpu!(),
            "push {{r4-r11}}",
            "vpush {{d8, d9}}",
            "ldm r0, {{r1-r12}}",
            "ldr r0, 9f",
            "mul r7, r7, r0",
            "adr.w r0, 4f",
            "sub r7, r0, r7",
            "orr r7, #1",
            "push {{r1-r5, r8-r11}}",
            "2:", // for each position
            "ldr r0, [sp, #28]",
            "vldrw.u32 q0, [r0]", // the biases
            "vldrw.u32 q1, [r0, #16]",
            "ldm sp, {{r0, r1, lr}}",
            "ldr r2, [sp, #16]",
            "add r2, r0",
            "str r2, [sp]",
            "bx r7",
            ".p2align 2",
            "9:", // the length of a tap's code
            ".word (4f - 3f) / {taps}",
            "3:",
            ".rept {taps}",
            "vldrb.s16 q2, [r0]",
            "add.w r0, r0, r6",
            "vldrh.u16 q3, [r1], #16",
            "vmullb.s16 q4, q2, q3",
            "vmullt.s16 q2, q2, q3",
            "vadd.i32 q0, q0, q4",
            "vadd.i32 q1, q1, q2",
            ".endr",
            "4:", // the end of a row
            "ldr r2, [sp, #12]",
            "add r0, r12",
            "add r1, r2",
            "subs lr, #1",
            "it ne",
            "bxne r7",
            "ldr r0, [sp, #28]",
            "add r0, #{factors}",
            "ldr r1, [sp, #20]",
            "vldrw.u32 q2, [r0]",
            "vldrw.u32 q3, [r0, #16]",
            "vqrdmulh.s32 q0, q0, q2",
            "vqrdmulh.s32 q1, q1, q3",
            "vshr.s32 q2, q0, #31",
            "vshr.s32 q3, q1, #31",
            "vadd.i32 q0, q0, q2",
            "vadd.i32 q1, q1, q3",
            "vldrw.u32 q2, [r0, #32]",
            "vldrw.u32 q3, [r0, #48]",
            "vadd.i32 q0, q0, q2",
            "vadd.i32 q1, q1, q3",
            "vldrw.u32 q2, [r0, #64]",
            "vldrw.u32 q3, [r0, #80]",
            "vshl.s32 q0, q0, q2",
            "vshl.s32 q1, q1, q3",
            "vqmovnb.s32 q0, q0",
            "vqmovnt.s32 q0, q1",
            "vqmovnb.s16 q0, q0",
            "vstrb.16 q0, [r1]",
            "ldr r2, [sp, #32]",
            "add r1, r2",
            "str r1, [sp, #20]",
            "ldr r0, [sp, #24]",
            "subs r0, #1",
            "str r0, [sp, #24]",
            "bne.w 2b",
            "add sp, #36",
            "vpop {{d8, d9}}",
            "pop {{r4-r11}}",
            factors = const size_of::<[i32; LANES]>(),
            taps = const MAX_KERNEL,
            inout("r0") job => _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
            out("r12") _,
            out("lr") _,
            out("q0") _,
            out("q1") _,
            out("q2") _,
            out("q3") _,
        );
    }
}
