use super::{Input, Output};
use crate::blob::{Filter, Window};

/// 2-D convolution of each channel by itself: TFLite's `DEPTHWISE_CONV_2D` with depth multiplier 1.
pub fn depthwise_conv2d(_input: Input<'_>, _output: Output<'_>, _window: Window, _filter: &Filter<'_>) {}
