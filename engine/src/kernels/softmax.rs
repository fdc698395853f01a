use super::{Input, Output};
use crate::blob::Rescale;

/// Probabilities over the channels of each position: TFLite's int8 `SOFTMAX`.
pub fn softmax(_input: Input<'_>, _output: Output<'_>, _rescale: Rescale) {}
