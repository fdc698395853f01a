//! Depthwise convolution: four channels together.

use core::arch::asm;

use super::requantise;
use crate::kernels::cortex_m::{DepthwiseJob, MAX_KERNEL, target_cpu};
use crate::kernels::factor::Factor;
use crate::kernels::instructions::tap;

/// Channels that are computed together.
pub(in crate::kernels) const LANES: usize = 4;

/// Four channels' factors.
pub(in crate::kernels) type Factors = [Factor; LANES];

/// Puts biases into the order in which they are read.
pub(in crate::kernels) const fn arrange_bias(bias: [i32; LANES]) -> [i32; LANES] {
    bias
}

/// Puts factors into the order in which they are read.
pub(in crate::kernels) const fn arrange(factors: [Factor; LANES]) -> Factors {
    factors
}

/// Four channels of a run of positions.
///
/// The sums are in r8 to r11; r0 is the input, r1 the weights, r2 to r5 the values and weights of a tap, r6 the
/// number of channels, r12 the jump to the next row and lr the rows left. A row is unrolled for [`MAX_KERNEL`] taps
/// and entered at r7, so that it has as many as lie inside the input.
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
            "ldm r0, {{r1-r12}}",
            "ldr r0, 9f",
            "mul r7, r7, r0",
            "adr.w r0, 4f",
            "sub r7, r0, r7",
            "orr r7, #1",
            "push {{r1-r5, r8-r11}}",
            "2:", // for each position
            "ldr r0, [sp, #28]",
            "ldm r0, {{r8-r11}}", // the biases
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
            tap!(),
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
            "ldm r0!, {{r3, r4, r5}}",
            requantise!("r2" = "r8", "r3", "r4", "r5"),
            "strb r2, [r1, #0]",
            "ldm r0!, {{r3, r4, r5}}",
            requantise!("r2" = "r9", "r3", "r4", "r5"),
            "strb r2, [r1, #1]",
            "ldm r0!, {{r3, r4, r5}}",
            requantise!("r2" = "r10", "r3", "r4", "r5"),
            "strb r2, [r1, #2]",
            "ldm r0!, {{r3, r4, r5}}",
            requantise!("r2" = "r11", "r3", "r4", "r5"),
            "strb r2, [r1, #3]",
            "ldr r2, [sp, #32]",
            "add r1, r2",
            "str r1, [sp, #20]",
            "ldr r0, [sp, #24]",
            "subs r0, #1",
            "str r0, [sp, #24]",
            "bne.w 2b",
            "add sp, #36",
            "pop {{r4-r11}}",
            factors = const size_of::<[i32; LANES]>(),
            taps = const MAX_KERNEL,
            inout("r0") job => _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
            out("r12") _,
            out("lr") _,
        );
    }
}
