//! Addition, value by value.

use core::arch::asm;

use super::requantise;
use crate::kernels::cortex_m::{AddJob, ROUND, target_cpu};
use crate::kernels::instructions::multiply;

/// `(halved - zero) 2^19 + (scaled - zero) 2^20 * factor`, requantised.
///
/// Pointers are in r1 to r3, the zero points in r4 and r5, the factors in r6 to r8 and r9 to r11; the rounds left
/// are on the stack.
///
/// # Safety
/// All pointers are valid for [`ROUND`] values in each of `rounds`, which is not 0.
#[inline(never)]
pub(in crate::kernels) unsafe fn add_rounds(job: &AddJob) {
    // SAFETY: the caller's. All registers that are changed are saved here or named as clobbered.
    unsafe {
        asm!(
            target_cpu!(),
            "push {{r4-r11}}",
            "ldr r12, [r0, #44]",
            "ldm r0, {{r1-r11}}",
            "push {{r12}}",
            "2:",
            ".rept {round}",
            "ldrsb r0, [r2], #1",
            "rsb r0, r5, r0, lsl #20",
            multiply!("r0", "r6", "r12"), // and halved as in `requantise!`
            "add r12, r0, r0, asr #31",
            "add r12, r7",
            "asr r12, r8",
            "ldrsb r0, [r1], #1",
            "rsb r0, r4, r0, lsl #19",
            "add r0, r12",
            requantise!("r12" = "r0", "r9", "r10", "r11"),
            "strb r12, [r3], #1",
            ".endr",
            "ldr r0, [sp]",
            "subs r0, #1",
            "str r0, [sp]",
            "bne.w 2b",
            "add sp, #4",
            "pop {{r4-r11}}",
            round = const ROUND,
            inout("r0") job => _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
            out("r12") _,
            out("lr") _,
        );
    }
}
