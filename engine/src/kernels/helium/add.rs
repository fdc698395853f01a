//! Addition, four values at a time.

use core::arch::asm;

use crate::kernels::cortex_m::{AddJob, ROUND, target_cpu};

const _: () = assert!(ROUND == 4, "a value in each lane");

/// `(halved - zero) 2^19 + (scaled - zero) 2^20 * factor`, requantised.
///
/// Pointers are in r1 to r3, the zero points in r4 and r5, the factors in r6 to r8 and r9 to r11: Q31
/// multipliers and shifts to the left here.
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
            "lsr r6, r6, #1",
            "rsb r8, r8, #0",
            "lsr r9, r9, #1",
            "rsb r11, r11, #0",
            "dls lr, r12",
            "2:",
            "vldrb.s32 q0, [r2], #4",
            "vldrb.s32 q1, [r1], #4",
            "vshl.i32 q0, q0, #20",
            "vsub.i32 q0, q0, r5",
            "vqrdmulh.s32 q0, q0, r6",
            "vshr.s32 q2, q0, #31",
            "vadd.i32 q0, q0, q2",
            "vadd.i32 q0, q0, r7",
            "vshl.s32 q0, r8",
            "vshl.i32 q1, q1, #19",
            "vsub.i32 q1, q1, r4",
            "vadd.i32 q0, q0, q1",
            "vqrdmulh.s32 q0, q0, r9",
            "vshr.s32 q2, q0, #31",
            "vadd.i32 q0, q0, q2",
            "vadd.i32 q0, q0, r10",
            "vshl.s32 q0, r11",
            "vqmovnb.s32 q0, q0",
            "vqmovnb.s16 q0, q0",
            "vstrb.32 q0, [r3], #4",
            "le lr, 2b",
            "pop {{r4-r11}}",
            inout("r0") job => _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
            out("r12") _,
            out("lr") _,
            out("q0") _,
            out("q1") _,
            out("q2") _,
        );
    }
}
