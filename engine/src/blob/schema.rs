//! What a blob's body holds, in the order in which postcard writes it.
//!
//! Numbers inside the byte strings are little-endian and unaligned.

use core::num::NonZeroU16;

use heapless::Vec;
use serde::{Deserialize, Serialize};

use crate::Emotion;

/// The most layers a network may have.
pub const MAX_LAYERS: usize = 64;
/// The most labels a model may tell apart: one per [`Emotion`].
pub const MAX_LABELS: usize = 8;

/// A whole model: how to hear, what to compute, what the results mean.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Body<'a> {
    /// A short name, for people.
    pub name: &'a str,
    /// What the outputs stand for, in the order of the scores.
    pub labels: Vec<Emotion, MAX_LABELS>,
    /// From samples to the network's input.
    pub front_end: FrontEndParams<'a>,
    /// The network's input: height is mel bands, width is frames, one channel.
    pub input: Tensor,
    /// The network. Layer `i` writes tensor `i + 1`; tensor 0 is the input.
    pub layers: Vec<Layer<'a>, MAX_LAYERS>,
}

impl Body<'_> {
    /// Nothing yet. (A constant would lie in flash with room for all layers.)
    #[inline]
    pub(crate) fn empty() -> Self {
        let front_end = FrontEndParams {
            sample_rate: 0,
            fft_length: 0,
            hop_length: 0,
            window_samples: 0,
            mel_bands: 0,
            mel_scale: MelScale::Slaney,
            normalisation: Normalisation::Power { gain: 0.0 },
        };
        let input = Tensor { height: 0, width: 0, channels: 0, zero_point: 0, scale: 0.0 };
        Self { name: "", labels: Vec::new(), front_end, input, layers: Vec::new() }
    }
}

/// From samples to the network's input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrontEndParams<'a> {
    /// Samples per second.
    pub sample_rate: u32,
    /// Samples per FFT: 512, 1024 or 2048.
    pub fft_length: u16,
    /// Samples between the centres of successive frames.
    pub hop_length: u16,
    /// Samples that make up one window of features; `1 + window_samples / hop_length` frames.
    pub window_samples: u32,
    /// Bands of the mel filter bank from 0 Hz to half the sample rate, 1 to 128.
    pub mel_bands: u16,
    /// What the bands are equally wide in.
    pub mel_scale: MelScale,
    /// From mel power to the network's int8 input.
    #[serde(borrow)]
    pub normalisation: Normalisation<'a>,
}

/// A scale of pitch, on which mel bands lie equally spaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MelScale {
    /// Slaney's, librosa's default: `3 f / 200` below 1000 Hz, `15 + 27 ln(f / 1000) / ln 6.4` above (M. Slaney,
    /// Auditory Toolbox, Interval Research report 1998-010).
    #[default]
    Slaney,
    /// `ln(1 + f / corner_hz)`. With 700 Hz it is HTK's, librosa's `htk=True` (S. Young et al., The HTK Book,
    /// section 5.4); a lower corner makes bands narrower below it and wider above.
    Logarithmic {
        /// Around here the scale goes over from linear to logarithmic, in Hz. (A plain number would leave the type
        /// values that mean nothing; a session without a model would be marked by one, and then lie in flash as a
        /// whole, as its memory would not start as zeros.)
        corner_hz: NonZeroU16,
    },
}

/// From mel power to the network's int8 input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Normalisation<'a> {
    /// dB below the window's maximum, floored at -80 dB, then an affine map per band:
    /// `q = clamp((r * multiplier + offset + 2^19) >> 20)`, with `r` in 1/128 dB (-10240 to 0).
    Decibel {
        /// `multiplier: i32, offset: i32` for each band.
        bands: &'a [u8],
    },
    /// Mel power itself: `q = clamp(round(power * gain) - 128)`, the original project's input. The power
    /// comes from the window, which keeps it in 1/128 dB, at least 1e-10.
    Power {
        /// int8 steps per unit of power.
        gain: f32,
    },
}

/// The shape and quantisation of an int8 tensor, stored row by row, channels innermost (HWC).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Tensor {
    /// Rows.
    pub height: u16,
    /// Columns.
    pub width: u16,
    /// Values at each position.
    pub channels: u16,
    /// The int8 value that stands for 0.
    pub zero_point: i8,
    /// What one step is worth. Inference never reads it; it is here for tools.
    pub scale: f32,
}

/// One step of the network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Layer<'a> {
    /// The index of the tensor it reads: the layer's own index or less.
    pub input: u8,
    /// The tensor it writes.
    pub output: Tensor,
    /// What it computes.
    #[serde(borrow)]
    pub op: Op<'a>,
}

/// What a layer computes. Arithmetic: the TFLite int8 quantisation specification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Op<'a> {
    /// Convolution over every input channel. Weights: output channel, row, column, input channel.
    Conv2d {
        /// Kernel, stride and padding.
        window: Window,
        /// Weights and requantisation.
        #[serde(borrow)]
        filter: Filter<'a>,
    },
    /// Convolution of each channel by itself. Weights: row, column, channel.
    DepthwiseConv2d {
        /// Kernel, stride and padding.
        window: Window,
        /// Weights and requantisation.
        #[serde(borrow)]
        filter: Filter<'a>,
    },
    /// Matrix product with the flattened input. Weights: output, input.
    Dense {
        /// Weights and requantisation.
        #[serde(borrow)]
        filter: Filter<'a>,
    },
    /// The largest value under the window. Quantisation passes through.
    MaxPool {
        /// Kernel, stride and padding.
        window: Window,
        /// Bounds of the output.
        clamp: Clamp,
    },
    /// The mean under the window, padding not counted. Quantisation passes through.
    AveragePool {
        /// Kernel, stride and padding.
        window: Window,
        /// Bounds of the output.
        clamp: Clamp,
    },
    /// The mean of each channel over all positions, requantised (TFLite's `MEAN` over height and width).
    GlobalAveragePool {
        /// Input scale over output scale.
        rescale: Rescale,
    },
    /// Sum of two tensors of one shape (TFLite's `ADD`, left shift 20).
    Add {
        /// The index of the second tensor, other than the first.
        other: u8,
        /// The layer's input, to the common scale.
        input_rescale: Rescale,
        /// The second tensor, to the common scale.
        other_rescale: Rescale,
        /// The sum, to the output's scale.
        output_rescale: Rescale,
        /// Bounds of the output.
        clamp: Clamp,
    },
    /// Probabilities over the channels of each position; output scale 1/256, zero point -128.
    Softmax {
        /// Input scale over temperature, times 2^26 (TFLite's `input_multiplier` and `input_left_shift`).
        rescale: Rescale,
    },
}

/// A sliding window: rows first, then columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Kernel height and width.
    pub kernel: [u8; 2],
    /// Step down and step right.
    pub stride: [u8; 2],
    /// Padding above and to the left. Below and to the right it follows from the output's shape.
    pub padding: [u8; 2],
}

/// Weights of a layer, with what brings its int32 sums back to int8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter<'a> {
    /// int8 weights, symmetric, one scale for each output channel.
    pub weights: &'a [u8],
    /// An int32 for each output channel, the input's zero point folded in:
    /// `bias - zero_point * sum(weights)`. Padding therefore reads as the zero point.
    pub bias: &'a [u8],
    /// A Q31 int32 for each output channel: input scale * weight scale / output scale, as
    /// `multiplier * 2^(shift - 31)`.
    pub multipliers: &'a [u8],
    /// An int8 for each output channel; positive shifts left.
    pub shifts: &'a [u8],
    /// Bounds of the output; a ReLU's lower bound is the output's zero point.
    pub clamp: Clamp,
}

/// A real factor as `multiplier * 2^(shift - 31)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rescale {
    /// Q31, at least 2^30, or 0.
    pub multiplier: i32,
    /// Positive shifts left.
    pub shift: i8,
}

/// Bounds, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clamp {
    /// The lowest value let through.
    pub low: i8,
    /// The highest value let through.
    pub high: i8,
}
