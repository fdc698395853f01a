//! Kernels for hosts with AVX2, whose one instruction multiplies and adds sixteen values of 16 bits. A layer is divided
//! as by the [portable](super::portable) kernels.

#![allow(unsafe_code)]

mod add;
mod requantise;
mod tile;

pub(super) use add::add;

use super::portable::{NarrowTile, WideTile, conv2d_by};
use super::{Input, Output};
use crate::blob::{Filter, Window};

/// Whether this host has the instructions.
pub(super) fn is_capable() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
}

/// 2-D convolution over every input channel: [`plain::conv2d`](super::plain::conv2d), faster.
#[target_feature(enable = "avx2")]
pub(super) fn conv2d(
    input: Input<'_>,
    output: Output<'_>,
    window: Window,
    filter: &Filter<'_>,
    scratch: &mut [i8],
) {
    let computes = (
        |tile: &WideTile<'_, i16>| tile::compute(tile).unwrap_or_else(|| tile.compute()),
        |tile: &NarrowTile<'_, i16>| tile::compute(tile).unwrap_or_else(|| tile.compute()),
    );
    conv2d_by(input, output, window, filter, scratch, computes);
}
