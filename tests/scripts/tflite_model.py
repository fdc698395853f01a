"""Builds int8 TFLite models by hand and runs TFLite's reference kernels on them."""

from dataclasses import dataclass

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType


@dataclass
class Quantisation:
    """Scale and zero point of a tensor, or scales along one axis."""

    scale: float | np.ndarray
    zero_point: int = 0
    axis: int = 0


class Model:
    """A graph of one subgraph, written operator by operator."""

    def __init__(self):
        self.tensors, self.operators, self.inputs = [], [], []
        self.buffers = [schema.BufferT()]
        self.codes = []
        self.shapes, self.quantisations = {}, {}

    def activation(self, shape, quantisation):
        """An int8 tensor that is computed; returns its index."""
        index = self._tensor(shape, schema.TensorType.INT8, quantisation, 0)
        self.shapes[index], self.quantisations[index] = shape, quantisation
        return index

    def rescale(self, tensor, factor):
        """Multiplies the scale of an activation."""
        self.quantisations[tensor].scale *= factor
        self.tensors[tensor].quantization.scale = np.float32([self.quantisations[tensor].scale])

    def input(self, shape, quantisation):
        """An int8 tensor that the caller fills; returns its index."""
        self.inputs.append(self.activation(shape, quantisation))
        return self.inputs[-1]

    def constant(self, values, quantisation=None):
        """An int8 or int32 tensor with values; returns its index."""
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(values.tobytes(), np.uint8)
        self.buffers.append(buffer)
        kind = {"int8": schema.TensorType.INT8, "int32": schema.TensorType.INT32}[values.dtype.name]
        return self._tensor(values.shape, kind, quantisation, len(self.buffers) - 1)

    def operator(self, name, inputs, output, options=None):
        """One operator; `options` is an object of the schema's `{name}OptionsT` or None."""
        code = getattr(schema.BuiltinOperator, name)
        if code not in self.codes:
            self.codes.append(code)
        operator = schema.OperatorT()
        operator.opcodeIndex = self.codes.index(code)
        operator.inputs, operator.outputs = inputs, [output]
        if options is not None:
            operator.builtinOptions = options
            kind = type(options).__name__.removesuffix("T")
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, kind)
        self.operators.append(operator)
        return output

    def run(self, inputs, fetch):
        """Runs the reference kernels; returns the values of the tensors `fetch`.

        TFLite's optimised kernels and its default delegate yield other last bits for some operators,
        `MEAN` for one.
        """
        interpreter = Interpreter(
            model_content=self.flatbuffer(fetch),
            experimental_op_resolver_type=OpResolverType.BUILTIN_REF,
            experimental_preserve_all_tensors=True,
        )
        interpreter.allocate_tensors()
        for details, values in zip(interpreter.get_input_details(), inputs, strict=True):
            interpreter.set_tensor(details["index"], values)
        interpreter.invoke()
        return [interpreter.get_tensor(index) for index in fetch]

    def _tensor(self, shape, kind, quantisation, buffer):
        tensor = schema.TensorT()
        tensor.shape, tensor.type, tensor.buffer = list(shape), kind, buffer
        if quantisation is not None:
            scales = np.atleast_1d(quantisation.scale).astype(np.float32)
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = scales
            tensor.quantization.zeroPoint = np.full(len(scales), quantisation.zero_point, np.int64)
            tensor.quantization.quantizedDimension = quantisation.axis
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def flatbuffer(self, outputs):
        graph = schema.SubGraphT()
        graph.tensors, graph.operators = self.tensors, self.operators
        graph.inputs, graph.outputs = self.inputs, outputs
        model = schema.ModelT()
        model.version, model.subgraphs, model.buffers = 3, [graph], self.buffers
        model.operatorCodes = [self._code(code) for code in self.codes]
        builder = flatbuffers.Builder(1024)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())

    @staticmethod
    def _code(builtin):
        code = schema.OperatorCodeT()
        code.builtinCode, code.deprecatedBuiltinCode, code.version = builtin, min(builtin, 127), 3
        return code


def options(kind, **fields):
    """An options table of the schema with some of its fields set."""
    table = getattr(schema, f"{kind}OptionsT")()
    for name, value in fields.items():
        assert hasattr(table, name), name
        setattr(table, name, value)
    return table
