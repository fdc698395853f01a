#!/usr/bin/env python3
"""The original project's road: a small Keras CNN on mel spectrograms of the built-in corpus, exported as int8 .tflite,
imported, and compared with TFLite on this machine and on a simulated part.

    python tests/scripts/keras_model.py [--clips 300] [--board stm32f405] [--out out/keras]

Needs tensorflow (tried with 2.21.0) and numpy. The folder that --out names gets `model.tflite`, `front_end.json` and
`model.postcard`. The answers are to be the same in every value; how many are right says that the road works, nothing about
speech.
"""

import argparse
import json
import os
import subprocess
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

ROOT = Path(__file__).parents[2]
TRAINER = ["cargo", "run", "--quiet", "--release", "-p", "host-trainer", "--"]
LABELS = ["neutral", "happy", "sad", "angry"]
# RAVDESS's numbers for them.
CODES = {"01": 0, "03": 1, "04": 2, "05": 3}
MELS, FFT, HOP = 40, 1024, 512
# Decibels below the maximum, -80 to 0, come near -1 to 1.
MEAN, DEVIATION = -40.0, 40.0


def run(*arguments):
    return subprocess.run([str(argument) for argument in arguments], cwd=ROOT, check=True, capture_output=True,
                          text=True).stdout


def recordings(corpus):
    """Files in RAVDESS's layout with labels, and whether they are kept for the test: those of every fourth actor."""
    for path in sorted(corpus.rglob("Actor_*/*.wav")):
        code = path.stem.split("-")[2]
        if code in CODES:
            yield path, CODES[code], int(path.stem.split("-")[6]) % 4 == 0


def features(path, *options):
    out = path.with_suffix(".npy")
    run(*TRAINER, "features", path, "--out", out, *options)
    return np.load(out)


def network(shape, classes):
    """Bands by frames by 1, as the original project had it."""
    return tf.keras.Sequential([
        layers.Input(shape, batch_size=1),
        layers.Conv2D(8, 3, strides=2, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.DepthwiseConv2D(3, padding="same", activation="relu"),
        layers.Conv2D(16, 1, activation="relu"),
        layers.AveragePooling2D((2, 4)),
        layers.Flatten(),
        layers.Dense(classes, activation="softmax"),
    ])


def converted(model, samples):
    """All of it int8: weights for each channel, activations for each tensor, by some recordings."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([sample[None]] for sample in samples)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


def reference(file, inputs):
    """What TFLite's reference kernels answer."""
    kind = tf.lite.experimental.OpResolverType.BUILTIN_REF
    interpreter = tf.lite.Interpreter(model_content=file, experimental_op_resolver_type=kind)
    interpreter.allocate_tensors()
    [given], [taken] = interpreter.get_input_details(), interpreter.get_output_details()
    for values in inputs:
        interpreter.set_tensor(given["index"], values.reshape(given["shape"]))
        interpreter.invoke()
        yield interpreter.get_tensor(taken["index"]).ravel().astype(int)


def answers(*command):
    lines = [json.loads(line) for line in run(*command).splitlines()]
    return np.array([[round(256 * line["probabilities"][label]) - 128 for label in LABELS] for line in lines])


def compare(where, found, expected, truth):
    steps = np.abs(found - expected)
    right = np.mean(found.argmax(1) == truth)
    print(f"{where}: {np.count_nonzero(steps)} of {steps.size} values differ from TFLite's, by {steps.max()} at most; "
          f"{right:.0%} of {len(found)} recordings right")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=300)
    parser.add_argument("--board", default="stm32f405")
    parser.add_argument("--out", type=Path, default=Path("out/keras"))
    arguments = parser.parse_args()
    out = arguments.out.resolve()
    run(*TRAINER, "synth", "--out", out / "corpus", "--clips", arguments.clips)
    found = list(recordings(out / "corpus"))
    options = ["--stage", "db", "--mels", MELS, "--fft", FFT, "--hop", HOP]
    inputs = np.array([(features(path, *options) - MEAN) / DEVIATION for path, _, _ in found])[..., None]
    labels, is_test = np.array([label for _, label, _ in found]), np.array([test for _, _, test in found])

    tf.keras.utils.set_random_seed(1)
    model = network(inputs.shape[1:], len(LABELS))
    trained = tf.keras.Sequential([layers.Input(inputs.shape[1:]), *model.layers])
    trained.compile("adam", "sparse_categorical_crossentropy")
    trained.fit(inputs[~is_test], labels[~is_test], epochs=30, batch_size=16, verbose=0)
    file = converted(model, inputs[~is_test][:100])
    (out / "model.tflite").write_bytes(file)

    front_end = {"sample_rate": 22050, "fft_length": FFT, "hop_length": HOP, "mel_bands": MELS,
                 "window_samples": 66150, "reference": "window_maximum"}
    scaling = {"mean": MEAN, "deviation": DEVIATION}
    (out / "front_end.json").write_text(json.dumps({"front_end": front_end, "scaling": scaling}, indent=2) + "\n")
    blob = out / "model.postcard"
    run(*TRAINER, "import", out / "model.tflite", "--labels", ",".join(LABELS), "--front-end",
        out / "front_end.json", "--out", blob)

    test = [path for path, _, is_kept in found if is_kept]
    heard = [features(path, "--stage", "input", "--model", blob) for path in test]
    expected = np.array(list(reference(file, heard)))
    truth = labels[is_test]
    compare("this machine", answers(*TRAINER, "predict", "--model", blob, *test, "--json"), expected, truth)
    device = answers("cargo", "sim", "--board", arguments.board, "classify", "--model", blob, *test, "--json")
    compare(arguments.board, device, expected, truth)


if __name__ == "__main__":
    main()
