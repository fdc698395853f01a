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
#[cfg(not(cortex_m))]
pub use plain::depthwise_conv2d;
#[cfg(not(any(cortex_m, x86)))]
pub use plain::{add, conv2d};
pub use pool::{average_pool, global_average_pool, max_pool};
pub use softmax::softmax;
#[cfg(x86)]
pub use x86::{add, conv2d};

/// The definition of right, where the core has faster kernels that must agree with it.
pub mod plain {
    pub use super::add::add;
    pub use super::conv::conv2d;
    pub use super::depthwise::depthwise_conv2d;
}

use crate::blob::Tensor;

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
