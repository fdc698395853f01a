//! What a round of a convolution's inner loops does.

/// Values of a patch that a round takes: so many make use of whole loads.
pub(in crate::kernels) const UNIT: usize = 2;

/// Three to six positions: two weights from r1, the words of each position from r0, sums in r8 to r12 and lr. Registers
/// of sums that fewer positions leave free take words, so that one instruction loads more of them.
macro_rules! unit_at_each {
    () => {
        "
            ldrsb r2, [r1], #1
            ldrsb r3, [r1], #1
            .if {positions} == 3
            ldm.w r0!, {{r4-r7, r11, r12}} // the first value at three positions, the second
            mla r8, r4, r2, r8
            mla r9, r5, r2, r9
            mla r10, r6, r2, r10
            mla r8, r7, r3, r8
            mla r9, r11, r3, r9
            mla r10, r12, r3, r10
            .elseif {positions} == 5
            ldm.w r0!, {{r4-r7, lr}} // the first value at five positions
            mla r8, r4, r2, r8
            mla r9, r5, r2, r9
            mla r10, r6, r2, r10
            mla r11, r7, r2, r11
            mla r12, lr, r2, r12
            ldm.w r0!, {{r4-r7, lr}} // the second
            mla r8, r4, r3, r8
            mla r9, r5, r3, r9
            mla r10, r6, r3, r10
            mla r11, r7, r3, r11
            mla r12, lr, r3, r12
            .else
            ldm.w r0!, {{r4-r7}} // the first value at four positions
            mla r8, r4, r2, r8
            mla r9, r5, r2, r9
            mla r10, r6, r2, r10
            mla r11, r7, r2, r11
            ldm.w r0!, {{r4-r7}}
            .endif
            .if {positions} == 4
            mla r8, r4, r3, r8
            mla r9, r5, r3, r9
            mla r10, r6, r3, r10
            mla r11, r7, r3, r11
            .elseif {positions} == 6
            mla r12, r4, r2, r12 // at the other two; the second value at two
            mla lr, r5, r2, lr
            mla r8, r6, r3, r8
            mla r9, r7, r3, r9
            ldm.w r0!, {{r4-r7}}
            mla r10, r4, r3, r10
            mla r11, r5, r3, r11
            mla r12, r6, r3, r12
            mla lr, r7, r3, lr
            .endif
        "
    };
}
pub(in crate::kernels) use unit_at_each;

/// Two positions of two channels: two weights each from r1 and r2, the words from r0, the channels' sums in r9 and
/// r10, r11 and r12.
macro_rules! unit_at_two {
    () => {
        "
            ldrsb r7, [r1], #1
            ldrsb r8, [r2], #1
            ldm.w r0!, {{r3-r6}}
            mla r9, r3, r7, r9
            mla r10, r4, r7, r10
            mla r11, r3, r8, r11
            mla r12, r4, r8, r12
            ldrsb r7, [r1], #1
            ldrsb r8, [r2], #1
            mla r9, r5, r7, r9
            mla r10, r6, r7, r10
            mla r11, r5, r8, r11
            mla r12, r6, r8, r12
        "
    };
}
pub(in crate::kernels) use unit_at_two;

/// One position of four channels: two values from r0, two weights each from r1, `r1 + r2`, `r1 + 2 r2` and r3, the
/// channels' sums in r8 to r11.
macro_rules! unit_of_four_channels {
    () => {
        concat!(
            $crate::kernels::scalar::value_of_four_channels!(),
            $crate::kernels::scalar::value_of_four_channels!(),
        )
    };
}
pub(in crate::kernels) use unit_of_four_channels;
