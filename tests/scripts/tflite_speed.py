"""The engine's time for the shipped network beside TFLite's (XNNPACK, one thread) for the same network, on this
machine: `python tests/scripts/tflite_speed.py`. Needs numpy, flatbuffers and ai-edge-litert.

TFLite gets random weights of the same shapes. Both take turns, and the shortest time of each counts."""

import json
import os
import platform
import subprocess
import time
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

import tflite_operators as operators
from tflite_model import Model, Quantisation
from tflite_operators import SAME, Filter

ROOT = Path(__file__).parents[2]
ENGINE = ["cargo", "run", "--quiet", "--release", "-p", "prosodia", "--example", "network_speed"]
ROUNDS, RUNS = 5, 100


def engine():
    return json.loads(subprocess.run(ENGINE, cwd=ROOT, check=True, capture_output=True).stdout)


def filter(rng, shape, axis, output):
    weights = rng.integers(-127, 128, shape).astype(np.int8)
    scales = np.full(shape[axis], 0.002, np.float32)
    return Filter(weights, Quantisation(scales, 0, axis), np.zeros(shape[axis], np.int32), output)


def append(model, tensors, layer, rng):
    """Appends a layer of the engine to a TFLite model; returns the index of what it writes."""
    tensor, op, output = tensors[layer["input"]], layer["op"], layer["output"]
    (name, fields), = op.items()
    quantisation = Quantisation(output["scale"], output["zero_point"])
    channels, inputs = output["channels"], model.shapes[tensor][3]
    window = fields.get("window")
    window = window and (window["kernel"], window["stride"], SAME)
    match name:
        case "Conv2d":
            kernel = filter(rng, (channels, *window[0], inputs), 0, quantisation)
            return operators.conv2d(model, tensor, window, kernel, "relu")[0]
        case "DepthwiseConv2d":
            kernel = filter(rng, (1, *window[0], channels), 3, quantisation)
            return operators.depthwise_conv2d(model, tensor, window, kernel, "relu")[0]
        case "Dense":
            kernel = filter(rng, (channels, int(np.prod(model.shapes[tensor]))), 0, quantisation)
            return operators.dense(model, tensor, kernel)[0]
        case "MaxPool" | "AveragePool":
            operator = {"MaxPool": "MAX_POOL_2D", "AveragePool": "AVERAGE_POOL_2D"}[name]
            return operators.pool(operator, model, tensor, window)[0]
        case "GlobalAveragePool":
            return operators.global_average_pool(model, tensor, quantisation)[0]
        case "Add":
            return operators.add(model, tensor, tensors[fields["other"]], quantisation, "relu")[0]
        case "Softmax":
            return operators.softmax(model, tensor, 1.0)[0]


def tflite(description):
    """The same network for TFLite, ready to run."""
    rng, model = np.random.default_rng(1), Model()
    tensor = description["input"]
    shape = (1, tensor["height"], tensor["width"], tensor["channels"])
    tensors = [model.input(shape, Quantisation(tensor["scale"], tensor["zero_point"]))]
    for layer in description["layers"]:
        tensors.append(append(model, tensors, layer, rng))
        found, output = model.shapes[tensors[-1]], layer["output"]
        assert found[1:] == (output["height"], output["width"], output["channels"]), (found, output)
    interpreter = Interpreter(model_content=model.flatbuffer([tensors[-1]]), num_threads=1)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], rng.integers(-128, 128, shape, np.int8))
    return interpreter


def shortest(interpreter):
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        interpreter.invoke()
        times.append(time.perf_counter() - start)
    return 1e3 * min(times)


def processor():
    names = [line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()


def main():
    ours = [engine()]
    interpreter = tflite(ours[0])
    theirs = []
    for _ in range(ROUNDS):
        theirs.append(shortest(interpreter))
        ours.append(engine())
    network, front_end = (min(run[part] for run in ours) for part in ("network", "front_end"))
    ratio = network / min(theirs)
    print(f"{processor()}, engine's kernels: {ours[0]['backend']}, RUSTFLAGS: {os.environ.get('RUSTFLAGS', 'as configured')!r}")
    print(f"network: engine {network:.3f} ms, TFLite {min(theirs):.3f} ms, ratio {ratio:.2f}")
    print(f"front end: {front_end:.3f} ms")


if __name__ == "__main__":
    main()
