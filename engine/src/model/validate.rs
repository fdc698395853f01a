//! Every check that makes inference infallible, each once, at load.

use super::layout;
use super::pace::Pace;
use super::rows::{MAX_TENSORS, histories, timings};
use crate::LoadError;
use crate::blob::{
    Channel, Clamp, Filter, FrontEndParams, Labels, Layer, Network, Normalisation, Op, Reference, Rescale,
    RunningParams, Tensor, Window,
};
use crate::error::{FrontEndError, LayerError};
use crate::front_end::{self, Affine, MAX_HELD, MAX_LASTING};

/// The largest tensor, in elements; sums of int8 values over one stay far from overflow.
const MAX_ELEMENTS: usize = 1 << 24;
/// The most values that a softmax can sum exponentials of.
const MAX_SOFTMAX_CHANNELS: u16 = 511;
/// The most frames in a window of features.
const MAX_FRAMES: usize = 1024;
/// The most rows that a tensor keeps.
const MAX_HISTORY: u16 = 4096;
/// The most frames of speech that a running reference remembers.
const MAX_MEMORY: u16 = 16_384;

/// Checks everything but the envelope, and says when the network answers.
pub(super) fn check(
    front_end: Option<&FrontEndParams<'_>>,
    labels: Labels<'_>,
    network: &Network<'_>,
) -> Result<Pace, LoadError> {
    ensure(network.is_well_formed(), LoadError::Malformed)?;
    if let Some(front_end) = front_end {
        ensure(!labels.is_empty(), LoadError::Labels)?;
        check_front_end(front_end, network).map_err(LoadError::FrontEnd)?;
    }
    let input = network.tensor(0).ok_or(LoadError::Malformed)?;
    check_tensor(input).map_err(LoadError::Input)?;
    for (index, layer) in (0..u8::MAX).zip(network.layers()) {
        check_layer(network, index, &layer).map_err(|error| LoadError::Layer { index, error })?;
    }
    check_ending(network, labels, front_end.is_some())?;
    let pace = check_rows(input, network)?;
    ensure(layout::is_sound(network), LoadError::Plan)?;
    Ok(pace)
}

/// Rows keep pace where tensors are added, and each tensor keeps as many as are needed.
fn check_rows(input: Tensor, network: &Network<'_>) -> Result<Pace, LoadError> {
    let timings = timings(network).ok_or(LoadError::Pace)?;
    let histories = histories(network, &timings);
    for (tensor, &history) in (0..MAX_TENSORS).zip(&histories) {
        let found = network.placement(tensor).unwrap_or_default().history;
        ensure(found == history && history <= MAX_HISTORY, LoadError::Plan)?;
    }
    let last = timings.last().ok_or(LoadError::Pace)?;
    Ok(Pace {
        window_rows: input.height.into(),
        first_answer: last.first.saturating_add(1),
        rows_an_answer: last.stride,
    })
}

fn check_front_end(params: &FrontEndParams<'_>, network: &Network<'_>) -> Result<(), FrontEndError> {
    ensure((4000..=192_000).contains(&params.sample_rate), FrontEndError::SampleRate)?;
    ensure(matches!(params.fft_length, 512 | 1024 | 2048), FrontEndError::FftLength)?;
    ensure(front_end::has_fft(params.fft_length), FrontEndError::FftLengthLeftOut)?;
    ensure(params.hop_length > 0, FrontEndError::HopLength)?;
    ensure((1..=128).contains(&params.mel_bands), FrontEndError::MelBands)?;
    ensure(params.window_samples > 0 && params.frames() <= MAX_FRAMES, FrontEndError::WindowLength)?;
    let input = network.tensor(0).ok_or(FrontEndError::InputShape)?;
    let shape = (usize::from(input.height), input.row_len());
    ensure(shape == (params.frames(), params.mel_bands.into()), FrontEndError::InputShape)?;
    check_normalisation(&params.normalisation, params.mel_bands)
}

fn check_normalisation(normalisation: &Normalisation<'_>, bands: u16) -> Result<(), FrontEndError> {
    match normalisation {
        Normalisation::Decibel { bands: bytes, reference } => {
            ensure(bytes.len() == usize::from(bands) * 8, FrontEndError::Normalisation)?;
            let (pairs, _) = bytes.as_chunks::<8>();
            let fits = pairs.iter().all(|&pair| Affine::from_bytes(pair).is_in_range(reference));
            ensure(fits, FrontEndError::Normalisation)?;
            match reference {
                Reference::WindowMaximum => Ok(()),
                Reference::Running(running) => ensure(is_running(running, bands), FrontEndError::Reference),
            }
        }
        Normalisation::Power { gain, offset, .. } => {
            ensure(is_scale(*gain) && offset.is_finite(), FrontEndError::Normalisation)
        }
    }
}

fn is_running(params: &RunningParams<'_>, bands: u16) -> bool {
    let [first, end] = params.loudness_bands;
    first < end
        && u16::from(end) <= bands
        && (1..=MAX_LASTING).contains(&params.lasting)
        && (1..=MAX_HELD).contains(&params.held)
        && params.speech_below > 0
        && params.pause > 0
        && params.prior_weight > 0
        && (1..=MAX_MEMORY).contains(&params.memory)
        && params.prior.len() == usize::from(bands) * 2
        && front_end::prior_values(params.prior).all(|value| value.unsigned_abs() <= 10_240)
}

fn check_layer(network: &Network<'_>, index: u8, layer: &Layer<'_>) -> Result<(), LayerError> {
    ensure(layer.inputs().all(|input| input <= index), LayerError::Input)?;
    let input = network.tensor(layer.input.into()).ok_or(LayerError::Input)?;
    let output = layer.output;
    check_tensor(output)?;
    match &layer.op {
        Op::Conv2d { window, filter } => {
            check_window(*window, input, output)?;
            check_filter(filter, layer.op.weights_per_channel(input))
        }
        Op::DepthwiseConv2d { window, filter } => {
            check_window(*window, input, output)?;
            ensure(input.channels == output.channels, LayerError::OutputShape)?;
            check_depthwise_filter(filter, output)
        }
        Op::Dense { filter } => {
            ensure((output.height, output.width) == (1, 1), LayerError::OutputShape)?;
            check_filter(filter, input.len())
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
            let second = network.tensor((*other).into()).ok_or(LayerError::Input)?;
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

fn check_tensor(tensor: Tensor) -> Result<(), LayerError> {
    ensure((1..=MAX_ELEMENTS).contains(&tensor.len()), LayerError::TensorSize)?;
    ensure(is_scale(tensor.scale), LayerError::Scale)
}

/// The last layer writes one row in a window. Where there are labels it has a value for each, and behind a front end it
/// is a softmax over them.
fn check_ending(network: &Network<'_>, labels: Labels<'_>, is_heard: bool) -> Result<(), LoadError> {
    let index = network.len().saturating_sub(1);
    let ending = LoadError::Layer { index: index as u8, error: LayerError::Ending };
    let Some(last) = network.layer(index) else { return Err(ending) };
    let is_labelled = labels.is_empty() || last.output.row_len() == labels.len();
    let is_softmax = matches!(last.op, Op::Softmax { .. }) && last.output.width == 1;
    ensure(last.output.height == 1 && is_labelled && (is_softmax || !is_heard), ending)
}

/// Kernel and stride are at least 1, every window touches the input, and no row is left out for which there is input.
fn check_window(window: Window, input: Tensor, output: Tensor) -> Result<(), LayerError> {
    let sizes = [(input.height, output.height), (input.width, output.width)];
    let axes = window.kernel.into_iter().zip(window.stride).zip(window.padding).zip(sizes);
    for (((kernel, stride), padding), (input, output)) in axes {
        ensure(kernel > 0 && stride > 0 && padding < kernel, LayerError::Window)?;
        let last_start = (u32::from(output).saturating_sub(1)) * u32::from(stride);
        ensure(last_start < u32::from(input) + u32::from(padding), LayerError::OutputShape)?;
    }
    let [kernel, stride, above] =
        [window.kernel, window.stride, window.padding].map(|[down, _]| u32::from(down));
    let behind = u32::from(output.height).saturating_mul(stride).saturating_add(kernel);
    ensure(behind > u32::from(input.height).saturating_add(above), LayerError::OutputShape)
}

fn check_filter(filter: &Filter<'_>, weights_per_channel: usize) -> Result<(), LayerError> {
    check_clamp(filter.clamp)?;
    let rows = filter.weights().chunks_exact(weights_per_channel.max(1));
    rows.zip(filter.channels()).try_for_each(|(row, channel)| check_channel(channel, row.iter()))
}

fn check_depthwise_filter(filter: &Filter<'_>, output: Tensor) -> Result<(), LayerError> {
    check_clamp(filter.clamp)?;
    (0..usize::from(output.channels)).zip(filter.channels()).try_for_each(|(index, channel)| {
        let column = filter.weights().iter().skip(index).step_by(usize::from(output.channels).max(1));
        check_channel(channel, column)
    })
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
