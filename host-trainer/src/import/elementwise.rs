//! `ADD`, `SOFTMAX`, and activations that stand by themselves.

use anyhow::{Context, ensure};
use engine::blob::{Op, Rescale, Tensor};
use tract_tflite::tflite::{ActivationFunctionType, BuiltinOperator};

use super::graph::Operator;
use super::network::{Network, bounds, same_quantisation};

/// The factors are those of TFLite's `add.cc`: both inputs are brought to twice the larger scale, after a shift by 20.
pub(super) fn add(network: &mut Network<'_, '_>, operator: &Operator<'_>) -> anyhow::Result<()> {
    let options = operator.table.builtin_options_as_add_options().context("it has no options")?;
    let (input, other) = (network.value(operator, 0)?, network.value(operator, 1)?);
    ensure!(input.index != other.index, "it adds a tensor to itself, which is not supported");
    let shape = |tensor: Tensor| [tensor.height, tensor.width, tensor.channels].map(usize::from);
    ensure!(
        shape(input.tensor) == shape(other.tensor),
        "it adds {:?} and {:?}: tensors of one shape are supported",
        shape(input.tensor),
        shape(other.tensor)
    );
    let output = network.output(operator, shape(input.tensor))?;
    let [a, b, sum] = [input.tensor, other.tensor, output].map(|tensor| f64::from(tensor.scale));
    let common = 2.0 * a.max(b);
    let op = Op::Add {
        other: u8::try_from(other.index)?,
        input_rescale: Rescale::from_real(a / common),
        other_rescale: Rescale::from_real(b / common),
        output_rescale: Rescale::from_real(common / (f64::from(1 << 20) * sum)),
        clamp: bounds(options.fused_activation_function(), network.written(operator).activation()?)?,
    };
    network.push(operator, input, output, op)
}

pub(super) fn softmax(network: &mut Network<'_, '_>, operator: &Operator<'_>) -> anyhow::Result<()> {
    let options = operator.table.builtin_options_as_softmax_options().context("it has no options")?;
    let input = network.value(operator, 0)?;
    let stored = network.stored(operator, 0)?;
    let Tensor { height, width, channels, .. } = input.tensor;
    ensure!(
        stored.sizes()?.last() == Some(&channels.into()),
        "a softmax over {:?} is not supported; over the last axis of what was computed it is",
        stored.shape
    );
    let output = network.output(operator, [height, width, channels].map(usize::from))?;
    // TFLite's `PreprocessSoftmaxScaling`, whose input is Q5.26.
    let factor = f64::from(options.beta()) * f64::from(input.tensor.scale) * f64::from(1 << 26);
    network.push(operator, input, output, Op::Softmax { rescale: Rescale::from_real(factor) })
}

/// Bounds what the layer before it writes.
pub(super) fn activation(network: &mut Network<'_, '_>, operator: &Operator<'_>) -> anyhow::Result<()> {
    let input = network.value(operator, 0)?;
    let quantisation = network.written(operator).activation()?;
    let output = network.output(
        operator,
        [input.tensor.height, input.tensor.width, input.tensor.channels].map(usize::from),
    )?;
    let is_alone =
        operator.inputs.first().copied().flatten().is_some_and(|tensor| network.graph.readers(tensor) == 1);
    ensure!(
        is_alone && same_quantisation(input.tensor, output),
        "an activation by itself is not supported; fuse it with the layer before it (converter.optimizations)"
    );
    let function = match operator.kind {
        BuiltinOperator::RELU6 => ActivationFunctionType::RELU6,
        BuiltinOperator::RELU_N1_TO_1 => ActivationFunctionType::RELU_N1_TO_1,
        _ => ActivationFunctionType::RELU,
    };
    network.narrow(input, bounds(function, quantisation)?)?;
    network.alias(operator, input);
    Ok(())
}
