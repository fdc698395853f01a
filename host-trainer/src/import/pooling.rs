//! `MAX_POOL_2D`, `AVERAGE_POOL_2D` and `MEAN`.

use anyhow::{Context, bail, ensure};
use engine::blob::{Op, Rescale};
use tract_tflite::tflite::BuiltinOperator;

use super::graph::Operator;
use super::network::{NetworkBuilder, same_quantisation};
use super::window::ImportedWindow;

pub(super) fn pool(network: &mut NetworkBuilder<'_, '_>, operator: &Operator<'_>) -> anyhow::Result<()> {
    let options = operator.table.builtin_options_as_pool_2_doptions().context("it has no options")?;
    let input = network.value(operator, 0)?;
    network.ensure_shape(operator, input)?;
    let kernel = [options.filter_height(), options.filter_width()].map(usize::try_from);
    let [Ok(height), Ok(width)] = kernel else { bail!("it has a kernel of less than 0") };
    let sliding = ImportedWindow {
        kernel: [height, width],
        stride: [options.stride_h(), options.stride_w()],
        mode: options.padding(),
    };
    let (window, [rows, columns]) = sliding.over(input)?;
    let output = network.output(operator, [rows, columns, input.tensor.channels.into()])?;
    ensure!(
        same_quantisation(input.tensor, output),
        "its output is quantised otherwise than its input; convert the model anew"
    );
    let clamp = network.clamp(operator, options.fused_activation_function())?;
    let op = match operator.kind {
        BuiltinOperator::MAX_POOL_2D => Op::MaxPool { window, clamp },
        _ => Op::AveragePool { window, clamp },
    };
    network.push(operator, input, output, op)
}

/// The mean over all positions.
pub(super) fn mean(network: &mut NetworkBuilder<'_, '_>, operator: &Operator<'_>) -> anyhow::Result<()> {
    let input = network.value(operator, 0)?;
    let stored = network.stored(operator, 0)?;
    let rank = stored.shape.len();
    let axes = network.stored(operator, 1)?.int32()?;
    let axes: Vec<usize> = axes
        .into_iter()
        .filter_map(|axis| usize::try_from(if axis < 0 { axis + rank as i32 } else { axis }).ok())
        .collect();
    // Sizes of 1 may be left out.
    let is_over = |axis: usize| axes.contains(&axis) || stored.shape[axis] == 1;
    let last = rank.saturating_sub(1);
    ensure!(
        rank > 1
            && !axes.contains(&0)
            && !axes.contains(&last)
            && (1..last).all(is_over)
            && stored.shape[last] == usize::from(input.tensor.channels),
        "a mean over the axes {axes:?} of {:?} is not supported; over height and width it is",
        stored.shape
    );
    let output = network.output(operator, [1, 1, input.tensor.channels.into()])?;
    let rescale = Rescale::from_real(f64::from(input.tensor.scale) / f64::from(output.scale));
    network.push(operator, input, output, Op::GlobalAveragePool { rescale })
}
