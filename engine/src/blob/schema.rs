//! A model as people think of it: what a blob is written from, and what is read back from it.
//!
//! Numbers inside the byte strings are little-endian and unaligned.

use core::num::{NonZeroU8, NonZeroU16};

use heapless::Vec;
use serde::{Deserialize, Serialize};

/// The most layers a network may have.
pub const MAX_LAYERS: usize = 64;
/// The most labels a model may tell apart.
pub const MAX_LABELS: usize = 32;
/// The most bytes of a label.
pub const MAX_LABEL_BYTES: usize = 24;

/// A whole model: how to hear, what to compute, what the results mean. Without a front end it is a network alone, whose
/// rows come from anywhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Body<'a> {
    /// A short name, for people.
    pub name: &'a str,
    /// What the outputs stand for, in the order of the scores: 1 to 32 texts of 1 to 24 bytes. A network alone may have
    /// none.
    pub labels: Vec<&'a str, MAX_LABELS>,
    /// From samples to the network's input; None of a network alone.
    pub front_end: Option<FrontEndParams<'a>>,
    /// The network's input; behind a front end height is the frames of a window, width is mel bands, with one channel.
    pub input: Tensor,
    /// The network. Layer `i` writes tensor `i + 1`; tensor 0 is the input.
    pub layers: Vec<Layer<'a>, MAX_LAYERS>,
}

/// From samples to the network's input.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(feature = "unstable"), non_exhaustive)]
pub struct FrontEndParams<'a> {
    /// Samples per second.
    pub sample_rate: u32,
    /// Samples per FFT: 512, 1024 or 2048.
    pub fft_length: u16,
    /// Samples between the centres of successive frames.
    pub hop_length: u16,
    /// Samples that an answer is made from; `1 + window_samples / hop_length` frames.
    pub window_samples: u32,
    /// Bands of the mel filter bank from 0 Hz to half the sample rate, 1 to 128.
    pub mel_bands: u16,
    /// What the bands are equally wide in.
    pub mel_scale: MelScale,
    /// From mel power to the network's int8 input.
    #[cfg_attr(not(feature = "unstable"), doc(hidden))]
    #[serde(borrow)]
    pub normalisation: Normalisation<'a>,
}

/// A scale of pitch, on which mel bands lie equally spaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(not(feature = "unstable"), non_exhaustive)]
pub enum MelScale {
    /// Slaney's, librosa's default: `3 f / 200` below 1000 Hz, `15 + 27 ln(f / 1000) / ln 6.4` above (M. Slaney,
    /// Auditory Toolbox, Interval Research report 1998-010).
    #[default]
    Slaney,
    /// `ln(1 + f / corner_hz)`. With 700 Hz it is HTK's, librosa's `htk=True` (S. Young et al., The HTK Book,
    /// section 5.4); a lower corner makes bands narrower below it and wider above.
    Logarithmic {
        /// Around here the scale goes over from linear to logarithmic, in Hz. Never 0, over which a frequency would be
        /// divided.
        corner_hz: NonZeroU16,
    },
}

/// From mel power to the network's int8 input.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Normalisation<'a> {
    /// dB below or above a reference, then an affine map per band:
    /// `q = clamp((r * multiplier + offset + 2^19) >> 20)`, with `r` in 1/128 dB.
    Decibel {
        /// `multiplier: i32, offset: i32` for each band.
        bands: &'a [u8],
        /// What `r` is relative to.
        #[serde(borrow)]
        reference: Reference<'a>,
    },
    /// A root of mel power: `q = clamp(round(power^(1 / root) * gain + offset))`. The power comes from frames, which
    /// are kept in 1/128 dB, at least 1e-10. With a root of 1 it is the original project's input, of which int8 keeps
    /// only the loudest: speech spans more than the 48 dB that lie between one step of power and 255. A root of 4
    /// brings it within 12 (power laws of hearing: H. Hermansky, "Perceptual linear predictive analysis of speech",
    /// 1990, has a root of 3).
    Power {
        /// int8 steps per unit of the root.
        gain: f32,
        /// Which root of the power.
        root: NonZeroU8,
        /// The int8 value of no power: -128 where nothing is clipped.
        offset: f32,
    },
}

/// What features in dB are relative to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Reference<'a> {
    /// The largest value of the window, the floor 80 dB below it (librosa's `ref=max, top_db=80`). Frames are kept
    /// until their window is full, and windows follow one another without overlap.
    WindowMaximum,
    /// The level that the utterance has reached, a moment ahead, and what the voice was like in the utterances
    /// before. See [`Features`](crate::front_end::Features).
    Running(#[serde(borrow)] RunningParams<'a>),
}

/// How a [running reference](Reference::Running) follows speech. Levels and differences are in 1/128 dB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningParams<'a> {
    /// The first band and the one behind the last of those whose loudest is a frame's loudness.
    pub loudness_bands: [u8; 2],
    /// For so many frames in a row a loudness has to last to become the level, 1 to 8.
    pub lasting: u8,
    /// The level is never lower.
    pub quietest: i16,
    /// Frames that wait: each is relative to the level when so many, itself among them, have come; 1 to 64.
    pub held: u8,
    /// A frame is speech unless it is so far below the level; 1 or more.
    pub speech_below: i16,
    /// So many frames without speech in a row end an utterance, and with it its level; 1 or more.
    pub pause: u16,
    /// What is known of voices in general counts as so many frames of this one; 1 or more.
    pub prior_weight: u16,
    /// No more than so many frames are remembered, so that a new voice is learnt; 1 to 16384.
    pub memory: u16,
    /// An int16 for each band: the mean of speech relative to its level, over many voices.
    pub prior: &'a [u8],
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
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Layer<'a> {
    /// The index of the tensor it reads: the layer's own index or less.
    pub input: u8,
    /// Rows of its input for which it waits besides those that it reads, so that its work falls into other steps than
    /// that of its neighbours. What it computes is the same.
    pub lag: u8,
    /// The tensor it writes.
    pub output: Tensor,
    /// What it computes.
    pub op: Op<'a>,
}

/// What a layer computes. Arithmetic: the TFLite int8 quantisation specification.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub enum Op<'a> {
    /// Convolution over every input channel. Weights: output channel, row, column, input channel.
    Conv2d {
        /// Kernel, stride and padding.
        window: Window,
        /// Weights and requantisation.
        filter: Filter<'a>,
    },
    /// Convolution of each channel by itself. Weights: row, column, channel.
    DepthwiseConv2d {
        /// Kernel, stride and padding.
        window: Window,
        /// Weights and requantisation.
        filter: Filter<'a>,
    },
    /// Matrix product with the latest rows of the input, as many as it has in a window, flattened. Weights: output,
    /// input.
    Dense {
        /// Weights and requantisation.
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
    /// The mean of each channel over all positions of the latest rows, as many as the input has in a window,
    /// requantised (TFLite's `MEAN` over height and width).
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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
