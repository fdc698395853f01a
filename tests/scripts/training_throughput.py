"""Trains the `small` preset's network in host-trainer and in TensorFlow on this machine, in turns, and prints clips
per second and their ratio. Needs tensorflow-cpu. Both take forward, loss, backward and optimiser of batches of 32
random clips, with every core.

    python tests/scripts/training_throughput.py
"""

import argparse
import json
import os
import statistics
import subprocess
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

PRESET = Path(__file__).parents[2] / "host-trainer/presets/small.json"
FRAMES, BANDS, CLASSES, BATCH, WARM_UP = 130, 64, 8, 32, 3


def convolution(tensor, channels, strides=(1, 1), relu=True):
    tensor = tf.keras.layers.ZeroPadding2D(1)(tensor)
    tensor = tf.keras.layers.Conv2D(channels, 3, strides, use_bias=False)(tensor)
    tensor = tf.keras.layers.BatchNormalization()(tensor)
    return tf.keras.layers.ReLU()(tensor) if relu else tensor


def branch(tensor, residual):
    tensor = convolution(tensor, residual["stem"], (2, 2))
    for stage in residual["stages"]:
        channels = stage["channels"]
        skip = tensor = convolution(tensor, channels, tuple(stage["stride"]))
        tensor = convolution(convolution(tensor, channels), channels, relu=False)
        tensor = tf.keras.layers.ReLU()(tf.keras.layers.Add()([skip, tensor]))
    tensor = tf.keras.layers.GlobalAveragePooling2D()(tensor)
    tensor = tf.keras.layers.Dropout(residual["dropout"])(tensor)
    return tf.keras.layers.Dense(CLASSES)(tensor)


def network():
    residual = json.loads(PRESET.read_text())["network"]["residual"]
    inputs = tf.keras.Input((FRAMES, BANDS, 1))
    return tf.keras.Model(inputs, [branch(inputs, residual) for _ in range(residual["branches"])])


def tensorflow_steps():
    model, optimiser = network(), tf.keras.optimizers.AdamW(2e-3)
    rng = np.random.default_rng(1)
    clips = tf.constant(rng.uniform(-2, 2, (BATCH, FRAMES, BANDS, 1)).astype(np.float32))
    targets = tf.one_hot(rng.integers(CLASSES, size=BATCH), CLASSES)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            branches = model(clips, training=True)
            losses = [tf.nn.softmax_cross_entropy_with_logits(targets, logits) for logits in branches]
            loss = tf.reduce_mean(losses)
        variables = model.trainable_variables
        optimiser.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss

    def clips_per_second(steps):
        for _ in range(WARM_UP):
            step().numpy()
        start = time.perf_counter()
        for _ in range(steps):
            step().numpy()
        return steps * BATCH / (time.perf_counter() - start)

    return clips_per_second


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=20)
    arguments = parser.parse_args()
    cargo = ["cargo", "run", "--quiet", "--release", "-p", "parity", "--example", "training_steps"]
    command = [*cargo, "--", str(arguments.steps)]
    in_tensorflow, ours, theirs = tensorflow_steps(), [], []
    subprocess.run(command, check=True, capture_output=True)
    for _ in range(arguments.rounds):
        ours.append(float(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
        theirs.append(in_tensorflow(arguments.steps))
    ratios = [our / their for our, their in zip(ours, theirs)]
    print(f"host-trainer {statistics.median(ours):.0f} clips/s, TensorFlow {tf.__version__} {statistics.median(theirs):.0f}")
    print(f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}, {arguments.rounds} rounds)")


if __name__ == "__main__":
    main()
