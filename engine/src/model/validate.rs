//! Every check that makes inference infallible, each once, at load.

use crate::blob::{
    Body, Channel, Clamp, Filter, Layer, MAX_LABELS, Normalisation, Op, Rescale, Tensor, Window,
};
use crate::error::{FrontEndError, LayerError};
use crate::{LoadError, blob};

/// The largest tensor, in elements; sums of int8 values over one stay far from overflow.
const MAX_ELEMENTS: usize = 1 << 24;
/// The most values that a softmax can sum exponentials of.
const MAX_SOFTMAX_CHANNELS: u16 = 4095;
/// The most frames in a window of features.
const MAX_FRAMES: usize = 1024;

pub(super) fn check(body: &Body<'_>) -> Result<(), LoadError> {
    check_front_end(body).map_err(LoadError::FrontEnd)?;
    check_labels(body)?;
    for (index, layer) in body.layers.iter().enumerate() {
        check_layer(body, index, layer).map_err(|error| LoadError::Layer { index: index as u8, error })?;
    }
    check_ending(body)
}

fn check_labels(body: &Body<'_>) -> Result<(), LoadError> {
    let labels = &body.labels;
    let repeated = labels.iter().enumerate().any(|(i, label)| labels.iter().skip(i + 1).any(|l| l == label));
    if labels.is_empty() || labels.len() > MAX_LABELS || repeated { Err(LoadError::Labels) } else { Ok(()) }
}

fn check_front_end(body: &Body<'_>) -> Result<(), FrontEndError> {
    let params = &body.front_end;
    ensure((4000..=192_000).contains(&params.sample_rate), FrontEndError::SampleRate)?;
    ensure(matches!(params.fft_length, 512 | 1024 | 2048), FrontEndError::FftLength)?;
    ensure(params.hop_length > 0, FrontEndError::HopLength)?;
    ensure((1..=128).contains(&params.mel_bands), FrontEndError::MelBands)?;
    ensure(params.window_samples > 0 && params.frames() <= MAX_FRAMES, FrontEndError::WindowLength)?;
    let Tensor { height, width, channels, scale, .. } = body.input;
    let shape = (usize::from(height), usize::from(width), channels);
    ensure(
        shape == (params.mel_bands.into(), params.frames(), 1) && is_scale(scale),
        FrontEndError::InputShape,
    )?;
    check_normalisation(&params.normalisation, params.mel_bands.into())
}

fn check_normalisation(normalisation: &Normalisation<'_>, bands: usize) -> Result<(), FrontEndError> {
    match normalisation {
        Normalisation::Decibel { bands: bytes } => {
            ensure(bytes.len() == bands * 8, FrontEndError::Normalisation)?;
            let (pairs, _) = bytes.as_chunks::<8>();
            let fits = pairs.iter().all(|&[m0, m1, m2, m3, o0, o1, o2, o3]| {
                let multiplier = i64::from(i32::from_le_bytes([m0, m1, m2, m3]));
                let offset = i64::from(i32::from_le_bytes([o0, o1, o2, o3]));
                // |r| is at most 10240 and rounding adds 2^19.
                multiplier.abs() * 10_240 + offset.abs() + (1 << 19) <= i64::from(i32::MAX)
            });
            ensure(fits, FrontEndError::Normalisation)
        }
        Normalisation::Power { gain } => ensure(is_scale(*gain), FrontEndError::Normalisation),
    }
}

fn check_layer(body: &Body<'_>, index: usize, layer: &Layer<'_>) -> Result<(), LayerError> {
    ensure(layer.inputs().all(|input| usize::from(input) <= index), LayerError::Input)?;
    let input = body.tensor(layer.input.into()).ok_or(LayerError::Input)?;
    let output = layer.output;
    ensure((1..=MAX_ELEMENTS).contains(&output.len()), LayerError::TensorSize)?;
    ensure(is_scale(output.scale), LayerError::Scale)?;
    match &layer.op {
        Op::Conv2d { window, filter } => {
            check_window(*window, input, output)?;
            let taps = usize::from(window.kernel[0]) * usize::from(window.kernel[1]);
            check_filter(filter, output, taps.saturating_mul(input.channels.into()))
        }
        Op::DepthwiseConv2d { window, filter } => {
            check_window(*window, input, output)?;
            ensure(input.channels == output.channels, LayerError::OutputShape)?;
            let taps = usize::from(window.kernel[0]) * usize::from(window.kernel[1]);
            check_depthwise_filter(filter, output, taps)
        }
        Op::Dense { filter } => {
            ensure((output.height, output.width) == (1, 1), LayerError::OutputShape)?;
            check_filter(filter, output, input.len())
        }
        Op::MaxPool { window, clamp } | Op::AveragePool { window, clamp } => {
            check_window(*window, input, output)?;
            ensure(input.channels == output.channels, LayerError::OutputShape)?;
            ensure(same_quantisation(input, output), LayerError::Quantisation)?;
            check_clamp(*clamp)
        }
        Op::GlobalAveragePool { rescale } => {
            let shape = (output.height, output.width, output.channels);
            ensure(shape == (1, 1, input.channels), LayerError::OutputShape)?;
            check_rescale_range(*rescale)?;
            // A sum over positions, each at most 255 from the zero point.
            let positions = u32::from(input.height).saturating_mul(input.width.into());
            check_left_shift(rescale.divided_by(positions), i64::from(positions) * 255)
        }
        Op::Add { other, input_rescale, other_rescale, output_rescale, clamp } => {
            ensure(*other != layer.input, LayerError::Input)?;
            let second = body.tensor((*other).into()).ok_or(LayerError::Input)?;
            ensure(same_shape(input, output) && same_shape(second, output), LayerError::OutputShape)?;
            check_clamp(*clamp)?;
            let left_shifted = 255 << 20;
            ensure(input_rescale.shift <= 0 && other_rescale.shift <= 0, LayerError::Rescale)?;
            check_rescale(*input_rescale, left_shifted)?;
            check_rescale(*other_rescale, left_shifted)?;
            check_rescale(*output_rescale, 2 * left_shifted)
        }
        Op::Softmax { rescale } => {
            ensure(same_shape(input, output), LayerError::OutputShape)?;
            ensure((output.zero_point, output.scale) == (-128, 1.0 / 256.0), LayerError::Quantisation)?;
            // The kernel cuts differences off before it shifts; its sum of exponentials is Q12.19.
            ensure(output.channels <= MAX_SOFTMAX_CHANNELS, LayerError::Overflow)?;
            check_rescale_range(*rescale)?;
            ensure(rescale.shift >= 0, LayerError::Rescale)
        }
    }
}

/// The last layer is a softmax over the labels.
fn check_ending(body: &Body<'_>) -> Result<(), LoadError> {
    let index = body.layers.len().saturating_sub(1) as u8;
    let ending = LoadError::Layer { index, error: LayerError::Ending };
    let Some(last) = body.layers.last() else { return Err(ending) };
    let shape = (last.output.height, last.output.width, usize::from(last.output.channels));
    let is_softmax = matches!(last.op, Op::Softmax { .. });
    if is_softmax && shape == (1, 1, body.labels.len()) { Ok(()) } else { Err(ending) }
}

/// Kernel and stride are at least 1 and every window touches the input.
fn check_window(window: Window, input: Tensor, output: Tensor) -> Result<(), LayerError> {
    let sizes = [(input.height, output.height), (input.width, output.width)];
    let axes = window.kernel.into_iter().zip(window.stride).zip(window.padding).zip(sizes);
    for (((kernel, stride), padding), (input, output)) in axes {
        ensure(kernel > 0 && stride > 0 && padding < kernel, LayerError::Window)?;
        let last_start = (u32::from(output).saturating_sub(1)) * u32::from(stride);
        ensure(last_start < u32::from(input) + u32::from(padding), LayerError::OutputShape)?;
    }
    Ok(())
}

fn check_filter(filter: &Filter<'_>, output: Tensor, weights_per_channel: usize) -> Result<(), LayerError> {
    check_lengths(filter, output, weights_per_channel)?;
    let rows = filter.weights().chunks_exact(weights_per_channel.max(1));
    rows.zip(filter.channels()).try_for_each(|(row, channel)| check_channel(channel, row.iter()))
}

fn check_depthwise_filter(filter: &Filter<'_>, output: Tensor, taps: usize) -> Result<(), LayerError> {
    check_lengths(filter, output, taps)?;
    (0..usize::from(output.channels)).zip(filter.channels()).try_for_each(|(index, channel)| {
        let column = filter.weights().iter().skip(index).step_by(usize::from(output.channels).max(1));
        check_channel(channel, column)
    })
}

fn check_lengths(filter: &Filter<'_>, output: Tensor, weights_per_channel: usize) -> Result<(), LayerError> {
    let channels = usize::from(output.channels);
    let weights = weights_per_channel.checked_mul(channels).ok_or(LayerError::WeightsLength)?;
    let lengths = (filter.weights.len(), filter.bias.len(), filter.multipliers.len(), filter.shifts.len());
    ensure(lengths == (weights, channels * 4, channels * 4, channels), LayerError::WeightsLength)?;
    ensure(weights > 0, LayerError::WeightsLength)?;
    check_clamp(filter.clamp)
}

/// An int8 activation is at most 128 away from 0, so no sum leaves `bias +- 128 * sum(|weights|)`.
fn check_channel<'a>(channel: Channel, weights: impl Iterator<Item = &'a i8>) -> Result<(), LayerError> {
    let products = weights.map(|weight| 128 * i64::from(weight.unsigned_abs()));
    let bias = i64::from(channel.bias).abs();
    check_rescale(channel.rescale, products.fold(bias, i64::saturating_add))
}

/// The largest magnitude that meets the rescale survives its left shift in an int32.
fn check_rescale(rescale: Rescale, magnitude: i64) -> Result<(), LayerError> {
    check_rescale_range(rescale)?;
    check_left_shift(rescale, magnitude)
}

fn check_left_shift(rescale: Rescale, magnitude: i64) -> Result<(), LayerError> {
    let left_shift = u32::from(rescale.shift.max(0).unsigned_abs());
    ensure(magnitude <= i64::from(i32::MAX) >> left_shift, LayerError::Overflow)
}

fn check_rescale_range(rescale: Rescale) -> Result<(), LayerError> {
    let multiplier = rescale.multiplier == 0 || rescale.multiplier >= 1 << 30;
    ensure(multiplier && (-31..=30).contains(&rescale.shift), LayerError::Rescale)
}

fn check_clamp(clamp: Clamp) -> Result<(), LayerError> {
    ensure(clamp.low <= clamp.high, LayerError::Clamp)
}

fn same_shape(a: Tensor, b: Tensor) -> bool {
    (a.height, a.width, a.channels) == (b.height, b.width, b.channels)
}

fn same_quantisation(a: Tensor, b: Tensor) -> bool {
    a.zero_point == b.zero_point && a.scale == b.scale
}

fn is_scale(scale: f32) -> bool {
    scale.is_finite() && scale > 0.0
}

fn ensure<E>(condition: bool, error: E) -> Result<(), E> {
    if condition { Ok(()) } else { Err(error) }
}

// The schema's own limits stand between a blob and the planner's fixed-size tables.
const _: () = assert!(blob::MAX_LAYERS < u8::MAX as usize);
