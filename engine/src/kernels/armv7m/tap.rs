//! A tap of a depthwise convolution.

/// Four channels' weights.
pub(in crate::kernels) type Tap = [i32; 4];

/// Widens four channels' weights.
pub(in crate::kernels) fn widen_tap(weights: [u8; 4]) -> Tap {
    weights.map(|weight| weight.cast_signed().into())
}

/// Four channels' weights.
pub(in crate::kernels) const fn tap_weights(tap: Tap) -> [i32; 4] {
    tap
}

/// Four channels: values from r0, which moves on by r6, weights from r1, sums in r8 to r11.
macro_rules! tap {
    () => {
        "
            ldrd r4, r5, [r1], #8
            ldrsb.w r2, [r0, #0]
            mla r8, r2, r4, r8
            ldrsb.w r2, [r0, #1]
            mla r9, r2, r5, r9
            ldrd r4, r5, [r1], #8
            ldrsb.w r2, [r0, #2]
            mla r10, r2, r4, r10
            ldrsb.w r2, [r0, #3]
            mla r11, r2, r5, r11
            add.w r0, r0, r6
        "
    };
}
pub(in crate::kernels) use tap;
