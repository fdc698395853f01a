#!/usr/bin/env python3
"""Compares imported networks with TFLite's reference kernels on random inputs, value by value.

    python tests/scripts/tflite_import.py MODEL.tflite... [--inputs 20] [--board an386]...

Needs numpy and ai-edge-litert. Each model is imported by `host-trainer import --raw` and run on this machine, and on each
board that is named by `cargo sim run`. A line for each says how many of the output's values differ, and by how much at
most. The reference `FULLY_CONNECTED` rounds once, in floating point, the specification and TFLite's optimised kernels twice, as
here: so there is a line for those too.
"""

import argparse
import json
import subprocess
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

ROOT = Path(__file__).parents[2]
TRAINER = ["cargo", "run", "--quiet", "--release", "-p", "host-trainer", "--"]


def reference(model, inputs, kernels):
    """What TFLite's kernels of a kind answer."""
    interpreter = Interpreter(str(model), experimental_op_resolver_type=kernels)
    interpreter.allocate_tensors()
    [given], [taken] = interpreter.get_input_details(), interpreter.get_output_details()
    outputs = []
    for values in inputs:
        interpreter.set_tensor(given["index"], values)
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(taken["index"]).ravel())
    return np.array(outputs)


def random_inputs(model, count):
    """Noise of several levels and loudnesses, so that layers see more than their middle."""
    interpreter = Interpreter(str(model))
    [given] = interpreter.get_input_details()
    rng = np.random.default_rng(1)

    def one(index):
        level, spread = rng.uniform(-100, 100), [10, 40, 100, 300][index % 4]
        values = rng.normal(level, spread, given["shape"])
        return values.round().clip(-128, 127).astype(np.int8)

    return [one(index) for index in range(count)]


def answers(command, files):
    lines = subprocess.run([*command, "--json", *files], cwd=ROOT, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in lines.stdout.splitlines()]


def compare(where, found, expected):
    steps = np.abs(np.array([answer["output"] for answer in found], int) - expected)
    differing = f"{np.count_nonzero(steps)} of {steps.size} values differ, by {steps.max()} at most"
    print(f"  {where}: {differing}" + (f"; {cost(found)}" if "instructions" in found[0] else ""), flush=True)


def cost(found):
    """What a board took: for the dearest input, and the stack at its deepest."""
    dearest = max(answer["instructions"] for answer in found)
    ram = max(answer["static_ram_bytes"] + answer["stack_bytes"] for answer in found)
    return f"{dearest} instructions, flash {found[0]['flash_bytes']}, RAM {ram}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="+", type=Path)
    parser.add_argument("--inputs", type=int, default=20)
    parser.add_argument("--board", action="append", default=[])
    arguments = parser.parse_args()
    print(f"ai-edge-litert {version('ai-edge-litert')}, reference kernels, {arguments.inputs} inputs each")
    for model in arguments.models:
        print(model.name)
        inputs = random_inputs(model, arguments.inputs)
        expected = reference(model, inputs, OpResolverType.BUILTIN_REF).astype(int)
        optimised = reference(model, inputs, OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES).astype(int)
        with TemporaryDirectory() as folder:
            blob = Path(folder) / "model.postcard"
            command = [*TRAINER, "import", str(model.resolve()), "--raw", "--out", str(blob)]
            subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            files = [str(Path(folder) / f"{index}.npy") for index in range(len(inputs))]
            for file, values in zip(files, inputs):
                np.save(file, values)
            found = answers([*TRAINER, "run", "--model", str(blob)], files)
            compare("host", found, expected)
            compare("host, TFLite's optimised kernels", found, optimised)
            for board in arguments.board:
                command = ["cargo", "sim", "--board", board, "run", "--model", str(blob)]
                try:
                    compare(board, answers(command, files), expected)
                except subprocess.CalledProcessError as error:
                    print(f"  {board}: {error.stderr.strip()}", flush=True)


if __name__ == "__main__":
    main()
