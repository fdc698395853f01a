//! Operators that compute nothing: they become part of others or go.

use anyhow::{bail, ensure};
use tract_tflite::tflite::TensorType;

use super::graph::Operator;
use super::network::{NetworkBuilder, Value, same_quantisation, sizes};
use crate::tensor::significant;

/// A reshape. What reads them next checks that it can.
pub(super) fn reshape(network: &mut NetworkBuilder<'_, '_>, operator: &Operator<'_>) -> anyhow::Result<()> {
    let (before, after) = (network.stored(operator, 0)?.sizes()?, network.written(operator).sizes()?);
    let is_view = significant(before) == significant(after);
    let input = if is_view { network.padded(operator, 0)? } else { network.value(operator, 0)? };
    let is_flat = significant(after).len() <= 1;
    let is_unflattened = significant(after) == significant(&sizes(input.tensor));
    ensure!(
        is_view || is_flat || is_unflattened,
        "it makes {after:?} of {before:?}: reshape only to flatten, or to add and remove sizes of 1"
    );
    network.alias(operator, input);
    Ok(())
}

/// `PAD` around rows and columns, by the value that stands for 0, which the convolution behind it takes in.
pub(super) fn pad(network: &mut NetworkBuilder<'_, '_>, operator: &Operator<'_>) -> anyhow::Result<()> {
    let input = network.padded(operator, 0)?;
    let stored = network.stored(operator, 1)?.int32()?;
    let (pairs, _) = stored.as_chunks::<2>();
    let pairs: Vec<[usize; 2]> =
        pairs.iter().map(|pair| pair.map(|size| usize::try_from(size).unwrap_or(usize::MAX))).collect();
    let (rows, columns) = match *pairs.as_slice() {
        [[0, 0], rows, columns, [0, 0]] => (rows, columns),
        // Steps in time, as a causal Conv1D has them: its map has a single row, or a single column.
        [[0, 0], steps, [0, 0]] if input.tensor.height == 1 => ([0, 0], steps),
        [[0, 0], steps, [0, 0]] => (steps, [0, 0]),
        _ => bail!(
            "it pads by {pairs:?}: rows and columns of a map can be padded, as ZeroPadding2D before a Conv2D does, \
             or steps in time"
        ),
    };
    ensure!(
        rows.iter().chain(&columns).all(|&size| size < 256),
        "it pads by {pairs:?}: a kernel has at most 255 rows and columns"
    );
    let mut padding = input.padding;
    for (padding, [before, behind]) in padding.iter_mut().zip([rows, columns]) {
        padding.before += before;
        padding.behind += behind;
    }
    network.alias(operator, Value { padding, ..input });
    Ok(())
}

/// `QUANTIZE` and `DEQUANTIZE` at the network's ends: it takes and gives int8.
pub(super) fn convert(network: &mut NetworkBuilder<'_, '_>, operator: &Operator<'_>) -> anyhow::Result<()> {
    let input = network.value(operator, 0)?;
    let output = network.written(operator);
    let is_end = operator.output == network.graph.output && output.kind != TensorType::INT8;
    let is_nothing = output.kind == TensorType::INT8
        && same_quantisation(input.tensor, network.output(operator, sizes(input.tensor))?);
    ensure!(
        is_end || is_nothing,
        "it changes the quantisation within the network, which is not supported; convert the model to int8 anew"
    );
    network.alias(operator, input);
    Ok(())
}
