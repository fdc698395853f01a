//! What a round of a convolution's inner loops does.

/// Values of a patch that are multiplied together: those of a word.
pub(in crate::kernels) const UNIT: usize = 4;

/// Three to six positions: four weights from r1, the words of each position from r0, sums in r8 to r12 and lr.
/// Registers of sums that fewer positions leave free take words, so that one instruction loads more of them.
macro_rules! unit_at_each {
    () => {
        "
            ldr r2, [r1], #4
            .if {positions} == 3
            ldm.w r0!, {{r4-r7, r11, r12}}
            .elseif {positions} == 5
            ldm.w r0!, {{r4-r7, lr}}
            .else
            ldm.w r0!, {{r4-r7}}
            .endif
            sxtb16 r3, r2, ror #8
            sxtb16 r2, r2
            smlad r8, r4, r2, r8
            smlad r9, r6, r2, r9
            smlad r8, r5, r3, r8
            smlad r9, r7, r3, r9
            .if {positions} == 3
            smlad r10, r11, r2, r10
            smlad r10, r12, r3, r10
            .elseif {positions} == 5
            smlad r10, lr, r2, r10
            ldm.w r0!, {{r4-r7, lr}}
            smlad r11, r5, r2, r11
            smlad r12, r7, r2, r12
            smlad r10, r4, r3, r10
            smlad r11, r6, r3, r11
            smlad r12, lr, r3, r12
            .else
            ldm.w r0!, {{r4-r7}}
            smlad r10, r4, r2, r10
            smlad r11, r6, r2, r11
            smlad r10, r5, r3, r10
            smlad r11, r7, r3, r11
            .endif
            .if {positions} == 6
            ldm.w r0!, {{r4-r7}}
            smlad r12, r4, r2, r12
            smlad lr, r6, r2, lr
            smlad r12, r5, r3, r12
            smlad lr, r7, r3, lr
            .endif
        "
    };
}
pub(in crate::kernels) use unit_at_each;

/// Two positions of two channels: four weights each from r1 and r2, the words from r0, the channels' sums in r9 and
/// r10, r11 and r12.
macro_rules! unit_at_two {
    () => {
        "
            ldr r7, [r1], #4
            ldm.w r0!, {{r3-r6}}
            sxtb16 r8, r7, ror #8
            sxtb16 r7, r7
            smlad r9, r3, r7, r9
            smlad r10, r5, r7, r10
            smlad r9, r4, r8, r9
            smlad r10, r6, r8, r10
            ldr r7, [r2], #4
            sxtb16 r8, r7, ror #8
            sxtb16 r7, r7
            smlad r11, r3, r7, r11
            smlad r12, r5, r7, r12
            smlad r11, r4, r8, r11
            smlad r12, r6, r8, r12
        "
    };
}
pub(in crate::kernels) use unit_at_two;

/// One position of four channels: four values from r0, four weights each from r1, `r1 + r2`, `r1 + 2 r2` and r3, the
/// channels' sums in r8 to r11.
macro_rules! unit_of_four_channels {
    () => {
        "
            ldr r7, [r0], #4
            ldr r6, [r1, r2]
            sxtb16 r4, r7
            sxtb16 r5, r7, ror #8
            sxtb16 r7, r6
            sxtb16 r6, r6, ror #8
            smlad r9, r4, r7, r9
            smlad r9, r5, r6, r9
            ldr r6, [r1, r2, lsl #1]
            ldr lr, [r3], #4
            sxtb16 r7, r6
            sxtb16 r6, r6, ror #8
            smlad r10, r4, r7, r10
            smlad r10, r5, r6, r10
            ldr r6, [r1], #4
            sxtb16 r7, lr
            sxtb16 lr, lr, ror #8
            smlad r11, r4, r7, r11
            smlad r11, r5, lr, r11
            sxtb16 r7, r6
            sxtb16 r6, r6, ror #8
            smlad r8, r4, r7, r8
            smlad r8, r5, r6, r8
        "
    };
}
pub(in crate::kernels) use unit_of_four_channels;
