//! Kernels for cores with the DSP extension: Cortex-M4, M7, M33 and their kind.
//!
//! `smlad` adds two products of halves of a word, so int8 values are widened to pairs of int16. Layers
//! outside the bounds that the fast kernels rely on go to the plain ones.

#![allow(unsafe_code)]

mod columns;
mod conv;
mod depthwise;
mod requantise;
mod runs;

pub use conv::conv2d;
pub use depthwise::depthwise_conv2d;

use core::arch::asm;

use super::requantise::saturate;
use super::{Input, Output};
use crate::blob::{Clamp, Filter};

/// Bytes 0 and 2 as int16 halves.
fn sign_extend_pair(word: u32) -> u32 {
    let pair;
    // SAFETY: `sxtb16` reads one register and writes another, and this core has it.
    unsafe {
        asm!("sxtb16 {}, {}", out(reg) pair, in(reg) word, options(pure, nomem, nostack, preserves_flags));
    }
    pair
}

/// The most weights of one output channel. Sums of so many products stay below 2^29.
const MAX_KERNEL_SIZE: usize = 576;

/// Whether every length is that of the shapes, and no step of the requantisation can overflow.
///
/// With shifts of -1 to -22, `2^(e - 1) + (zero_point << e)` stays below 2^30 and a sum below
/// 2^29 + 2^29.
fn is_in_bounds(input: Input<'_>, output: &Output<'_>, filter: &Filter<'_>, kernel_size: usize) -> bool {
    let channels = usize::from(output.tensor.channels);
    let lengths = [input.data.len(), output.data.len(), filter.weights.len(), filter.shifts.len()];
    let weights = channels.saturating_mul(kernel_size);
    lengths == [input.tensor.len(), output.tensor.len(), weights, channels]
        && [filter.bias.len(), filter.multipliers.len()] == [channels.saturating_mul(4); 2]
        && (1..=MAX_KERNEL_SIZE).contains(&kernel_size)
        && channels > 0
        && filter.channels().all(|channel| {
            channel.bias.unsigned_abs() < 1 << 29
                && channel.rescale.multiplier >= 1 << 30
                && (-22..=-1).contains(&channel.rescale.shift)
        })
}

/// The fast kernels let through all of int8; a narrower clamp comes after them.
fn clamp_all(data: &mut [i8], clamp: Clamp) {
    if clamp != Clamp::NONE {
        for value in data {
            *value = saturate((*value).into(), clamp);
        }
    }
}
