#!/usr/bin/env python3
"""Writes tests/golden/import: small Keras models converted to int8, with what TFLite's reference kernels answer, and some
that cannot be imported.

    python tests/scripts/tflite_import_golden.py

Needs tensorflow (2.21.0 wrote the files that are checked in) and numpy. The seed is fixed, but other versions convert
otherwise.
"""

import json
import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

OUTPUT = Path(__file__).resolve().parent.parent / "golden" / "import"
INPUTS = 5


def separable():
    return tf.keras.Sequential([
        layers.Input((12, 8, 1)),
        layers.Conv2D(6, 3, strides=2, padding="same", activation="relu"),
        layers.DepthwiseConv2D((3, 2), padding="same", activation="relu6"),
        layers.Conv2D(8, 1, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(5, activation="softmax"),
    ])


def residual():
    given = layers.Input((10, 6, 2), batch_size=1)
    padded = layers.ZeroPadding2D(((1, 1), (1, 0)))(given)
    stem = layers.Conv2D(4, 3, activation="relu")(padded)
    inner = layers.Conv2D(4, 3, padding="same")(stem)
    block = layers.ReLU()(layers.Add()([inner, stem]))
    pooled = layers.GlobalAveragePooling2D()(layers.AveragePooling2D((2, 1))(block))
    return tf.keras.Model(given, layers.Dense(3, activation="softmax")(pooled))


def over_time():
    return tf.keras.Sequential([
        layers.Input((20, 4), batch_size=1),
        layers.Conv1D(6, 5, activation="relu"),
        layers.Conv1D(6, 3, strides=2, activation="relu"),
        layers.Dense(4, activation="relu"),
        layers.GlobalAveragePooling1D(),
        layers.Dense(2),
    ])


def causal():
    return tf.keras.Sequential([
        layers.Input((20, 4), batch_size=1),
        layers.Conv1D(6, 5, padding="causal", activation="relu"),
        layers.Conv1D(6, 3, strides=2, padding="causal", activation="relu"),
        layers.GlobalAveragePooling1D(),
        layers.Dense(2),
    ])


def autoencoder():
    return tf.keras.Sequential([
        layers.Input((16,), batch_size=1),
        layers.Dense(8, activation="relu"),
        layers.Dense(16),
    ])


def bands_by_frames():
    return tf.keras.Sequential([
        layers.Input((8, 12, 1), batch_size=1),
        layers.Conv2D(4, (3, 2), strides=(1, 2), padding="same", activation="relu"),
        layers.DepthwiseConv2D((2, 3), activation="relu"),
        layers.AveragePooling2D((3, 1)),
        layers.Flatten(),
        layers.Dense(3, activation="softmax"),
    ])


def dilated():
    return tf.keras.Sequential([layers.Input((8, 8, 2), batch_size=1), layers.Conv2D(3, 3, dilation_rate=2)])


def sigmoid():
    return tf.keras.Sequential([layers.Input((8,), batch_size=1), layers.Dense(1, activation="sigmoid")])


def joined():
    given = layers.Input((6, 6, 1), batch_size=1)
    branches = [layers.Conv2D(2, 3)(given), layers.Conv2D(3, 3)(given)]
    return tf.keras.Model(given, layers.Concatenate()(branches))


def converted(model, kind):
    """The bytes of a .tflite file: all int8, int8 within float ends, or not quantised."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if kind != "float":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind in ("int8", "float_ends"):
        rng = np.random.default_rng(2)
        samples = rng.normal(0.2, 1, (50, 1, *model.input_shape[1:])).astype(np.float32)
        converter.representative_dataset = lambda: ([sample] for sample in samples)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    if kind == "int8":
        converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


def made(build, seed=1):
    """A model whose random weights and biases are large enough to matter."""
    tf.keras.utils.set_random_seed(seed)
    model = build()
    rng = np.random.default_rng(seed)
    model.set_weights([weights + rng.normal(0, 0.1, weights.shape) for weights in model.get_weights()])
    return model


def described(file):
    """Inputs and answers in int8, whether the file's ends are int8 or float."""
    interpreter = tf.lite.Interpreter(
        model_content=file, experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF)
    interpreter.allocate_tensors()
    [given], [taken] = interpreter.get_input_details(), interpreter.get_output_details()
    inner = interpreter.get_tensor_details()
    is_float = given["dtype"] == np.float32
    if is_float:
        # The tensors next to the ends, which are int8.
        quantised = [tensor for tensor in inner if tensor["dtype"] == np.int8 and tensor["quantization"][0]]
        scale_in, zero_in = next(t["quantization"] for t in quantised if list(t["shape"]) == list(given["shape"]))
        scale_out, zero_out = 1 / 256, -128
    rng = np.random.default_rng(3)
    inputs, outputs = [], []
    for index in range(INPUTS):
        values = rng.normal(rng.uniform(-60, 60), [20, 60, 200][index % 3], given["shape"])
        values = values.round().clip(-128, 127).astype(np.int8)
        fed = ((values.astype(np.float32) - zero_in) * np.float32(scale_in)) if is_float else values
        interpreter.set_tensor(given["index"], fed)
        interpreter.invoke()
        answer = interpreter.get_tensor(taken["index"])
        answer = np.round(answer / scale_out + zero_out) if is_float else answer
        inputs.append([int(value) for value in values.ravel()])
        outputs.append([int(value) for value in answer.ravel()])
    return {"inputs": inputs, "outputs": outputs}


def main():
    OUTPUT.mkdir(exist_ok=True)
    for name, build, kind in [
        ("separable", separable, "int8"),
        ("residual", residual, "int8"),
        ("over_time", over_time, "int8"),
        ("causal", causal, "int8"),
        ("autoencoder", autoencoder, "int8"),
        ("bands_by_frames", bands_by_frames, "int8"),
        ("float_ends", separable, "float_ends"),
    ]:
        file = converted(made(build), kind)
        (OUTPUT / f"{name}.tflite").write_bytes(file)
        (OUTPUT / f"{name}.json").write_text(json.dumps(described(file)) + "\n")
    for name, build, kind in [
        ("dilated", dilated, "int8"),
        ("sigmoid", sigmoid, "int8"),
        ("joined", joined, "int8"),
        ("float", autoencoder, "float"),
        ("dynamic_range", separable, "dynamic_range"),
    ]:
        (OUTPUT / f"refused_{name}.tflite").write_bytes(converted(made(build), kind))


if __name__ == "__main__":
    main()
