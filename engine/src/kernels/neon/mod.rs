//! Kernels for 64-bit Arm with the dot product (Armv8.2's extension, which most cores since 2018 have): one instruction
//! multiplies and adds sixteen values of 8 bits. A layer is divided as by the [portable](super::portable) kernels.

#![allow(unsafe_code)]

mod tile;

use super::portable::{NarrowTile, WideTile, conv2d_by};
use super::{Input, Output};
use crate::blob::{Filter, Window};

/// Whether this host has the instructions.
pub(super) fn is_capable() -> bool {
    std::arch::is_aarch64_feature_detected!("dotprod")
}

/// 2-D convolution over every input channel: [`plain::conv2d`](super::plain::conv2d), faster.
#[target_feature(enable = "neon,dotprod")]
pub(super) fn conv2d(
    input: Input<'_>,
    output: Output<'_>,
    window: Window,
    filter: &Filter<'_>,
    scratch: &mut [i8],
) {
    let computes = (
        |tile: &WideTile<'_, i8>| tile::compute(tile).unwrap_or_else(|| tile.compute()),
        |tile: &NarrowTile<'_, i8>| tile::compute(tile).unwrap_or_else(|| tile.compute()),
    );
    conv2d_by(input, output, window, filter, scratch, computes);
}
