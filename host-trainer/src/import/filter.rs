//! Weights with what brings their sums back to int8.

use anyhow::{Context, ensure};
use engine::blob::{Clamp, Filter, Rescale};

use super::constant::Numbers;
use super::graph::Operator;
use super::network::{NetworkBuilder, Value};
use crate::quantise;

/// int8 weights of a layer, in the engine's order.
pub(super) struct FilterWeights<'f> {
    pub(super) values: &'f [u8],
    /// Output channels, and along which axis of the file they lie.
    pub(super) channels: usize,
    pub(super) axis: usize,
    /// Whether channels are innermost, as in a depthwise convolution.
    pub(super) are_innermost: bool,
}

impl FilterWeights<'_> {
    /// The channel of each weight.
    fn channel_of_each(&self) -> Vec<usize> {
        let per_channel = (self.values.len() / self.channels.max(1)).max(1);
        let channel = |index: usize| {
            if self.are_innermost { index % self.channels } else { index / per_channel }
        };
        (0..self.values.len()).map(channel).collect()
    }
}

/// The filter of an operator that reads an activation, weights and maybe a bias.
///
/// The factor of each channel is `input scale * weight scale / output scale`, in double precision (TFLite's
/// `PopulateConvolutionQuantizationParams`), and the input's zero point goes into the bias.
pub(super) fn filter<'b>(
    network: &NetworkBuilder<'_, 'b>,
    operator: &Operator<'_>,
    input: Value,
    weights: &FilterWeights<'_>,
    clamp: Clamp,
) -> anyhow::Result<Filter<'b>> {
    let output = network.written(operator).activation()?;
    let scales = network.stored(operator, 1)?.weight_scales(weights.axis, weights.channels)?;
    let factors = scales.iter().map(|scale| f64::from(input.tensor.scale) * scale / f64::from(output.scale));
    let rescales: Vec<Rescale> = factors.map(Rescale::from_real).collect();
    let mut bias: Vec<i64> = match operator.inputs.get(2).copied().flatten() {
        Some(_) => network.stored(operator, 2)?.int32()?.into_iter().map(i64::from).collect(),
        None => vec![0; weights.channels],
    };
    ensure!(bias.len() == weights.channels, "it has {} biases for {} channels", bias.len(), weights.channels);
    let channels = weights.channel_of_each();
    for (&weight, &channel) in weights.values.iter().zip(&channels) {
        bias[channel] -= i64::from(input.tensor.zero_point) * i64::from(weight as i8);
    }
    let bias = bias.into_iter().map(i32::try_from).collect::<Result<Vec<_>, _>>();
    let bias = bias.ok().context("a bias leaves int32 together with the input's zero point")?;
    let mut numbers = Numbers { weights: weights.values.to_vec(), channels, bias, rescales };
    numbers.simplify(output, clamp);
    let Numbers { weights, bias, rescales, .. } = numbers;
    Ok(quantise::stored(network.bytes, network.bytes.alloc_slice_copy(&weights), bias, &rescales, clamp))
}
