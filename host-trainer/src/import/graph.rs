//! What a `.tflite` file holds, with every index checked.

use anyhow::{Context, bail, ensure};
use engine::Quantisation;
use tract_tflite::tflite::{self as schema, BuiltinOperator, TensorType};

/// Whether bytes begin as a `.tflite` file does.
pub(crate) fn is_tflite(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"TFL3")
}

/// The one subgraph of a file.
pub(super) struct Graph<'f> {
    pub(super) tensors: Vec<StoredTensor<'f>>,
    pub(super) operators: Vec<Operator<'f>>,
    pub(super) input: usize,
    pub(super) output: usize,
}

/// A tensor as the file describes it.
pub(super) struct StoredTensor<'f> {
    pub(super) name: &'f str,
    /// The batch first.
    pub(super) shape: Vec<usize>,
    pub(super) kind: TensorType,
    scales: Vec<f32>,
    zero_points: Vec<i64>,
    /// Along which axis there is a scale for each index, if there are several.
    axis: usize,
    /// The values of a constant.
    pub(super) data: Option<&'f [u8]>,
}

/// An operator with the tensors that it reads and writes.
pub(super) struct Operator<'f> {
    pub(super) kind: BuiltinOperator,
    /// None where an operand is left out.
    pub(super) inputs: Vec<Option<usize>>,
    pub(super) output: usize,
    /// For its options.
    pub(super) table: schema::Operator<'f>,
}

impl<'f> Graph<'f> {
    /// Reads a file.
    pub(super) fn read(bytes: &'f [u8]) -> anyhow::Result<Self> {
        ensure!(is_tflite(bytes), "it is not a .tflite file");
        // What the verifier says is many lines long and means nothing to a user.
        let model =
            schema::root_as_model(bytes).ok().context("the file is cut off or damaged; copy it again")?;
        let subgraphs = model.subgraphs().unwrap_or_default();
        ensure!(subgraphs.len() == 1, "it has {} subgraphs, one is supported", subgraphs.len());
        let subgraph = subgraphs.get(0);
        let buffers: Vec<_> = model.buffers().unwrap_or_default().iter().collect();
        let tensors = subgraph.tensors().unwrap_or_default().iter();
        let tensors = tensors
            .map(|tensor| StoredTensor::read(&tensor, &buffers))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let codes: Vec<_> = model.operator_codes().unwrap_or_default().iter().collect();
        let operators = subgraph.operators().unwrap_or_default().iter().enumerate();
        let operators = operators.map(|(index, table)| {
            Operator::read(table, &codes, tensors.len()).with_context(|| format!("layer {index}"))
        });
        let operators = operators.collect::<anyhow::Result<_>>()?;
        Ok(Self {
            operators,
            input: only("input", subgraph.inputs(), tensors.len())?,
            output: only("output", subgraph.outputs(), tensors.len())?,
            tensors,
        })
    }

    /// How many operators read a tensor; the caller who reads the graph's output counts as one.
    pub(super) fn readers(&self, tensor: usize) -> usize {
        let read = self.operators.iter().flat_map(|operator| &operator.inputs).flatten();
        read.filter(|&&input| input == tensor).count() + usize::from(self.output == tensor)
    }

    /// What a message calls an operator.
    pub(super) fn name(&self, index: usize) -> String {
        let Some(operator) = self.operators.get(index) else { return format!("layer {index}") };
        let output = self.tensors.get(operator.output).map_or("", |tensor| tensor.name);
        // Names of fused operators list all that they were made from.
        let output = output.split(';').next().unwrap_or_default();
        format!("layer {index} ({:?}, {output})", operator.kind)
    }
}

impl<'f> Operator<'f> {
    /// Whether the values stay where they are, in another shape.
    pub(super) const fn is_reshape(&self) -> bool {
        matches!(
            self.kind,
            BuiltinOperator::RESHAPE | BuiltinOperator::SQUEEZE | BuiltinOperator::EXPAND_DIMS
        )
    }

    fn read(
        table: schema::Operator<'f>,
        codes: &[schema::OperatorCode<'f>],
        tensors: usize,
    ) -> anyhow::Result<Self> {
        let code = codes.get(table.opcode_index() as usize).context("it has no operator code")?;
        // Files of before 2020 have the number in a byte.
        let number = code.builtin_code().0.max(code.deprecated_builtin_code().into());
        let kind = BuiltinOperator(number);
        if kind == BuiltinOperator::CUSTOM {
            bail!("the custom operator {} is not supported", code.custom_code().unwrap_or_default());
        }
        let index = |index: i32| usize::try_from(index).ok().filter(|&index| index < tensors);
        let inputs = table.inputs().unwrap_or_default().iter();
        let inputs = inputs.map(|number| match number {
            -1 => Ok(None),
            number => index(number).map(Some).context("it reads a tensor that is not there"),
        });
        let outputs: Vec<i32> = table.outputs().unwrap_or_default().iter().collect();
        let &[output] = outputs.as_slice() else {
            bail!("{kind:?} has {} outputs, one is supported", outputs.len())
        };
        Ok(Self {
            kind,
            inputs: inputs.collect::<anyhow::Result<_>>()?,
            output: index(output).context("it writes a tensor that is not there")?,
            table,
        })
    }
}

impl<'f> StoredTensor<'f> {
    fn read(tensor: &schema::Tensor<'f>, buffers: &[schema::Buffer<'f>]) -> anyhow::Result<Self> {
        let name = tensor.name().unwrap_or_default();
        let damaged = || format!("tensor {name} is damaged");
        ensure!(tensor.sparsity().is_none(), "tensor {name} is sparse; convert the model without sparsity");
        let sizes = tensor.shape().unwrap_or_default().iter();
        let shape = sizes.map(|size| usize::try_from(size).ok()).collect::<Option<Vec<_>>>();
        let quantisation = tensor.quantization();
        let list = |axis: i32| usize::try_from(axis).with_context(damaged);
        let buffer = buffers.get(tensor.buffer() as usize).with_context(damaged)?;
        Ok(Self {
            name,
            shape: shape.with_context(damaged)?,
            kind: tensor.type_(),
            scales: quantisation
                .and_then(|q| q.scale())
                .map(|scales| scales.iter().collect())
                .unwrap_or_default(),
            zero_points: quantisation
                .and_then(|q| q.zero_point())
                .map(|points| points.iter().collect())
                .unwrap_or_default(),
            axis: list(quantisation.map_or(0, |q| q.quantized_dimension()))?,
            data: buffer.data().map(|data| data.bytes()).filter(|data| !data.is_empty()),
        })
    }

    /// Values in the tensor.
    pub(super) fn len(&self) -> usize {
        self.shape.iter().fold(1, |product, &size| product.saturating_mul(size))
    }

    /// The shape without the batch, which has to be 1.
    pub(super) fn sizes(&self) -> anyhow::Result<&[usize]> {
        match self.shape.as_slice() {
            [1, sizes @ ..] if !sizes.is_empty() && !sizes.contains(&0) => Ok(sizes),
            shape => bail!(
                "tensor {} has the shape {shape:?}; convert the model with a batch of 1 and all sizes fixed",
                self.name
            ),
        }
    }

    /// The quantisation of an activation.
    pub(super) fn activation(&self) -> anyhow::Result<Quantisation> {
        self.ensure_int8()?;
        let (&[scale], &[zero_point]) = (self.scales.as_slice(), self.zero_points.as_slice()) else {
            bail!("tensor {} has {} scales, an activation has one", self.name, self.scales.len());
        };
        let zero_point = i8::try_from(zero_point).ok().with_context(|| {
            format!("tensor {} has the zero point {zero_point}, which is not int8", self.name)
        })?;
        ensure!(scale.is_finite() && scale > 0.0, "tensor {} has the scale {scale}", self.name);
        Ok(Quantisation { scale, zero_point })
    }

    /// Constant int8 weights.
    pub(super) fn weights(&self) -> anyhow::Result<&'f [u8]> {
        self.ensure_int8()?;
        let data = self
            .data
            .with_context(|| format!("tensor {} is computed; weights have to be constants", self.name))?;
        ensure!(data.len() == self.len(), "tensor {} is cut off", self.name);
        Ok(data)
    }

    /// A scale for each output channel of weights, which lie along `axis`.
    pub(super) fn weight_scales(&self, axis: usize, channels: usize) -> anyhow::Result<Vec<f64>> {
        let symmetric = self.zero_points.iter().all(|&point| point == 0);
        ensure!(
            symmetric,
            "the weights {} have a zero point other than 0; convert the model to int8 anew",
            self.name
        );
        let is_fit = self.scales.len() == 1 || (self.scales.len() == channels && self.axis == axis);
        ensure!(
            is_fit,
            "the weights {} have {} scales along axis {}, {channels} along axis {axis} or one are supported",
            self.name,
            self.scales.len(),
            self.axis
        );
        let is_scale = |&scale: &f32| scale.is_finite() && scale >= 0.0;
        ensure!(self.scales.iter().all(is_scale), "the weights {} have a scale that is no number", self.name);
        Ok(self.scales.iter().cycle().take(channels).map(|&scale| scale.into()).collect())
    }

    /// Constant int32 values.
    pub(super) fn int32(&self) -> anyhow::Result<Vec<i32>> {
        ensure!(self.kind == TensorType::INT32, "tensor {} is {:?}, not INT32", self.name, self.kind);
        let data = self.data.unwrap_or_default();
        ensure!(Some(data.len()) == self.len().checked_mul(4), "tensor {} is cut off", self.name);
        Ok(data.as_chunks::<4>().0.iter().map(|&bytes| i32::from_le_bytes(bytes)).collect())
    }

    fn ensure_int8(&self) -> anyhow::Result<()> {
        match self.kind {
            TensorType::INT8 => Ok(()),
            TensorType::FLOAT32 => bail!(
                "tensor {} is float32: quantise all of the model to int8 (supported_ops = [TFLITE_BUILTINS_INT8], \
                 with a representative_dataset)",
                self.name
            ),
            kind => bail!("tensor {} is {kind:?}: quantise the model to int8", self.name),
        }
    }
}

/// The one tensor that a graph reads, or writes.
fn only(what: &str, indices: Option<impl IntoIterator<Item = i32>>, tensors: usize) -> anyhow::Result<usize> {
    let indices: Vec<i32> = indices.into_iter().flatten().collect();
    let &[index] = indices.as_slice() else { bail!("it has {} {what}s, one is supported", indices.len()) };
    let index = usize::try_from(index).ok().filter(|&index| index < tensors);
    index.with_context(|| format!("its {what} is not there"))
}
