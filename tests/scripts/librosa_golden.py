"""Makes tests/golden/librosa: what librosa 0.11 computes, for librosa_parity.rs to compare with.

    pip install librosa==0.11.0
    python tests/scripts/librosa_golden.py

One file a signal. `samples` is the signal as int16; for each set of parameters there are
`power_RATE_FFT_HOP_BANDS` and `decibel_RATE_FFT_HOP_BANDS`, float32, bands by frames. A fifth number is the corner of a
logarithmic scale in Hz: 700 is librosa's `htk=True`, for others its filters get that formula with another constant.
"""

from pathlib import Path
from unittest import mock

import librosa
import numpy as np

GOLDEN = Path(__file__).parents[1] / "golden" / "librosa"
RATE = 22050
SHORT = 6000
WINDOW = 66150

# rate, FFT length, hop length, mel bands[, corner]
SHORT_CONFIGS = [
    (22050, 2048, 512, 64),
    (22050, 2048, 333, 128),
    (16000, 1024, 160, 40),
    (22050, 1024, 512, 128),
    (16000, 512, 160, 40),
    (48000, 512, 333, 128),  # bands too narrow for a bin
    (22050, 512, 1001, 64),  # a hop above the FFT length
    (22050, 2048, 512, 64, 700),
    (16000, 1024, 160, 40, 400),
]
WINDOW_CONFIGS = [(22050, 2048, 512, 64), (22050, 2048, 512, 128), (22050, 2048, 512, 64, 400)]


def to_int16(signal):
    return np.clip(np.round(signal * 32768), -32768, 32767).astype(np.int16)


def chirp(length):
    """A logarithmic sweep from 50 to 10000 Hz."""
    return 0.5 * librosa.chirp(fmin=50, fmax=10000, sr=RATE, length=length)


def speech_like(length, random):
    """A gliding harmonic tone under three formants, with consonant-like noise and pauses."""
    time = np.arange(length) / RATE
    pitch = 140 + 40 * np.sin(2 * np.pi * 1.3 * time)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    voice = np.zeros(length)
    for harmonic in range(1, 60):
        hz = harmonic * pitch
        formants = sum(np.exp(-(((hz - centre) / width) ** 2)) for centre, width in [(600, 150), (1400, 200), (2700, 300)])
        voice += (formants + 0.01) / harmonic**0.5 * np.sin(harmonic * phase) * (hz < RATE / 2)
    syllables = np.clip(np.sin(2 * np.pi * 4 * time), 0, 1) * (time % 1.5 < 1.1)
    hiss = random.normal(size=length) * (time % 0.5 > 0.42) * 0.02
    return 0.2 * voice * syllables + hiss


def signals():
    random = np.random.default_rng(1)
    yield "chirp", to_int16(chirp(SHORT)), SHORT_CONFIGS
    yield "noise", to_int16(0.1 * random.normal(size=SHORT)), SHORT_CONFIGS
    impulse = np.zeros(SHORT, np.int16)
    impulse[[0, 2500, SHORT - 1]] = 32767, -32768, 1
    yield "impulse", impulse, SHORT_CONFIGS
    square = np.where(np.arange(SHORT) // 50 % 2 == 0, 32767, -32768).astype(np.int16)
    yield "square", square, SHORT_CONFIGS
    yield "constant", np.full(SHORT, 12345, np.int16), SHORT_CONFIGS
    yield "silence", np.zeros(SHORT, np.int16), SHORT_CONFIGS
    yield "speech", to_int16(speech_like(WINDOW, random)), WINDOW_CONFIGS
    yield "speech_short", to_int16(speech_like(SHORT, random)), SHORT_CONFIGS


def spectrogram(signal, rate, n_fft, hop_length, n_mels, corner=None):
    parameters = dict(
        y=signal, sr=rate, n_fft=n_fft, hop_length=hop_length, n_mels=n_mels,
        center=True, pad_mode="constant", window="hann", power=2.0, norm="slaney", fmin=0.0, fmax=rate / 2,
    )
    if corner in (None, 700):
        return librosa.feature.melspectrogram(**parameters, htk=corner is not None)

    def frequencies(count, *, fmin, fmax, htk):
        return corner * (np.exp(np.linspace(0, np.log1p(fmax / corner), count)) - 1)

    with mock.patch.object(librosa.filters, "mel_frequencies", frequencies):
        return librosa.feature.melspectrogram(**parameters)


def golden(samples, configs):
    arrays = {"samples": samples}
    signal = samples.astype(np.float32) / 32768
    for config in configs:
        power = spectrogram(signal, *config)
        decibel = librosa.power_to_db(power, ref=np.max, amin=1e-10, top_db=80.0)
        key = "_".join(map(str, config))
        arrays[f"power_{key}"] = power.astype(np.float32)
        arrays[f"decibel_{key}"] = decibel.astype(np.float32)
    return arrays


if __name__ == "__main__":
    assert librosa.__version__.startswith("0.11."), librosa.__version__
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for name, samples, configs in signals():
        np.savez_compressed(GOLDEN / f"{name}.npz", **golden(samples, configs))
