//! `ADD`, `SOFTMAX`, and activations that stand by themselves.

use anyhow::{Context, ensure};
use tract_tflite::tflite::{ActivationFunctionType, BuiltinOperator};

use super::graph::Operator;
use super::network::{NetworkBuilder, same_quantisation, sizes};
use crate::quantise;

pub(super) fn add(network: &mut NetworkBuilder<'_, '_>, operator: &Operator<'_>) -> anyhow::Result<()> {
    let options = operator.table.builtin_options_as_add_options().context("it has no options")?;
    let (input, other) = (network.value(operator, 0)?, network.value(operator, 1)?);
    ensure!(input.index != other.index, "it adds a tensor to itself, which is not supported");
    ensure!(
        sizes(input.tensor) == sizes(other.tensor),
        "it adds {:?} and {:?}: tensors of one shape are supported; a constant belongs into the bias of the layer \
         before",
        sizes(input.tensor),
        sizes(other.tensor)
    );
    let output = network.output(operator, sizes(input.tensor))?;
    let clamp = network.clamp(operator, options.fused_activation_function())?;
    let scales = [input.tensor.scale, other.tensor.scale];
    let op = quantise::addition(scales, u8::try_from(other.index)?, output.scale, clamp);
    network.push(operator, input, output, op)
}

pub(super) fn softmax(network: &mut NetworkBuilder<'_, '_>, operator: &Operator<'_>) -> anyhow::Result<()> {
    let options = operator.table.builtin_options_as_softmax_options().context("it has no options")?;
    let input = network.value(operator, 0)?;
    let stored = network.stored(operator, 0)?;
    let shape @ [.., channels] = sizes(input.tensor);
    ensure!(
        stored.sizes()?.last() == Some(&channels),
        "a softmax over {:?} is not supported; over the last axis of what was computed it is",
        stored.shape
    );
    let output = network.output(operator, shape)?;
    let step = f64::from(options.beta()) * f64::from(input.tensor.scale);
    network.push(operator, input, output, quantise::softmax(step))
}

/// Bounds what the layer before it writes.
pub(super) fn activation(
    network: &mut NetworkBuilder<'_, '_>,
    operator: &Operator<'_>,
) -> anyhow::Result<()> {
    let input = network.value(operator, 0)?;
    let output = network.output(operator, sizes(input.tensor))?;
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
    network.narrow(input, network.clamp(operator, function)?)?;
    network.alias(operator, input);
    Ok(())
}
