//! The network's input: which tensor of the file it is, and in which shape.

use anyhow::{Context, bail, ensure};
use engine::blob::Tensor;
use tract_tflite::tflite::{BuiltinOperator, TensorType};

use super::graph::{Graph, Operator};
use crate::quantise;

/// The input in the engine's shape, and the tensors of the file that stand for it: what comes before the first layer
/// that computes is left out.
pub(super) fn input(graph: &Graph<'_>) -> anyhow::Result<(Tensor, Vec<usize>)> {
    let mut names = vec![graph.input];
    let mut latest = graph.input;
    while let Some(operator) = preparation(graph, latest) {
        latest = operator.output;
        ensure!(!names.contains(&latest), "it reshapes its input in a circle");
        names.push(latest);
    }
    let stored = &graph.tensors[latest];
    let shape = match *stored.sizes()? {
        [channels] => [1, 1, channels],
        [width, channels] if is_padded_in_a_row(graph, latest) => [1, width, channels],
        [height, channels] => [height, 1, channels],
        [height, width, channels] => [height, width, channels],
        _ => bail!(
            "its input has the shape {:?}: at most three sizes and the batch are supported",
            stored.shape
        ),
    };
    let tensor = quantise::tensor(stored.activation()?, shape);
    Ok((tensor.context("its input is too large for the engine")?, names))
}

/// The one operator that reads a tensor, if it only reshapes it or brings it to int8.
fn preparation<'g, 'f>(graph: &'g Graph<'f>, tensor: usize) -> Option<&'g Operator<'f>> {
    let is_int8 = graph.tensors[tensor].kind == TensorType::INT8;
    only_reader(graph, tensor)
        .filter(|reader| reader.is_reshape() || (reader.kind == BuiltinOperator::QUANTIZE && !is_int8))
}

/// Whether steps in time are padded first and then become columns of a single row, as before a causal `Conv1D`.
fn is_padded_in_a_row(graph: &Graph<'_>, tensor: usize) -> bool {
    let padded = only_reader(graph, tensor).filter(|reader| reader.kind == BuiltinOperator::PAD);
    let view = padded.and_then(|pad| only_reader(graph, pad.output)).filter(|reader| reader.is_reshape());
    view.is_some_and(|view| matches!(graph.tensors[view.output].sizes(), Ok([1, _, _])))
}

fn only_reader<'g, 'f>(graph: &'g Graph<'f>, tensor: usize) -> Option<&'g Operator<'f>> {
    let mut readers =
        graph.operators.iter().filter(|operator| operator.inputs.first() == Some(&Some(tensor)));
    readers.next().filter(|_| graph.readers(tensor) == 1)
}
