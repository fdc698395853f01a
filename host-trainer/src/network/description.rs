use serde::{Deserialize, Serialize};

use crate::ops::Padding;

/// A network as a list of layers. Tensor 0 is the input, tensor `i + 1` what layer `i` writes; shapes
/// are height (frames), width (mel bands), channels. The last layer yields the logits; the softmax
/// that follows them is not part of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Network {
    /// Height, width and channels of the input.
    pub input: [usize; 3],
    /// The layers, in the order in which they run.
    pub layers: Vec<LayerSpec>,
}

/// One layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerSpec {
    /// A name for people, like `stage2.residual.conv1`.
    pub name: String,
    /// The tensor it reads.
    pub input: usize,
    /// What it computes.
    pub op: OpSpec,
}

/// What a layer computes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum OpSpec {
    /// Convolution over every input channel.
    Conv2d {
        /// Channels of the output.
        channels: usize,
        /// Kernel height and width.
        kernel: [usize; 2],
        /// Step down and step right.
        stride: [usize; 2],
        /// Rows and columns of 0s around the input.
        padding: Padding,
        /// Batch normalisation instead of a bias.
        batch_norm: bool,
        /// Whether negative values are cut.
        relu: bool,
    },
    /// Convolution of each channel by itself.
    DepthwiseConv2d {
        /// Kernel height and width.
        kernel: [usize; 2],
        /// Step down and step right.
        stride: [usize; 2],
        /// Rows and columns of 0s around the input.
        padding: Padding,
        /// Batch normalisation instead of a bias.
        batch_norm: bool,
        /// Whether negative values are cut.
        relu: bool,
    },
    /// The largest value under the window, without padding.
    MaxPool {
        /// Kernel height and width.
        kernel: [usize; 2],
        /// Step down and step right.
        stride: [usize; 2],
    },
    /// The mean under the window, without padding.
    AveragePool {
        /// Kernel height and width.
        kernel: [usize; 2],
        /// Step down and step right.
        stride: [usize; 2],
    },
    /// The mean of each channel over all positions.
    GlobalAveragePool,
    /// Sum with another tensor of the same shape.
    Add {
        /// The other tensor.
        other: usize,
        /// Whether negative values are cut.
        relu: bool,
    },
    /// Values set to zero at random while training; nothing otherwise.
    Dropout {
        /// The share of values that is dropped.
        rate: f32,
    },
    /// Matrix product with the flattened input, plus a bias.
    Dense {
        /// Values of the output.
        units: usize,
        /// Whether negative values are cut.
        relu: bool,
    },
}

impl OpSpec {
    /// Whether it has batch normalisation instead of a bias.
    pub(super) const fn is_normalised(&self) -> bool {
        matches!(self, Self::Conv2d { batch_norm: true, .. } | Self::DepthwiseConv2d { batch_norm: true, .. })
    }
}
