use anyhow::{Context, bail};
use bumpalo::Bump;
use engine::Quantisation;
use engine::blob::{Filter, Layer, Op, Rescale, Window};

use super::filter::SymmetricWeights;
use super::operators::{addition, finest_sum, softmax};
use super::range::{Range, clamp, tensor};
use crate::network::{FloatModel, LayerSpec, LayerWeights, OpSpec};
use crate::ops::Padding;

/// The layers of a [`deployed`](super::deployed) model and the softmax that ends them.
pub fn quantise<'b>(bytes: &'b Bump, model: &FloatModel, ranges: &[Range]) -> anyhow::Result<Vec<Layer<'b>>> {
    let shapes = model.network.shapes()?;
    let mut tensors = vec![ranges[0].quantisation(0.0)];
    let mut layers = Vec::new();
    for (index, (spec, weights)) in model.network.layers.iter().zip(&model.weights.layers).enumerate() {
        let named = || format!("layer {} can't be quantised", spec.name);
        let (output, op) = layer(bytes, spec, weights, &tensors, ranges[index + 1]).with_context(named)?;
        layers.push(Layer {
            input: tensor_index(spec.input).with_context(named)?,
            lag: 0,
            output: tensor(output, shapes[index + 1]).with_context(named)?,
            op,
        });
        tensors.push(output);
    }
    let logits = layers.last().context("a network without layers can't be quantised")?;
    let op = softmax(f64::from(logits.output.scale / model.temperature));
    let mut output = logits.output;
    (output.scale, output.zero_point) = (1.0 / 256.0, -128);
    layers.push(Layer { input: tensor_index(layers.len())?, lag: 0, output, op });
    Ok(layers)
}

/// A layer's operator, and how its output is quantised.
fn layer<'b>(
    bytes: &'b Bump,
    spec: &LayerSpec,
    weights: &LayerWeights,
    tensors: &[Quantisation],
    range: Range,
) -> anyhow::Result<(Quantisation, Op<'b>)> {
    let input = tensors[spec.input];
    let filter = |relu| filter(bytes, spec, weights, input, range, relu);
    Ok(match spec.op {
        OpSpec::Conv2d { kernel, stride, padding, relu, .. } => {
            let (output, filter) = filter(relu);
            (output, Op::Conv2d { window: window(kernel, stride, padding)?, filter })
        }
        OpSpec::DepthwiseConv2d { kernel, stride, padding, relu, .. } => {
            let (output, filter) = filter(relu);
            (output, Op::DepthwiseConv2d { window: window(kernel, stride, padding)?, filter })
        }
        OpSpec::Dense { relu, .. } => {
            let (output, filter) = filter(relu);
            (output, Op::Dense { filter })
        }
        OpSpec::MaxPool { kernel, stride } => (
            input,
            Op::MaxPool { window: window(kernel, stride, Padding::NONE)?, clamp: clamp(input, false) },
        ),
        OpSpec::AveragePool { kernel, stride } => (
            input,
            Op::AveragePool { window: window(kernel, stride, Padding::NONE)?, clamp: clamp(input, false) },
        ),
        OpSpec::GlobalAveragePool => {
            // A mean over many positions can be finer than its values, but not by more than this.
            let output = range.quantisation(f64::from(input.scale) / 128.0);
            let rescale = Rescale::from_real(f64::from(input.scale) / f64::from(output.scale));
            (output, Op::GlobalAveragePool { rescale })
        }
        OpSpec::Add { other, relu } => add([input, tensors[other]], tensor_index(other)?, range, relu),
        OpSpec::Dropout { .. } => bail!("dropout belongs to training only"),
    })
}

fn filter<'b>(
    bytes: &'b Bump,
    spec: &LayerSpec,
    weights: &LayerWeights,
    input: Quantisation,
    range: Range,
    relu: bool,
) -> (Quantisation, Filter<'b>) {
    let weights = SymmetricWeights::quantise(&spec.op, weights, input);
    let output = range.quantisation(weights.coarsest_step());
    (output, weights.filter(bytes, input, output, relu))
}

fn add<'b>(inputs: [Quantisation; 2], other: u8, range: Range, relu: bool) -> (Quantisation, Op<'b>) {
    let scales = inputs.map(|input| input.scale);
    let output = range.quantisation(finest_sum(scales));
    (output, addition(scales, other, output.scale, clamp(output, relu)))
}

/// Padding below is not written down: it follows from the output's height.
fn window(kernel: [usize; 2], stride: [usize; 2], padding: Padding) -> anyhow::Result<Window> {
    let bytes = |[down, right]: [usize; 2]| Some([u8::try_from(down).ok()?, u8::try_from(right).ok()?]);
    let before = [padding.above, padding.sides];
    let window = || Some(Window { kernel: bytes(kernel)?, stride: bytes(stride)?, padding: bytes(before)? });
    window().context("a side of its kernel, stride or padding exceeds 255")
}

fn tensor_index(tensor: usize) -> anyhow::Result<u8> {
    u8::try_from(tensor).ok().with_context(|| format!("a blob has no tensor {tensor}"))
}
