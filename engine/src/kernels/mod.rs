//! The integer operators: plain Rust, the definition of right.
//!
//! Arithmetic is that of TFLite's int8 reference kernels, bit for bit. Shapes are height, width,
//! channels, channels innermost. A kernel trusts nothing but its slices: where they are shorter than
//! the shapes say, it computes less; it never panics.

mod add;
mod conv;
#[cfg(cortex_m)]
mod cortex_m;
mod dense;
mod depthwise;
mod exp;
#[cfg(any(cortex_m, x86, test))]
mod factor;
mod multiply_accumulate;
mod patch;
mod pool;
mod requantise;
mod softmax;
#[cfg(x86)]
mod x86;

pub use add::AddRescale;
#[cfg(cortex_m)]
pub use cortex_m::{add, conv2d, depthwise_conv2d};
pub use dense::dense;
#[cfg(not(any(cortex_m, x86)))]
pub use plain::add;
#[cfg(not(cortex_m))]
pub use plain::depthwise_conv2d;
pub use pool::{average_pool, global_average_pool, max_pool};
pub use softmax::softmax;
#[cfg(x86)]
pub use x86::add;

/// The definition of right, where the core has faster kernels that must agree with it.
pub mod plain {
    pub use super::add::add;
    pub use super::conv::conv2d;
    pub use super::depthwise::depthwise_conv2d;
}

use crate::blob::Tensor;
#[cfg(not(cortex_m))]
use crate::blob::{Filter, Window};

/// The most weights of one output channel for which a convolution has faster kernels: with the DSP extension, and
/// without. Sums of so many products stay below 2^29.
pub(crate) const MAX_KERNEL_SIZES: [usize; 2] = [1024, 288];

/// Bytes of scratch memory with which [`conv2d`] is fast on every core, for so many weights of an output channel.
///
/// Some input values are laid out there, once as they are and six times widened to 16 bits, or to 32 where there is
/// no DSP extension.
#[must_use]
pub const fn conv2d_scratch_bytes(kernel_size: usize) -> usize {
    // A step more than the values need, at an address of which nothing is known.
    const SLACK: usize = 136;
    let [with_dsp, without] = MAX_KERNEL_SIZES;
    if kernel_size > with_dsp {
        return 0;
    }
    let halves = 12 * kernel_size;
    let words = if kernel_size > without { 0 } else { 24 * kernel_size };
    SLACK + kernel_size + if words > halves { words } else { halves }
}

/// 2-D convolution over every input channel: [`plain::conv2d`], on some cores faster.
///
/// It is so with [`conv2d_scratch_bytes`] of `scratch` memory.
#[cfg(not(cortex_m))]
pub fn conv2d(
    input: Input<'_>,
    output: Output<'_>,
    window: Window,
    filter: &Filter<'_>,
    _scratch: &mut [i8],
) {
    #[cfg(x86)]
    x86::conv2d(input, output, window, filter);
    #[cfg(not(x86))]
    plain::conv2d(input, output, window, filter);
}

/// A tensor to read.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Shape and quantisation.
    pub tensor: Tensor,
    /// `height * width * channels` values.
    pub data: &'a [i8],
}

/// A tensor to write.
#[derive(Debug)]
pub struct Output<'a> {
    /// Shape and quantisation.
    pub tensor: Tensor,
    /// `height * width * channels` values.
    pub data: &'a mut [i8],
}

/// A tensor without its first values.
#[cfg(any(cortex_m, x86))]
fn tail(input: Input<'_>, first: usize) -> Input<'_> {
    Input { data: patch::tail(input.data, first), ..input }
}
