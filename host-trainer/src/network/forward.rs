use rand::Rng;

use super::{Network, OpSpec, Weights};
use crate::ops::{self, Statistics, Tape, Variable};

/// A forward pass in training.
pub struct Pass {
    /// What the last layer wrote, a row a sample.
    pub logits: Variable,
    /// What gradients fit, in the order of [`Weights::trainable`].
    pub parameters: Vec<Variable>,
    /// What batch normalisation saw, layer by layer.
    pub statistics: Vec<Option<Statistics>>,
}

/// Runs a batch through the network on the tape, batch normalisation by the batch's own statistics and
/// values dropped at random.
///
/// # Panics
/// If the network is not valid, or the weights or the inputs are not of its shapes.
#[must_use]
pub fn forward(
    network: &Network,
    weights: &Weights,
    inputs: Vec<f32>,
    tape: &mut Tape,
    rng: &mut impl Rng,
) -> Pass {
    let shapes = network.shapes().expect("a valid network");
    let parameters: Vec<Variable> = weights.trainable().cloned().map(Variable::new).collect();
    let mut unused = parameters.iter();
    let mut parameter = || unused.next().expect("weights of this network");
    let mut tensors = vec![Variable::constant(inputs)];
    let mut statistics = Vec::new();
    for layer in &network.layers {
        let input = &tensors[layer.input];
        let window = || layer.op.window(shapes[layer.input]).expect("an operator with a window");
        let mut seen = None;
        let output = match layer.op {
            OpSpec::Conv2d { batch_norm, relu, .. } | OpSpec::DepthwiseConv2d { batch_norm, relu, .. } => {
                let weight = parameter();
                let sums = match layer.op {
                    OpSpec::Conv2d { .. } => ops::conv2d(tape, input, weight, window()),
                    _ => ops::depthwise_conv2d(tape, input, weight, window()),
                };
                if batch_norm {
                    let (output, batch) = ops::batch_norm(tape, &sums, parameter(), parameter(), relu);
                    seen = Some(batch);
                    output
                } else {
                    let output = ops::bias(tape, &sums, parameter());
                    rectified(tape, output, relu)
                }
            }
            OpSpec::MaxPool { .. } => ops::max_pool(tape, input, window()),
            OpSpec::AveragePool { .. } | OpSpec::GlobalAveragePool => {
                ops::average_pool(tape, input, window())
            }
            OpSpec::Add { other, relu } => ops::add(tape, input, &tensors[other], relu),
            OpSpec::Dropout { rate } => ops::dropout(tape, input, rate, rng),
            OpSpec::Dense { relu, .. } => {
                let output = ops::dense(tape, input, parameter(), parameter());
                rectified(tape, output, relu)
            }
        };
        tensors.push(output);
        statistics.push(seen);
    }
    let logits = tensors.pop().expect("at least the input");
    Pass { logits, parameters, statistics }
}

fn rectified(tape: &mut Tape, output: Variable, relu: bool) -> Variable {
    if relu { ops::relu(tape, &output) } else { output }
}
