//! The float network on single clips, batch normalisation by its running statistics and nothing dropped.

use rayon::prelude::*;

use super::{LayerWeights, Network, OpSpec, Weights};
use crate::ops::{Statistics, normalised, plain};

/// Every tensor's values for one clip: the input, then what each layer writes.
///
/// # Panics
/// If the network is not valid, or the weights or the input are not of its shapes.
#[must_use]
pub fn activations(network: &Network, weights: &Weights, input: &[f32]) -> Vec<Vec<f32>> {
    let shapes = network.shapes().expect("a valid network");
    assert_eq!(
        input.len(),
        network.input.iter().product::<usize>(),
        "the input is not of the network's shape"
    );
    assert_eq!(weights.layers.len(), network.layers.len(), "the weights are not of this network");
    let mut tensors = vec![input.to_vec()];
    for (layer, weights) in network.layers.iter().zip(&weights.layers) {
        let output = run(&layer.op, weights, shapes[layer.input], &tensors, layer.input);
        tensors.push(output);
    }
    tensors
}

/// The logits of each clip, over all cores.
///
/// # Panics
/// As [`activations`] does.
#[must_use]
pub fn logits(network: &Network, weights: &Weights, inputs: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let last = |input: &Vec<f32>| activations(network, weights, input).pop().unwrap_or_default();
    inputs.par_iter().map(last).collect()
}

/// `exp(logit)` over their sum.
#[must_use]
pub fn softmax(logits: &[f32]) -> Vec<f32> {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let exponentials: Vec<f32> = logits.iter().map(|logit| (logit - highest).exp()).collect();
    let total: f32 = exponentials.iter().sum();
    exponentials.into_iter().map(|exponential| exponential / total).collect()
}

fn run(
    op: &OpSpec,
    weights: &LayerWeights,
    shape: [usize; 3],
    tensors: &[Vec<f32>],
    input: usize,
) -> Vec<f32> {
    let values = &tensors[input];
    let window = || op.window(shape).expect("an operator with a window");
    match *op {
        OpSpec::Conv2d { relu, .. } => {
            finish(plain::conv2d(values, &weights.weight, window()), weights, relu)
        }
        OpSpec::DepthwiseConv2d { relu, .. } => {
            finish(plain::depthwise_conv2d(values, &weights.weight, window()), weights, relu)
        }
        OpSpec::MaxPool { .. } => plain::max_pool(values, window()),
        OpSpec::AveragePool { .. } | OpSpec::GlobalAveragePool => plain::average_pool(values, window()),
        OpSpec::Add { other, relu } => plain::add(values, &tensors[other], relu),
        OpSpec::Dropout { .. } => values.clone(),
        OpSpec::Dense { relu, .. } => {
            let mut output = plain::dense(values, &weights.weight, &weights.bias);
            if relu {
                plain::relu(&mut output);
            }
            output
        }
    }
}

/// What follows a convolution's sums: batch normalisation or the bias, then the rectifier.
fn finish(mut values: Vec<f32>, weights: &LayerWeights, relu: bool) -> Vec<f32> {
    if let Some(norm) = &weights.batch_norm {
        let statistics = Statistics { mean: norm.mean.clone(), variance: norm.variance.clone() };
        return normalised(&values, &norm.gamma, &norm.beta, &statistics, relu);
    }
    plain::bias(&mut values, &weights.bias);
    if relu {
        plain::relu(&mut values);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{BatchNorm, LayerSpec};
    use crate::ops::Padding;

    #[test]
    fn worked_by_hand() {
        let convolution = OpSpec::Conv2d {
            channels: 1,
            kernel: [1, 2],
            stride: [1, 1],
            padding: Padding::NONE,
            batch_norm: true,
            relu: true,
        };
        let ops = [convolution, OpSpec::Dropout { rate: 0.5 }, OpSpec::Dense { units: 1, relu: false }];
        let layer = |(input, op)| LayerSpec { name: String::new(), input, op };
        let network = Network { input: [1, 3, 1], layers: ops.into_iter().enumerate().map(layer).collect() };
        let norm = BatchNorm {
            gamma: vec![2.0],
            beta: vec![1.0],
            mean: vec![3.0],
            variance: vec![4.0 - BatchNorm::EPSILON],
        };
        let weights = Weights {
            layers: vec![
                LayerWeights { weight: vec![1.0, -1.0], bias: Vec::new(), batch_norm: Some(norm) },
                LayerWeights::default(),
                LayerWeights { weight: vec![0.5, 2.0], bias: vec![0.25], batch_norm: None },
            ],
        };
        // Sums -1 and 5; normalised to (sum - 3) + 1.
        let tensors = activations(&network, &weights, &[1.0, 2.0, -3.0]);
        assert_eq!(tensors, [vec![1.0, 2.0, -3.0], vec![0.0, 3.0], vec![0.0, 3.0], vec![6.25]]);
        assert_eq!(logits(&network, &weights, &[vec![1.0, 2.0, -3.0]]), [[6.25]]);
    }
}
