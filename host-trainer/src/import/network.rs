//! The engine's network while it is put together, layer by layer.

use anyhow::{Context, bail, ensure};
use bumpalo::Bump;
use engine::Quantisation;
use engine::blob::{Clamp, Layer, MAX_LAYERS, Op, Tensor};
use tract_tflite::tflite::ActivationFunctionType;

use super::graph::{Graph, Operator, StoredTensor};
use crate::quantise;

/// The layers so far, and what has become of the file's tensors.
pub(super) struct NetworkBuilder<'g, 'b> {
    pub(super) graph: &'g Graph<'g>,
    /// Where the bytes of filters lie.
    pub(super) bytes: &'b Bump,
    pub(super) input: Tensor,
    pub(super) layers: Vec<Layer<'b>>,
    /// By index in the file; None of constants and of what is yet to be computed.
    values: Vec<Option<Value>>,
}

/// What a tensor of the file is in the engine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Value {
    /// 0 is the input, layer `i` writes tensor `i + 1`.
    pub(super) index: usize,
    pub(super) tensor: Tensor,
    /// Rows and columns of padding around it that the layer which reads it is to add.
    pub(super) padding: [AxisPadding; 2],
}

/// Padding along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct AxisPadding {
    pub(super) before: usize,
    pub(super) behind: usize,
}

impl<'g, 'b> NetworkBuilder<'g, 'b> {
    /// Begins with the input alone, which several tensors of the file may stand for.
    pub(super) fn new(graph: &'g Graph<'g>, bytes: &'b Bump, input: Tensor, names: &[usize]) -> Self {
        let mut values = vec![None; graph.tensors.len()];
        for &name in names {
            values[name] = Some(Value { index: 0, tensor: input, padding: Default::default() });
        }
        Self { graph, bytes, input, layers: Vec::new(), values }
    }

    /// Whether a tensor of the file is already known.
    pub(super) fn knows(&self, tensor: usize) -> bool {
        self.values[tensor].is_some()
    }

    /// The tensor of the file that is an operand.
    pub(super) fn stored(
        &self,
        operator: &Operator<'_>,
        operand: usize,
    ) -> anyhow::Result<&'g StoredTensor<'g>> {
        let index = operator.inputs.get(operand).copied().flatten();
        index.map(|index| &self.graph.tensors[index]).with_context(|| format!("operand {operand} is missing"))
    }

    /// The tensor that it writes.
    pub(super) fn written(&self, operator: &Operator<'_>) -> &'g StoredTensor<'g> {
        &self.graph.tensors[operator.output]
    }

    /// An operand that was computed, with padding around it that is still to be added.
    pub(super) fn padded(&self, operator: &Operator<'_>, operand: usize) -> anyhow::Result<Value> {
        let stored = self.stored(operator, operand)?;
        let index = operator.inputs.get(operand).copied().flatten();
        index
            .and_then(|index| self.values[index])
            .with_context(|| format!("it reads {}, which no supported layer computes", stored.name))
    }

    /// An operand that was computed.
    pub(super) fn value(&self, operator: &Operator<'_>, operand: usize) -> anyhow::Result<Value> {
        let value = self.padded(operator, operand)?;
        ensure!(
            value.padding == <[AxisPadding; 2]>::default(),
            "it reads a padded tensor; only convolutions can take the padding in"
        );
        Ok(value)
    }

    /// Says so if an operand is no longer height by width by channels as the file has it, since it was reshaped.
    pub(super) fn ensure_shape(&self, operator: &Operator<'_>, value: Value) -> anyhow::Result<()> {
        let stored = self.stored(operator, 0)?;
        let mut sizes = sizes(value.tensor);
        for (size, padding) in sizes.iter_mut().zip(value.padding) {
            *size += padding.before + padding.behind;
        }
        ensure!(
            stored.sizes()? == sizes,
            "it reads {:?} as {:?}; reshape only to flatten, or to add and remove sizes of 1",
            sizes,
            stored.sizes()?
        );
        Ok(())
    }

    /// A tensor of the operator's output, in the engine's shape.
    pub(super) fn output(&self, operator: &Operator<'_>, shape: [usize; 3]) -> anyhow::Result<Tensor> {
        let stored = self.written(operator);
        stored.sizes()?;
        ensure!(
            stored.len() == shape.iter().fold(1, |product: usize, &size| product.saturating_mul(size)),
            "its output has the shape {:?}, {shape:?} is computed",
            stored.shape
        );
        quantise::tensor(stored.activation()?, shape).context("its output is too large for the engine")
    }

    /// The bounds that a fused activation function sets to the operator's output.
    pub(super) fn clamp(
        &self,
        operator: &Operator<'_>,
        function: ActivationFunctionType,
    ) -> anyhow::Result<Clamp> {
        bounds(function, self.written(operator).activation()?)
    }

    /// Appends a layer that writes the operator's output.
    pub(super) fn push(
        &mut self,
        operator: &Operator<'_>,
        input: Value,
        output: Tensor,
        op: Op<'b>,
    ) -> anyhow::Result<()> {
        ensure!(self.layers.len() < MAX_LAYERS, "the engine has room for {MAX_LAYERS} layers");
        self.layers.push(Layer { input: u8::try_from(input.index)?, lag: 0, output, op });
        let value = Value { index: self.layers.len(), tensor: output, padding: Default::default() };
        self.alias(operator, value);
        Ok(())
    }

    /// The operator's output is what is already there.
    pub(super) fn alias(&mut self, operator: &Operator<'_>, value: Value) {
        self.values[operator.output] = Some(value);
    }

    /// Bounds the output of the layer that computes a value, which nothing else reads.
    pub(super) fn narrow(&mut self, value: Value, bounds: Clamp) -> anyhow::Result<()> {
        let layer = value.index.checked_sub(1).and_then(|index| self.layers.get_mut(index));
        let clamp = match layer.map(|layer| &mut layer.op) {
            Some(Op::Conv2d { filter, .. } | Op::DepthwiseConv2d { filter, .. } | Op::Dense { filter }) => {
                &mut filter.clamp
            }
            Some(Op::MaxPool { clamp, .. } | Op::AveragePool { clamp, .. } | Op::Add { clamp, .. }) => clamp,
            _ => bail!("it bounds what no convolution, dense layer, pool or addition writes"),
        };
        *clamp = Clamp { low: clamp.low.max(bounds.low), high: clamp.high.min(bounds.high) };
        Ok(())
    }

    /// What the file's output has become.
    pub(super) fn answer(&self) -> anyhow::Result<Value> {
        self.values[self.graph.output].context("its output is not computed")
    }
}

/// Height, width and channels.
pub(super) fn sizes(tensor: Tensor) -> [usize; 3] {
    [tensor.height, tensor.width, tensor.channels].map(usize::from)
}

/// The bounds that an activation function sets, of a tensor so quantised: TFLite's `CalculateActivationRangeQuantized`.
fn bounds(function: ActivationFunctionType, output: Quantisation) -> anyhow::Result<Clamp> {
    let quantised = |real: f32| {
        let steps = f32::from(output.zero_point) + (real / output.scale).round();
        steps.clamp(i8::MIN.into(), i8::MAX.into()) as i8
    };
    Ok(match function {
        ActivationFunctionType::NONE => Clamp::NONE,
        ActivationFunctionType::RELU => Clamp { low: quantised(0.0), ..Clamp::NONE },
        ActivationFunctionType::RELU6 => Clamp { low: quantised(0.0), high: quantised(6.0) },
        ActivationFunctionType::RELU_N1_TO_1 => Clamp { low: quantised(-1.0), high: quantised(1.0) },
        function => bail!("the activation {function:?} is not supported; relu and relu6 are"),
    })
}

/// A tensor's quantisation alone.
pub(super) fn same_quantisation(a: Tensor, b: Tensor) -> bool {
    (a.scale, a.zero_point) == (b.scale, b.zero_point)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0 is at -10, 6 is 24 steps above it, 1 is 4 steps.
    #[test]
    fn activations_bound_in_steps() {
        let output = Quantisation { scale: 0.25, zero_point: -10 };
        let bound = |function| bounds(function, output).map(|clamp| (clamp.low, clamp.high)).ok();
        assert_eq!(bound(ActivationFunctionType::NONE), Some((-128, 127)));
        assert_eq!(bound(ActivationFunctionType::RELU), Some((-10, 127)));
        assert_eq!(bound(ActivationFunctionType::RELU6), Some((-10, 14)));
        assert_eq!(bound(ActivationFunctionType::RELU_N1_TO_1), Some((-14, -6)));
        assert_eq!(bound(ActivationFunctionType::TANH), None);
        // 6 is beyond int8 where a step is small.
        let fine = Quantisation { scale: 0.01, zero_point: -128 };
        assert_eq!(bounds(ActivationFunctionType::RELU6, fine).unwrap(), Clamp::NONE);
    }
}
