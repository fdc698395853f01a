//! `FULLY_CONNECTED`.

use anyhow::{Context, bail, ensure};
use engine::blob::{Op, Window};
use tract_tflite::tflite::FullyConnectedOptionsWeightsFormat;

use super::filter::{FilterWeights, filter};
use super::graph::Operator;
use super::network::{NetworkBuilder, sizes};

/// Over all of its input, or over the channels of each position: that is a convolution with a kernel of one.
pub(super) fn fully_connected(
    network: &mut NetworkBuilder<'_, '_>,
    operator: &Operator<'_>,
) -> anyhow::Result<()> {
    let options = operator.table.builtin_options_as_fully_connected_options().context("it has no options")?;
    ensure!(
        options.weights_format() == FullyConnectedOptionsWeightsFormat::DEFAULT,
        "its weights are shuffled; convert the model anew"
    );
    let input = network.value(operator, 0)?;
    let stored = network.stored(operator, 1)?;
    let &[channels, depth] = stored.shape.as_slice() else {
        bail!("its weights have the shape {:?}", stored.shape)
    };
    let clamp = network.clamp(operator, options.fused_activation_function())?;
    let weights = FilterWeights { values: stored.weights()?, channels, axis: 0, are_innermost: false };
    let filter = filter(network, operator, input, &weights, clamp)?;
    let [height, width, inputs] = sizes(input.tensor);
    if depth == height * width * inputs {
        let output = network.output(operator, [1, 1, channels])?;
        return network.push(operator, input, output, Op::Dense { filter });
    }
    let flattened = network.stored(operator, 0)?.sizes()?;
    ensure!(
        depth == inputs && flattened.last() == Some(&inputs),
        "its weights have {depth} inputs for {height} x {width} x {inputs}"
    );
    let output = network.output(operator, [height, width, channels])?;
    let window = Window { kernel: [1; 2], stride: [1; 2], padding: [0; 2] };
    network.push(operator, input, output, Op::Conv2d { window, filter })
}
