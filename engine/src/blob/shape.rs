//! What follows from a description: sizes, counts, names.

use super::{Clamp, Filter, FrontEndParams, Layer, Op, Tensor};

impl Tensor {
    /// Values in the tensor; a shape too large to count counts as `usize::MAX`.
    #[must_use]
    pub const fn len(&self) -> usize {
        (self.height as usize).saturating_mul(self.width as usize).saturating_mul(self.channels as usize)
    }

    /// Values in a row.
    #[must_use]
    pub const fn row_len(&self) -> usize {
        (self.width as usize).saturating_mul(self.channels as usize)
    }

    /// Whether it holds no values.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl FrontEndParams<'_> {
    /// Frames in a window: `1 + window_samples / hop_length`, 0 for a hop length of 0.
    #[must_use]
    pub fn frames(&self) -> usize {
        let hops = self.window_samples.checked_div(u32::from(self.hop_length));
        hops.map_or(0, |hops| (hops as usize).saturating_add(1))
    }
}

impl Layer<'_> {
    /// The indices of the tensors it reads.
    pub fn inputs(&self) -> impl Iterator<Item = u8> + use<> {
        let other = match self.op {
            Op::Add { other, .. } => Some(other),
            _ => None,
        };
        core::iter::once(self.input).chain(other)
    }

    /// Multiply-accumulates in a window, for the input that it reads.
    #[must_use]
    pub fn macs(&self, input: Tensor) -> u64 {
        (self.output.len() as u64).saturating_mul(self.op.weights_per_channel(input) as u64)
    }
}

impl<'a> Op<'a> {
    /// The operator's name in lower case.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Conv2d { .. } => "conv2d",
            Self::DepthwiseConv2d { .. } => "depthwise_conv2d",
            Self::Dense { .. } => "dense",
            Self::MaxPool { .. } => "max_pool",
            Self::AveragePool { .. } => "average_pool",
            Self::GlobalAveragePool { .. } => "global_average_pool",
            Self::Add { .. } => "add",
            Self::Softmax { .. } => "softmax",
        }
    }

    /// Weights of each output channel, for the input that the operator reads.
    #[must_use]
    pub fn weights_per_channel(&self, input: Tensor) -> usize {
        let taps = |kernel: [u8; 2]| usize::from(kernel[0]).saturating_mul(kernel[1].into());
        match self {
            Self::Conv2d { window, .. } => taps(window.kernel).saturating_mul(input.channels.into()),
            Self::DepthwiseConv2d { window, .. } => taps(window.kernel),
            Self::Dense { .. } => input.len(),
            _ => 0,
        }
    }

    /// The weights, for an operator that has any.
    #[must_use]
    pub const fn filter(&self) -> Option<&Filter<'a>> {
        match self {
            Self::Conv2d { filter, .. } | Self::DepthwiseConv2d { filter, .. } | Self::Dense { filter } => {
                Some(filter)
            }
            _ => None,
        }
    }
}

impl<'a> Filter<'a> {
    /// Weights and biases, counted.
    #[must_use]
    pub const fn params(&self) -> usize {
        self.weights.len() + self.bias.len() / 4
    }

    /// The weights as they are meant.
    #[must_use]
    pub fn weights(&self) -> &'a [i8] {
        bytemuck::cast_slice(self.weights)
    }

    /// Bias, multiplier and shift of each output channel, in order.
    pub fn channels(&self) -> impl Iterator<Item = Channel> + Clone + use<'a> {
        let bias = little_endian_i32s(self.bias);
        let multipliers = little_endian_i32s(self.multipliers);
        let shifts = self.shifts.iter().map(|&byte| byte as i8);
        bias.zip(multipliers).zip(shifts).map(|((bias, multiplier), shift)| Channel {
            bias,
            rescale: super::Rescale { multiplier, shift },
        })
    }
}

impl Clamp {
    /// Every int8 value is let through.
    pub const NONE: Self = Self { low: i8::MIN, high: i8::MAX };
}

/// What one output channel of a [`Filter`] adds and how it is requantised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel {
    /// What the sum starts from.
    pub bias: i32,
    /// From the sum to the output's scale.
    pub rescale: super::Rescale,
}

fn little_endian_i32s(bytes: &[u8]) -> impl Iterator<Item = i32> + Clone + use<'_> {
    bytes.as_chunks::<4>().0.iter().map(|&chunk| i32::from_le_bytes(chunk))
}
