#!/usr/bin/env python3
"""Writes tests/golden/tflite: what TFLite's int8 reference kernels compute.

    python tests/scripts/tflite_golden.py

Needs numpy, flatbuffers and ai-edge-litert (2.3.0 wrote the files that are checked in). The seed is
fixed, so the same versions write the same files.
"""

import json
from functools import partial
from itertools import cycle
from pathlib import Path

import numpy as np

import tflite_operators as operators
from tflite_model import Model, Quantisation
from tflite_networks import networks
from tflite_operators import SAME, VALID, Filter, described, flat

OUTPUT = Path(__file__).resolve().parent.parent / "golden" / "tflite"
ZERO_POINTS = [-128, -1, 0, 127]
CHANNELS = [1, 3, 4, 7, 16, 33]
# Kernel, stride and padding; four numbers are explicit padding above, below, left and right.
WINDOWS = [
    ((1, 1), (1, 1), VALID),
    ((1, 1), (2, 2), VALID),
    ((1, 1), (3, 3), SAME),
    ((3, 3), (1, 1), SAME),
    ((3, 3), (1, 1), VALID),
    ((3, 3), (2, 2), SAME),
    ((3, 3), (3, 3), SAME),
    ((3, 3), (2, 1), VALID),
    ((1, 3), (1, 1), SAME),
    ((1, 3), (3, 2), VALID),
    ((5, 2), (1, 1), SAME),
    ((5, 2), (2, 3), VALID),
    ((2, 2), (2, 2), SAME),
    ((2, 2), (3, 3), VALID),
    ((3, 3), (1, 1), (1, 1, 1, 1)),
    ((3, 3), (2, 2), (1, 2, 0, 1)),
    ((5, 2), (3, 1), (4, 0, 1, 1)),
]


class Maker:
    """Draws tensors and quantisation; what must be covered comes round in turn, the rest by chance."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.zero_points = cycle([*ZERO_POINTS, None, None, None])
        self.activations = cycle(["none", "relu", "none", "relu6", "none"])
        self.fills = cycle([*["any"] * 5, "lowest", *["any"] * 4, "highest", *["any"] * 4, "ends", "any"])
        # Powers of two make every other sum a tie, those below 2^-32 become 0, those above 1 shift left.
        special = [0.5, None, 0.25, None, 2.0**-31, 2.0**-33, 0.999999, None, 5.7, 2.0**7]
        self.factors = cycle([None, *special, None, None])

    def zero_point(self):
        chosen = next(self.zero_points)
        return int(self.rng.integers(-128, 128)) if chosen is None else chosen

    def quantisation(self, low=0.01, high=1.0):
        return Quantisation(float(np.float32(self.rng.uniform(low, high))), self.zero_point())

    def values(self, shape, lowest=-128):
        fill = next(self.fills)
        if fill == "lowest":
            return np.full(shape, lowest, np.int8)
        if fill == "highest":
            return np.full(shape, 127, np.int8)
        if fill == "ends":
            return self.rng.choice([lowest, 127], shape).astype(np.int8)
        return self.rng.integers(lowest, 128, shape).astype(np.int8)

    def filter(self, input_quantisation, shape, axis, per_tensor=False):
        """Weights, biases and an output scale under which the results spread over int8."""
        channels, taps = shape[axis], int(np.prod(shape)) // shape[axis]
        spread = 75 * 75 * np.sqrt(taps)
        scales = self.rng.uniform(0.5, 1.0, 1 if per_tensor else channels) / 64
        weights = self.values(shape, -127)
        factor = next(self.factors)
        if factor is None:
            factor = self.rng.uniform(0.2, 4.0) * 50 / spread
        else:
            scales = np.full_like(scales, 1 / 64)
        if factor > 0.1:
            # Sums small enough that not all results saturate.
            weights, spread = np.sign(weights) * (self.rng.random(shape) < 2 / taps), 10
        weights = weights.astype(np.int8)
        bias = self.rng.normal(0, spread, channels).round().astype(np.int32)
        scale = float(np.float32(input_quantisation.scale * scales.max() / factor))
        output = Quantisation(scale, self.zero_point())
        # A left shift must not leave int32, where TFLite's result is undefined.
        others = tuple(other for other in range(len(shape)) if other != axis)
        largest = np.abs(bias) + 255 * np.abs(weights.astype(np.int64)).sum(others)
        assert largest.max() * max(factor, 1) < 2**30, "the accumulator would overflow"
        return Filter(weights, Quantisation(scales.astype(np.float32), 0, axis), bias, output)


def input_for(maker, model, window, channels):
    """An input a little larger than the window; returns its index and values."""
    size = [int(maker.rng.integers(k, k + 6)) for k in window[0]]
    values = maker.values((1, *size, channels))
    return model.input(values.shape, maker.quantisation()), values


def finish(model, name, built, inputs):
    """Runs the model; the case holds its inputs, operator and result."""
    output, op = built
    (expected,) = model.run(inputs, [output])
    return {
        "name": name,
        "op": op,
        "inputs": [described(model, tensor) for tensor in model.inputs],
        "values": [flat(values) for values in inputs],
        "output": described(model, output),
        "expected": flat(expected),
    }


def conv2d_case(maker, window, channels):
    model = Model()
    tensor, values = input_for(maker, model, window, channels[0])
    filter = maker.filter(model.quantisations[tensor], (channels[1], *window[0], channels[0]), 0)
    built = operators.conv2d(model, tensor, window, filter, next(maker.activations))
    return finish(model, f"{window} channels {channels}", built, [values])


def depthwise_case(maker, window, channels):
    model = Model()
    tensor, values = input_for(maker, model, window, channels)
    filter = maker.filter(model.quantisations[tensor], (1, *window[0], channels), 3)
    built = operators.depthwise_conv2d(model, tensor, window, filter, next(maker.activations))
    return finish(model, f"{window} channels {channels}", built, [values])


def pool_case(operator, maker, window, channels):
    model = Model()
    tensor, values = input_for(maker, model, window, channels)
    built = operators.pool(operator, model, tensor, window, next(maker.activations))
    return finish(model, f"{window} channels {channels}", built, [values])


def mean_case(maker, factor, channels):
    model = Model()
    values = maker.values((1, *maker.rng.integers(1, 10, 2).tolist(), channels))
    tensor = model.input(values.shape, maker.quantisation())
    result = maker.quantisation()
    if factor is not None:
        result.scale = float(np.float32(model.quantisations[tensor].scale / factor))
    built = operators.global_average_pool(model, tensor, result)
    return finish(model, f"{values.shape} factor {factor}", built, [values])


def add_case(maker, scales, channels):
    model = Model()
    shape = (1, *maker.rng.integers(1, 6, 2).tolist(), channels)
    first, second, result = maker.quantisation(), maker.quantisation(), maker.quantisation(0.1)
    second.scale *= scales[0]
    result.scale *= scales[1]
    inputs = [maker.values(shape), maker.values(shape)]
    tensors = [model.input(shape, quantisation) for quantisation in (first, second)]
    built = operators.add(model, *tensors, result, next(maker.activations))
    return finish(model, f"{shape} scales {scales}", built, inputs)


def dense_case(maker, inputs, outputs, per_tensor):
    model = Model()
    values = maker.values((1, 1, 1, inputs))
    tensor = model.input(values.shape, maker.quantisation())
    filter = maker.filter(model.quantisations[tensor], (outputs, inputs), 0, per_tensor)
    activation = next(maker.activations)
    near = operators.fully_connected(model, tensor, filter, activation)
    (near,) = model.run([values], [near])
    built = operators.dense(model, tensor, filter, activation)
    case = finish(model, f"{inputs} to {outputs}, per tensor {per_tensor}", built, [values])
    return case | {"within_one_step": flat(near)}


def softmax_case(maker, scale, beta, channels, rows):
    model = Model()
    values = maker.values((1, 1, rows, channels))
    tensor = model.input(values.shape, Quantisation(scale, maker.zero_point()))
    built = operators.softmax(model, tensor, float(np.float32(beta)))
    return finish(model, f"channels {channels} scale {scale} beta {beta}", built, [values])


def cases(make, seed, *arguments):
    maker = Maker(seed)
    return [make(maker, *each) for each in zip(*arguments)]


def operator_cases():
    same_or_valid = [window for window in WINDOWS if isinstance(window[2], str)]
    pairs = [(1, 16), (3, 7), (4, 4), (7, 3), (16, 33), (33, 1), (1, 1), (16, 4), (33, 7), (3, 1), (7, 16)]
    yield "conv2d", cases(conv2d_case, 1, WINDOWS * 3, cycle(pairs))
    yield "depthwise_conv2d", cases(depthwise_case, 2, WINDOWS * 3, cycle(CHANNELS))
    for seed, name, operator in [(3, "max_pool", "MAX_POOL_2D"), (4, "average_pool", "AVERAGE_POOL_2D")]:
        yield name, cases(partial(pool_case, operator), seed, same_or_valid * 3, cycle(CHANNELS))
    # Among the factors: 1, left shifts, and one that leaves no room for the positions.
    factors = [None, 1.0, None, 90.0, None, 2.0**-29, None, 0.5, None, 3.0, None]
    yield "global_average_pool", cases(mean_case, 5, factors * 4, cycle(CHANNELS))
    # A second input too small to count, and sums that all but vanish in the output.
    scales = [(1, 1), (1, 4), (2.0**-20, 1), (1, 8), (2.0**-34, 1), (1, 2.0**9), (3, 3)]
    yield "add", cases(add_case, 6, scales * 6, cycle(CHANNELS))
    outputs, per_tensor = cycle([7, 1, 33, 16]), cycle([False, False, True])
    yield "dense", cases(dense_case, 7, [*CHANNELS, 50] * 7, outputs, per_tensor)
    # From TFLite's lowest scale, 2^-26 / beta, to beyond its highest, 32.
    scales = [0.01, 0.05, 0.1, 0.2, 0.3, 1.0, 2.5, 2.0**-25, 1e-5, 9.0, 15.99, 20.0, 64.0]
    betas, rows = cycle([1.0, 0.7, 1.6, 1.0]), cycle([1, 40, 2, 3])
    yield "softmax", cases(softmax_case, 8, scales * 4, betas, cycle([*CHANNELS, 8]), rows)


def write(name, items):
    path = OUTPUT / f"{name}.json"
    lines = ",\n".join(json.dumps(item, separators=(",", ":")) for item in items)
    path.write_text(f"[\n{lines}\n]\n")
    print(f"{path.name}: {len(items)} cases, {path.stat().st_size} bytes")


def main():
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for name, items in operator_cases():
        write(name, items)
    write("networks", list(networks()))


if __name__ == "__main__":
    main()
