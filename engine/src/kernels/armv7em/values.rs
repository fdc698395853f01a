//! What becomes of a depthwise tile's sums.

/// Requantises the sums of a channel at three positions by the factor at r0, and writes the values to where r1 points,
/// r6 apart; of a pair not the first one's.
#[rustfmt::skip]
macro_rules! values_of_one_channel {
    ($first:literal, $second:literal, $third:literal) => {
        concat!(
            "ldm r0, {{r3-r5}}\n",
            ".if ({cut} & {pair}) == 0\n",
            $crate::kernels::scalar::requantise!("r2" = $first, "r3", "r4", "r5"), "\n",
            "strb r2, [r1]\n",
            ".endif\n",
            $crate::kernels::scalar::requantise!("r2" = $second, "r3", "r4", "r5"), "\n",
            "strb r2, [r1, r6]\n",
            $crate::kernels::scalar::requantise!("r2" = $third, "r3", "r4", "r5"), "\n",
            "strb r2, [r1, r6, lsl #1]\n",
        )
    };
}
pub(super) use values_of_one_channel;
