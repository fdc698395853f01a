//! Portable kernels, the definition of right: whatever is faster must agree with them bit for bit.

mod add;
mod conv;
mod dense;
mod depthwise;
mod exp;
mod multiply_accumulate;
mod patch;
mod pool;
pub(super) mod requantise;
mod softmax;

#[cfg(cortex_m)]
pub(super) use patch::Span;

#[cfg(any(cortex_m, avx512))]
pub(super) use conv::conv2d_of;
#[cfg(any(armv7em, armv7m))]
pub(super) use dense::dense_of;
#[cfg(cortex_m)]
pub(super) use depthwise::depthwise_conv2d_of;

pub use add::{AddRescale, add};
pub use conv::conv2d;
pub use dense::dense;
pub use depthwise::depthwise_conv2d;
pub use pool::{average_pool, global_average_pool, max_pool};
pub use softmax::softmax;

use super::{Input, Output};
