//! Operators on dfdx's tape. dfdx's own convolution and pooling need a nightly compiler; these run on a
//! stable one, over all cores.
//!
//! A batch is stored sample by sample, each row by row with channels innermost. Samples are worked on in
//! parallel, but by a dense layer; whatever is summed over samples is summed in groups of a fixed size and a fixed
//! order, so that results do not depend on the number of threads.

mod add;
mod average_pool;
mod batch_norm;
mod bias;
mod conv2d;
mod dense;
mod depthwise;
mod dropout;
mod loss;
mod max_pool;
mod padding;
mod relu;
mod sliding;
mod sliding_window;
#[cfg(test)]
mod testing;
mod tile;
mod variable;
mod vectors;

pub use add::add;
pub use average_pool::average_pool;
pub use batch_norm::{Statistics, batch_norm, normalised};
pub use bias::bias;
pub use conv2d::conv2d;
pub use dense::dense;
pub use depthwise::depthwise_conv2d;
pub use dropout::dropout;
pub use loss::cross_entropy;
pub use max_pool::max_pool;
pub use padding::Padding;
pub use relu::relu;
pub use sliding_window::SlidingWindow;
pub use variable::{Gradients, Tape, Variable};

/// The operators on plain values, without a tape.
pub(crate) mod plain {
    pub(crate) use super::add::forward as add;
    pub(crate) use super::average_pool::forward as average_pool;
    pub(crate) use super::bias::forward as bias;
    pub(crate) use super::conv2d::forward as conv2d;
    pub(crate) use super::dense::forward as dense;
    pub(crate) use super::depthwise::forward as depthwise_conv2d;
    pub(crate) use super::max_pool::forward as max_pool;
    pub(crate) use super::relu::forward as relu;
}
