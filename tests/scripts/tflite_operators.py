"""The operators that engine and TFLite share: each function appends one to a model, and returns the
index of its output with the description that the Rust test reads."""

from dataclasses import dataclass

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from tflite_model import Quantisation, options

VALID, SAME = "VALID", "SAME"


@dataclass
class Filter:
    """Weights and biases of a layer, and the quantisation of what it puts out."""

    weights: np.ndarray
    scale: Quantisation
    bias: np.ndarray
    output: Quantisation


def conv2d(model, tensor, window, filter, activation="none"):
    return convolution("CONV_2D", model, tensor, window, filter, activation)


def depthwise_conv2d(model, tensor, window, filter, activation="none"):
    return convolution("DEPTHWISE_CONV_2D", model, tensor, window, filter, activation)


def convolution(operator, model, tensor, window, filter, activation):
    size, description, fields = geometry(model, tensor, window)
    tensor = pad(model, tensor, window)
    output = model.activation((1, *size, len(filter.bias)), filter.output)
    fields |= {"fusedActivationFunction": activation_code(activation)}
    fields |= {"dilationHFactor": 1, "dilationWFactor": 1}
    kind = "Conv2D" if operator == "CONV_2D" else "DepthwiseConv2D"
    if kind == "DepthwiseConv2D":
        fields |= {"depthMultiplier": 1}
    operands = [tensor, model.constant(filter.weights, filter.scale), model.constant(filter.bias)]
    model.operator(operator, operands, output, options(kind, **fields))
    name = "conv2d" if kind == "Conv2D" else "depthwise_conv2d"
    return output, {name: {"window": description, "filter": described_filter(filter, activation)}}


def dense(model, tensor, filter, activation="none"):
    """A `CONV_2D` as large as its input: the same weights in the same order. The installed reference
    kernel of `FULLY_CONNECTED` requantises in floating point, see `fully_connected`."""
    _, height, width, channels = model.shapes[tensor]
    weights = filter.weights.reshape(-1, height, width, channels)
    shaped = Filter(weights, filter.scale, filter.bias, filter.output)
    output, op = conv2d(model, tensor, ((height, width), (1, 1), VALID), shaped, activation)
    return output, {"dense": {"filter": op["conv2d"]["filter"]}}


def fully_connected(model, tensor, filter, activation="none"):
    """`dense` by the operator of that name, which rounds once: results may be one step away."""
    output = model.activation((1, len(filter.bias)), filter.output)
    # TFLite checks a bias's scale against the product of the others.
    bias_scale = Quantisation(np.float32(model.quantisations[tensor].scale) * filter.scale.scale)
    operands = [tensor, model.constant(filter.weights, filter.scale), model.constant(filter.bias, bias_scale)]
    fields = options("FullyConnected", fusedActivationFunction=activation_code(activation))
    return model.operator("FULLY_CONNECTED", operands, output, fields)


def pool(operator, model, tensor, window, activation="none"):
    size, description, fields = geometry(model, tensor, window)
    quantisation = model.quantisations[tensor]
    output = model.activation((1, *size, model.shapes[tensor][3]), quantisation)
    fields |= {"fusedActivationFunction": activation_code(activation)}
    fields |= {"filterHeight": window[0][0], "filterWidth": window[0][1]}
    model.operator(operator, [tensor], output, options("Pool2D", **fields))
    name = {"MAX_POOL_2D": "max_pool", "AVERAGE_POOL_2D": "average_pool"}[operator]
    return output, {name: {"window": description, "clamp": clamp(activation, quantisation)}}


def global_average_pool(model, tensor, quantisation):
    output = model.activation((1, 1, 1, model.shapes[tensor][3]), quantisation)
    axes = model.constant(np.array([1, 2], np.int32))
    model.operator("MEAN", [tensor, axes], output, options("Reducer", keepDims=True))
    return output, "global_average_pool"


def add(model, tensor, other, quantisation, activation="none"):
    output = model.activation(model.shapes[tensor], quantisation)
    # `potScaleInt16` concerns int16 only; true is its default.
    fields = options("Add", fusedActivationFunction=activation_code(activation), potScaleInt16=True)
    model.operator("ADD", [tensor, other], output, fields)
    return output, {"add": {"clamp": clamp(activation, quantisation)}}


def softmax(model, tensor, beta):
    output = model.activation(model.shapes[tensor], Quantisation(1 / 256, -128))
    model.operator("SOFTMAX", [tensor], output, options("Softmax", beta=beta))
    return output, {"softmax": {"beta": beta}}


def described(model, tensor):
    """A tensor as the engine describes it: height, width and channels, with 1 for what is missing."""
    height, width, channels = (1, 1, 1, *model.shapes[tensor][1:])[-3:]
    quantisation = model.quantisations[tensor]
    shape = {"height": height, "width": width, "channels": channels}
    return shape | {"scale": float(np.float32(quantisation.scale)), "zero_point": quantisation.zero_point}


def flat(values):
    return [int(value) for value in np.asarray(values).ravel()]


def geometry(model, tensor, window):
    """The output's size, the engine's description of the window, and TFLite's fields for it."""
    kernel, stride, padding = window
    size = model.shapes[tensor][1:3]
    axes = [padding] * 2 if isinstance(padding, str) else [padding[:2], padding[2:]]
    sizes, before = zip(*[output_size(*each) for each in zip(size, kernel, stride, axes)])
    description = {"kernel": kernel, "stride": stride, "padding": before}
    code = schema.Padding.SAME if padding == SAME else schema.Padding.VALID
    return sizes, description, {"padding": code, "strideH": stride[0], "strideW": stride[1]}


def output_size(size, kernel, stride, padding):
    """Output size and padding before it along one axis, as TFLite defines them."""
    if padding == SAME:
        output = -(-size // stride)
        return output, max((output - 1) * stride + kernel - size, 0) // 2
    before, after = (0, 0) if padding == VALID else padding
    return (size + before + after - kernel) // stride + 1, before


def pad(model, tensor, window):
    """Appends explicit padding, which TFLite has as an operator of its own."""
    padding = window[2]
    if isinstance(padding, str):
        return tensor
    pads = np.array([[0, 0], padding[:2], padding[2:], [0, 0]], np.int32)
    shape = tuple(size + sum(pad) for size, pad in zip(model.shapes[tensor], pads.tolist()))
    padded = model.activation(shape, model.quantisations[tensor])
    return model.operator("PAD", [tensor, model.constant(pads)], padded, options("Pad"))


def activation_code(activation):
    return getattr(schema.ActivationFunctionType, activation.upper())


def clamp(activation, quantisation):
    """Bounds of a fused activation, as TFLite's `CalculateActivationRangeQuantized` has them."""

    def quantised(real):
        return quantisation.zero_point + int(np.floor(real / np.float32(quantisation.scale) + 0.5))

    low = -128 if activation == "none" else max(-128, quantised(0.0))
    high = min(127, quantised(6.0)) if activation == "relu6" else 127
    return {"low": low, "high": high}


def described_filter(filter, activation):
    scales = [float(scale) for scale in np.atleast_1d(filter.scale.scale).astype(np.float32)]
    fields = {"weights": flat(filter.weights), "weight_scales": scales, "bias": flat(filter.bias)}
    return fields | {"clamp": clamp(activation, filter.output)}
