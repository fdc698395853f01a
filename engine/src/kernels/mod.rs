//! The integer operators: plain Rust, the definition of right.
//!
//! Arithmetic is that of TFLite's int8 reference kernels, bit for bit. Shapes are height, width,
//! channels, channels innermost. A kernel trusts nothing but its slices: where they are shorter than
//! the shapes say, it computes less; it never panics.

mod add;
mod conv;
mod dense;
mod depthwise;
mod exp;
mod multiply_accumulate;
mod patch;
mod pool;
mod requantise;
mod softmax;

pub use add::{AddRescale, add};
pub use conv::conv2d;
pub use dense::dense;
pub use depthwise::depthwise_conv2d;
pub use pool::{average_pool, global_average_pool, max_pool};
pub use softmax::softmax;

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
