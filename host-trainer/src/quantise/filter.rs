use bumpalo::Bump;
use engine::Quantisation;
use engine::blob::{Clamp, Filter, Rescale};

use super::deploy::output_channels;
use super::range::clamp;
use crate::network::{LayerWeights, OpSpec};

/// A bias never takes more than this much of an int32, so that the products beside it have room.
const LARGEST_BIAS: f64 = (1 << 29) as f64;

/// A layer's weights in int8: symmetric, one scale for each output channel.
pub struct SymmetricWeights<'w> {
    float: &'w LayerWeights,
    values: Vec<i8>,
    /// The channel of each value.
    channels: Vec<usize>,
    /// What one step of each channel's sums is worth: input scale times weight scale.
    steps: Vec<f64>,
}

impl<'w> SymmetricWeights<'w> {
    /// Rounds the weights of a layer that reads a tensor of scale `input`.
    pub fn quantise(op: &OpSpec, float: &'w LayerWeights, input: Quantisation) -> Self {
        let channels: Vec<usize> = output_channels(op, float.weight.len(), float.bias.len()).collect();
        let scales = scales(float, &channels, f64::from(input.scale));
        let values = float.weight.iter().zip(&channels).map(|(&weight, &channel)| {
            (f64::from(weight) / scales[channel]).round().clamp(-127.0, 127.0) as i8
        });
        let steps = scales.iter().map(|scale| scale * f64::from(input.scale)).collect();
        Self { float, values: values.collect(), channels, steps }
    }

    /// The coarsest step of any channel's sums.
    pub fn coarsest_step(&self) -> f64 {
        self.steps.iter().copied().fold(0.0, f64::max)
    }

    /// The weights as a blob holds them, between an input and an output.
    pub fn filter<'b>(
        &self,
        bytes: &'b Bump,
        input: Quantisation,
        output: Quantisation,
        relu: bool,
    ) -> Filter<'b> {
        let mut bias: Vec<i32> = self
            .float
            .bias
            .iter()
            .zip(&self.steps)
            .map(|(&b, s)| (f64::from(b) / s).round() as i32)
            .collect();
        for (&value, &channel) in self.values.iter().zip(&self.channels) {
            bias[channel] -= i32::from(input.zero_point) * i32::from(value);
        }
        let rescales: Vec<Rescale> =
            self.steps.iter().map(|step| Rescale::from_real(step / f64::from(output.scale))).collect();
        let weights = bytes.alloc_slice_fill_iter(self.values.iter().map(|&value| value as u8));
        stored(bytes, weights, bias, &rescales, clamp(output, relu))
    }
}

/// The largest weight of a channel becomes 127. A channel whose weights are next to nothing beside
/// its bias gets a scale at which the bias still fits.
fn scales(float: &LayerWeights, channels: &[usize], input_scale: f64) -> Vec<f64> {
    let mut largest = vec![0.0_f64; float.bias.len()];
    for (&weight, &channel) in float.weight.iter().zip(channels) {
        largest[channel] = largest[channel].max(f64::from(weight.abs()));
    }
    let scales = largest.iter().zip(&float.bias).map(|(largest, bias)| {
        let scale = (largest / 127.0).max(f64::from(bias.abs()) / (input_scale * LARGEST_BIAS));
        if scale > 0.0 { scale } else { 1.0 }
    });
    scales.collect()
}

/// A filter as a blob holds it, of a bias that has taken in the input's zero point.
pub(crate) fn stored<'b>(
    bytes: &'b Bump,
    weights: &'b [u8],
    bias: Vec<i32>,
    rescales: &[Rescale],
    clamp: Clamp,
) -> Filter<'b> {
    Filter {
        weights,
        bias: little_endian(bytes, bias),
        multipliers: little_endian(bytes, rescales.iter().map(|rescale| rescale.multiplier)),
        shifts: bytes.alloc_slice_fill_iter(rescales.iter().map(|rescale| rescale.shift as u8)),
        clamp,
    }
}

fn little_endian(bytes: &Bump, values: impl IntoIterator<Item = i32>) -> &[u8] {
    let values: Vec<u8> = values.into_iter().flat_map(i32::to_le_bytes).collect();
    bytes.alloc_slice_copy(&values)
}
