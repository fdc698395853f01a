use super::{Input, Output};
use crate::blob::{Clamp, Rescale};

/// How the two inputs of [`add`] and their sum are scaled.
#[derive(Debug, Clone, Copy)]
pub struct AddRescale {
    /// The first input, to the common scale.
    pub input: Rescale,
    /// The second input, to the common scale.
    pub other: Rescale,
    /// The sum, to the output's scale.
    pub output: Rescale,
}

/// Sum of two tensors of one shape: TFLite's `ADD` with left shift 20.
pub fn add(_input: Input<'_>, _other: Input<'_>, _output: Output<'_>, _rescale: AddRescale, _clamp: Clamp) {}
