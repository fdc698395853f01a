//! `CONV_2D` and `DEPTHWISE_CONV_2D`.

use anyhow::{Context, bail, ensure};
use engine::blob::Op;

use super::filter::{FilterWeights, filter};
use super::graph::Operator;
use super::network::NetworkBuilder;
use super::window::ImportedWindow;

pub(super) fn conv2d(network: &mut NetworkBuilder<'_, '_>, operator: &Operator<'_>) -> anyhow::Result<()> {
    let options = operator.table.builtin_options_as_conv_2_doptions().context("it has no options")?;
    ensure_dense([options.dilation_h_factor(), options.dilation_w_factor()])?;
    let input = network.padded(operator, 0)?;
    network.ensure_shape(operator, input)?;
    let stored = network.stored(operator, 1)?;
    let &[channels, height, width, depth] = stored.shape.as_slice() else {
        bail!("its weights have the shape {:?}", stored.shape)
    };
    ensure!(
        depth == usize::from(input.tensor.channels),
        "its weights have {depth} input channels for {}: groups are not supported, use a depthwise or an ordinary \
         convolution",
        input.tensor.channels
    );
    let sliding = ImportedWindow {
        kernel: [height, width],
        stride: [options.stride_h(), options.stride_w()],
        mode: options.padding(),
    };
    let (window, [rows, columns]) = sliding.over(input)?;
    let output = network.output(operator, [rows, columns, channels])?;
    let clamp = network.clamp(operator, options.fused_activation_function())?;
    let weights = FilterWeights { values: stored.weights()?, channels, axis: 0, are_innermost: false };
    let filter = filter(network, operator, input, &weights, clamp)?;
    network.push(operator, input, output, Op::Conv2d { window, filter })
}

/// One that makes several channels of one is a convolution over every input channel, of which there is one.
pub(super) fn depthwise_conv2d(
    network: &mut NetworkBuilder<'_, '_>,
    operator: &Operator<'_>,
) -> anyhow::Result<()> {
    let options =
        operator.table.builtin_options_as_depthwise_conv_2_doptions().context("it has no options")?;
    ensure_dense([options.dilation_h_factor(), options.dilation_w_factor()])?;
    let input = network.padded(operator, 0)?;
    network.ensure_shape(operator, input)?;
    let stored = network.stored(operator, 1)?;
    let &[1, height, width, channels] = stored.shape.as_slice() else {
        bail!("its weights have the shape {:?}", stored.shape)
    };
    let depth = usize::from(input.tensor.channels);
    ensure!(
        channels == depth || depth == 1,
        "it makes {channels} channels of {depth}: a depth multiplier of 1 is supported, a 1 x 1 convolution behind it \
         makes more channels"
    );
    let sliding = ImportedWindow {
        kernel: [height, width],
        stride: [options.stride_h(), options.stride_w()],
        mode: options.padding(),
    };
    let (window, [rows, columns]) = sliding.over(input)?;
    let output = network.output(operator, [rows, columns, channels])?;
    let clamp = network.clamp(operator, options.fused_activation_function())?;
    let values = stored.weights()?;
    if channels == depth {
        let weights = FilterWeights { values, channels, axis: 3, are_innermost: true };
        let filter = filter(network, operator, input, &weights, clamp)?;
        return network.push(operator, input, output, Op::DepthwiseConv2d { window, filter });
    }
    let taps = values.len() / channels.max(1);
    let outermost: Vec<u8> = (0..channels)
        .flat_map(|channel| (0..taps).map(move |tap| values[tap * channels + channel]))
        .collect();
    let weights = FilterWeights { values: &outermost, channels, axis: 3, are_innermost: false };
    let filter = filter(network, operator, input, &weights, clamp)?;
    network.push(operator, input, output, Op::Conv2d { window, filter })
}

fn ensure_dense(dilation: [i32; 2]) -> anyhow::Result<()> {
    let [down, right] = dilation;
    ensure!(
        dilation == [1, 1],
        "a dilation of {down} x {right} is not supported; train it with a dilation of 1"
    );
    Ok(())
}
