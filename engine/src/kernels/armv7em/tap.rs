//! A tap of a depthwise convolution.

use core::arch::asm;

use crate::kernels::cortex_m::target_cpu;

/// Four channels' weights, as int16 halves: 0 and 2, 1 and 3.
pub(in crate::kernels) type Tap = [u32; 2];

/// Widens four channels' weights.
#[inline(always)]
pub(in crate::kernels) fn widen_tap(weights: [u8; 4]) -> Tap {
    let (even, odd): (u32, u32);
    // SAFETY: arithmetic on registers.
    unsafe {
        asm!(
            target_cpu!(),
            "sxtb16 {odd}, {word}, ror #8",
            "sxtb16 {even}, {word}",
            even = lateout(reg) even,
            odd = out(reg) odd,
            word = in(reg) u32::from_le_bytes(weights),
            options(pure, nomem, nostack, preserves_flags),
        );
    }
    [even, odd]
}

/// Four channels' weights.
pub(in crate::kernels) fn tap_weights([even, odd]: Tap) -> [i32; 4] {
    [even << 16, odd << 16, even, odd].map(|word| word.cast_signed() >> 16)
}

/// Four channels: values from r0, which moves on by r6, weights from r1, sums in r8 to r11.
macro_rules! tap {
    () => {
        "
            ldr.w r2, [r0]
            add.w r0, r0, r6
            ldrd r4, r5, [r1], #8
            sxtb16 r3, r2, ror #8
            sxtb16 r2, r2
            smlabb r8, r2, r4, r8
            smlabb r9, r3, r5, r9
            smlatt r10, r2, r4, r10
            smlatt r11, r3, r5, r11
        "
    };
}
pub(in crate::kernels) use tap;
