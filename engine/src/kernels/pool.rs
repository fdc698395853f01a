use super::{Input, Output};
use crate::blob::{Clamp, Rescale, Window};

/// TFLite's `MAX_POOL_2D`.
pub fn max_pool(_input: Input<'_>, _output: Output<'_>, _window: Window, _clamp: Clamp) {}

/// TFLite's `AVERAGE_POOL_2D`.
pub fn average_pool(_input: Input<'_>, _output: Output<'_>, _window: Window, _clamp: Clamp) {}

/// TFLite's `MEAN` over height and width.
pub fn global_average_pool(_input: Input<'_>, _output: Output<'_>, _rescale: Rescale) {}
