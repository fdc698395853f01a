//! A tap of a depthwise convolution.

/// Four channels' weights, as int16 halves: 0 and 2, 1 and 3.
pub(in crate::kernels) type Tap = [u32; 2];

/// Widens four channels' weights.
pub(in crate::kernels) fn widen_tap(weights: [u8; 4]) -> Tap {
    let [a, b, c, d] = weights.map(|weight| i32::from(weight.cast_signed()).cast_unsigned());
    [a & 0xffff | c << 16, b & 0xffff | d << 16]
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
