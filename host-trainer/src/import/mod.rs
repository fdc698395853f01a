//! Networks that others trained: from an int8 `.tflite` file to a blob, bit for bit the same answers.
//!
//! What the engine has is taken over as it is, layer by layer: its arithmetic is TFLite's. What computes nothing is
//! folded into its neighbours (reshapes, padding, quantisation at the ends, activations). Anything else is named.

mod constant;
mod convolution;
mod dense;
mod elementwise;
mod filter;
mod folding;
mod graph;
mod hearing;
mod input;
mod layout;
mod network;
mod pooling;
mod window;

pub(crate) use graph::is_tflite;
pub use hearing::FrontEndFile;

use anyhow::{Context, anyhow, bail, ensure};
use bumpalo::Bump;
use engine::Quantisation;
use engine::blob::{Body, FrontEndParams, MAX_LABELS, Tensor};
use engine::model::Runnable;
use tract_tflite::tflite::{BuiltinOperator, TensorType};

use graph::{Graph, Operator};
use network::{NetworkBuilder, sizes};

/// What a file does not say of a network.
#[derive(Debug, Clone, Copy)]
pub struct Meaning<'a> {
    /// What the blob calls it.
    pub name: &'a str,
    /// What its outputs stand for; none where its answer is a tensor.
    pub labels: &'a [String],
    /// How it hears; None where it brings its own features.
    pub front_end: Option<&'a FrontEndFile>,
}

/// Makes a blob of a `.tflite` file, which the engine has accepted.
///
/// # Errors
/// What is not supported, with the layer and what to do; a file that is cut off or damaged; labels or a front end that
/// do not fit.
pub fn import(file: &[u8], meaning: Meaning<'_>) -> anyhow::Result<Vec<u8>> {
    let graph = Graph::read(file)?;
    let bytes = Bump::new();
    let network = network(&graph, &bytes)?;
    let answer = network.answer()?;
    ensure!(
        answer.index > 0 && answer.index == network.layers.len(),
        "its output is not what its last layer computes; convert the model without layers that nothing needs"
    );
    let NetworkBuilder { mut input, mut layers, .. } = network;
    let front_end = meaning.front_end.map(|file| file.params(&bytes, Quantisation::from(input)));
    if columns_are_time(input, answer.tensor, front_end.as_ref())? {
        layout::transpose(&bytes, &mut input, &mut layers);
    }
    ensure!(meaning.labels.len() <= MAX_LABELS, "{} labels: {MAX_LABELS} are the most", meaning.labels.len());
    ensure!(
        meaning.labels.is_empty() || meaning.labels.len() == answer.tensor.len(),
        "{} labels for {} outputs",
        meaning.labels.len(),
        answer.tensor.len()
    );
    let mut body = Body {
        name: meaning.name,
        labels: meaning.labels.iter().map(String::as_str).collect(),
        front_end,
        input,
        layers: layers.as_slice().try_into()?,
    };
    if body.front_end.is_some() {
        body.spread()?;
    }
    let blob = body.to_bytes()?;
    Runnable::from_bytes(&blob).context("the engine refuses it")?;
    Ok(blob)
}

/// The engine's layers for those of the file.
fn network<'g, 'b>(graph: &'g Graph<'g>, bytes: &'b Bump) -> anyhow::Result<NetworkBuilder<'g, 'b>> {
    let (input, names) = input::input(graph)?;
    let mut network = NetworkBuilder::new(graph, bytes, input, &names);
    for (index, operator) in graph.operators.iter().enumerate() {
        if names.contains(&operator.output) {
            continue;
        }
        let known = network.knows(operator.output);
        let appended =
            if known { Err(anyhow!("its output is written twice")) } else { append(&mut network, operator) };
        appended.with_context(|| graph.name(index))?;
    }
    Ok(network)
}

fn append(network: &mut NetworkBuilder<'_, '_>, operator: &Operator<'_>) -> anyhow::Result<()> {
    match operator.kind {
        BuiltinOperator::CONV_2D => convolution::conv2d(network, operator),
        BuiltinOperator::DEPTHWISE_CONV_2D => convolution::depthwise_conv2d(network, operator),
        BuiltinOperator::FULLY_CONNECTED => dense::fully_connected(network, operator),
        BuiltinOperator::MAX_POOL_2D | BuiltinOperator::AVERAGE_POOL_2D => pooling::pool(network, operator),
        BuiltinOperator::MEAN => pooling::mean(network, operator),
        BuiltinOperator::ADD => elementwise::add(network, operator),
        BuiltinOperator::SOFTMAX => elementwise::softmax(network, operator),
        BuiltinOperator::RELU | BuiltinOperator::RELU6 | BuiltinOperator::RELU_N1_TO_1 => {
            elementwise::activation(network, operator)
        }
        _ if operator.is_reshape() => folding::reshape(network, operator),
        BuiltinOperator::PAD => folding::pad(network, operator),
        BuiltinOperator::QUANTIZE | BuiltinOperator::DEQUANTIZE => folding::convert(network, operator),
        // Keras computes the new shapes of a reshape from the batch.
        BuiltinOperator::SHAPE | BuiltinOperator::STRIDED_SLICE | BuiltinOperator::PACK
            if network.written(operator).kind == TensorType::INT32 =>
        {
            Ok(())
        }
        kind => bail!("{}", unsupported(kind)),
    }
}

/// What to do about an operator that the engine does not have.
fn unsupported(kind: BuiltinOperator) -> String {
    let advice = match kind {
        BuiltinOperator::LOGISTIC => "end the model in a softmax over two classes",
        BuiltinOperator::CONCATENATION => "add branches up instead of joining them",
        BuiltinOperator::MUL | BuiltinOperator::SUB | BuiltinOperator::DIV => {
            "fold batch normalisation into the layers before it, scale features before the model, and do without gates \
             (squeeze and excitation)"
        }
        BuiltinOperator::LEAKY_RELU
        | BuiltinOperator::HARD_SWISH
        | BuiltinOperator::PRELU
        | BuiltinOperator::ELU
        | BuiltinOperator::GELU
        | BuiltinOperator::TANH => "train it with relu or relu6",
        BuiltinOperator::LSTM
        | BuiltinOperator::UNIDIRECTIONAL_SEQUENCE_LSTM
        | BuiltinOperator::BIDIRECTIONAL_SEQUENCE_LSTM
        | BuiltinOperator::RNN
        | BuiltinOperator::UNIDIRECTIONAL_SEQUENCE_RNN
        | BuiltinOperator::BIDIRECTIONAL_SEQUENCE_RNN
        | BuiltinOperator::SVDF
        | BuiltinOperator::WHILE => {
            "look over time by convolutions and a mean, which the engine runs as a stream, instead of a recurrent layer"
        }
        BuiltinOperator::BATCH_MATMUL => "look over time by convolutions and a mean instead of attention",
        BuiltinOperator::SPACE_TO_BATCH_ND | BuiltinOperator::BATCH_TO_SPACE_ND => {
            "train it with a dilation of 1"
        }
        BuiltinOperator::TRANSPOSE_CONV
        | BuiltinOperator::RESIZE_BILINEAR
        | BuiltinOperator::RESIZE_NEAREST_NEIGHBOR => {
            "the engine's maps only become smaller: leave the decoder out"
        }
        BuiltinOperator::TRANSPOSE => "train it with rows and columns in one order",
        _ => "the engine has convolutions, dense layers, pools, additions, means and softmax",
    };
    format!("the engine does not have {kind:?}: {advice}")
}

/// Whether the columns of the file's network are moments of time: where it has as many columns as there are frames, or,
/// without a front end, a single row, in which nothing changes but that it can run as a stream.
fn columns_are_time(
    input: Tensor,
    answer: Tensor,
    front_end: Option<&FrontEndParams<'_>>,
) -> anyhow::Result<bool> {
    let Some(front_end) = front_end else {
        return Ok(input.height == 1 && input.width > 1 && answer.width == 1);
    };
    let (frames, bands) = (front_end.frames(), usize::from(front_end.mel_bands));
    let [height, width, channels] = sizes(input);
    if height == frames && width * channels == bands {
        return Ok(false);
    }
    ensure!(
        (height, width, channels) == (bands, frames, 1) || (height, width, channels) == (1, frames, bands),
        "its input is {height} x {width} x {channels}, the front end makes {frames} frames of {bands} bands"
    );
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_supported_comes_with_what_to_do() {
        for (kind, expected) in [
            (BuiltinOperator::ELU, "ELU: train it with relu"),
            (BuiltinOperator::MUL, "squeeze and excitation"),
            (BuiltinOperator::UNIDIRECTIONAL_SEQUENCE_LSTM, "instead of a recurrent layer"),
            (BuiltinOperator::TRANSPOSE_CONV, "leave the decoder out"),
            (BuiltinOperator::GATHER, "the engine has convolutions"),
        ] {
            let message = unsupported(kind);
            assert!(message.contains(expected), "{message}");
        }
    }
}
