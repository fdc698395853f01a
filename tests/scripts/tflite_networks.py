"""Two whole networks with random weights, each scaled so that its tensors use their range."""

from functools import partial

import numpy as np

import tflite_operators as operators
from tflite_model import Model, Quantisation
from tflite_operators import SAME, VALID, Filter, described, flat

LABELS = 7
SAMPLES = 4
MELS, FRAMES = 24, 20


class Network:
    """A model with the engine's view of it: tensor 0 is the input, tensor i + 1 what layer i writes."""

    def __init__(self, name, seed):
        self.name, self.rng, self.model, self.layers = name, np.random.default_rng(seed), Model(), []
        shape = (1, MELS, FRAMES, 1)
        self.tensors = [self.model.input(shape, Quantisation(0.05, 20))]
        self.samples = [self.sample(shape) for _ in range(SAMPLES)]

    def sample(self, shape):
        """Noise of a random level and loudness, with a bright band."""
        values = self.rng.normal(self.rng.uniform(-80, 80), self.rng.uniform(5, 60), shape)
        values[:, int(self.rng.integers(MELS)), :] += 100
        return values.round().clip(-128, 127).astype(np.int8)

    def layer(self, append, input, *arguments, **fields):
        """Appends an operator that reads tensor `input`; returns the index of what it writes."""
        output, op = append(self.model, self.tensors[input], *arguments)
        self.tensors.append(output)
        self.layers.append({"input": input, "op": op} | fields)
        return len(self.layers)

    def conv2d(self, input, channels, window, activation="relu"):
        shape = (channels, *window[0], self.model.shapes[self.tensors[input]][3])
        return self.filtered(operators.conv2d, input, shape, 0, window, activation=activation)

    def depthwise_conv2d(self, input, window):
        shape = (1, *window[0], self.model.shapes[self.tensors[input]][3])
        return self.filtered(operators.depthwise_conv2d, input, shape, 3, window, activation="relu")

    def dense(self, input, outputs, activation="none"):
        shape = (outputs, int(np.prod(self.model.shapes[self.tensors[input]])))
        return self.filtered(operators.dense, input, shape, 0, activation=activation)

    def filtered(self, append, input, shape, axis, *window, activation):
        weights = self.rng.integers(-127, 128, shape).astype(np.int8)
        channels = shape[axis]
        scales = self.rng.uniform(0.5, 1.0, channels).astype(np.float32) / 64
        bias = self.rng.normal(0, 2000, channels).astype(np.int32)
        filter = Filter(weights, Quantisation(scales, 0, axis), bias, self.quantisation(activation))
        return self.calibrated(self.layer(append, input, *window, filter, activation))

    def add(self, input, other):
        second, quantisation = self.tensors[other], self.quantisation("relu")
        return self.calibrated(self.layer(operators.add, input, second, quantisation, "relu", other=other))

    def pool(self, operator, input, window):
        return self.layer(partial(operators.pool, operator), input, window)

    def global_average_pool(self, input):
        return self.calibrated(self.layer(operators.global_average_pool, input, self.quantisation("relu")))

    def softmax(self, input):
        scale = self.model.quantisations[self.tensors[input]].scale
        return self.layer(operators.softmax, input, float(np.float32(0.02 / scale)))

    def quantisation(self, activation):
        low, high = (-30, 30) if activation == "none" else (-128, 0)
        return Quantisation(1.0, int(self.rng.integers(low, high)))

    def calibrated(self, tensor):
        """Scales a tensor so that its values come near the ends of int8."""
        index = self.tensors[tensor]
        zero_point = self.model.quantisations[index].zero_point
        room = 127 - zero_point
        for _ in range(40):
            values = np.array([self.run(sample, [index])[0] for sample in self.samples], int)
            largest = np.abs(values - zero_point).max()
            cut = values.max() == 127 or values.min() == -128 < zero_point
            if not cut and largest > 0.7 * room:
                break
            self.model.rescale(index, 1.3 if cut else max(largest, 1) / (0.85 * room))
        return tensor

    def run(self, sample, fetch):
        return self.model.run([sample], fetch)

    def description(self):
        """The network with what TFLite makes of every sample: scores and probabilities."""
        results = [self.run(sample, self.tensors[-2:]) for sample in self.samples]
        return {
            "name": self.name,
            "tensors": [described(self.model, tensor) for tensor in self.tensors],
            "layers": self.layers,
            "samples": [flat(sample) for sample in self.samples],
            "scores": [flat(scores) for scores, _ in results],
            "probabilities": [flat(probabilities) for _, probabilities in results],
        }


def residual():
    """Convolutions with a shortcut each, one of them projected; max pool, mean, dense."""
    net = Network("residual", 21)
    stem = net.conv2d(0, 8, ((3, 3), (2, 2), SAME))
    inner = net.conv2d(stem, 8, ((3, 3), (1, 1), SAME))
    inner = net.conv2d(inner, 8, ((3, 3), (1, 1), SAME), "none")
    block = net.add(inner, stem)
    pooled = net.pool("MAX_POOL_2D", block, ((2, 2), (2, 2), VALID))
    inner = net.conv2d(pooled, 16, ((3, 3), (2, 2), SAME))
    inner = net.conv2d(inner, 16, ((3, 3), (1, 1), SAME), "none")
    shortcut = net.conv2d(pooled, 16, ((1, 1), (2, 2), SAME), "none")
    block = net.add(inner, shortcut)
    net.softmax(net.dense(net.global_average_pool(block), LABELS))
    return net


def separable():
    """Depthwise and pointwise convolutions, average pools, two dense layers."""
    net = Network("separable", 22)
    last = net.conv2d(0, 12, ((5, 3), (2, 2), SAME))
    last = net.depthwise_conv2d(last, ((3, 3), (1, 1), SAME))
    last = net.conv2d(last, 20, ((1, 1), (1, 1), VALID))
    last = net.pool("AVERAGE_POOL_2D", last, ((3, 3), (2, 2), SAME))
    last = net.depthwise_conv2d(last, ((3, 3), (2, 2), SAME))
    last = net.conv2d(last, 20, ((1, 1), (1, 1), VALID))
    last = net.pool("AVERAGE_POOL_2D", last, ((3, 2), (3, 1), VALID))
    last = net.dense(last, 16, "relu")
    net.softmax(net.dense(last, LABELS))
    return net


def networks():
    return [net().description() for net in (residual, separable)]
