"""Makes engine/tests/data/resampled.json: what scipy resamples, for engine/tests/conditioning.rs to compare with; and prints
the coefficients that a test in engine/src/listen/conditioning/filter.rs has.

    pip install scipy==1.17.1
    python tests/scripts/scipy_golden.py
"""

import json
from pathlib import Path

import numpy as np
from scipy import signal, special

GOLDEN = Path(__file__).parents[2] / "engine" / "tests" / "data" / "resampled.json"
RATE = 22050
RATES = [8000, 16000, 20833, 32000, 44100, 48000]
LENGTH = 240
# Shares of half the lower rate, within the pass band.
TONES = [0.03, 0.21, 0.5, 0.8]


def main():
    GOLDEN.write_text(json.dumps([resampled(rate) for rate in RATES]) + "\n")
    taps, phase = 32, 16 / 32
    time = np.arange(taps) - (taps / 2 - 1) - phase
    inside = np.sqrt(np.maximum(0, 1 - (time / (taps / 2)) ** 2))
    response = np.sinc(time) * special.i0(6.2 * inside) / special.i0(6.2)
    print([round(float(c), 3) for c in 16384 * response / response.sum()])


def resampled(rate):
    nyquist = min(rate, RATE) / 2
    time = np.arange(LENGTH) / rate
    tones = sum(np.cos(2 * np.pi * share * nyquist * time + index) for index, share in enumerate(TONES))
    samples = np.round(7000 * tones * signal.windows.hann(LENGTH)).astype(np.int16)
    longest = max(RATE, rate) // np.gcd(RATE, rate)
    # Far steeper than the engine's: what is right.
    ideal = signal.firwin(96 * longest + 1, 1 / longest, window=("kaiser", 10))
    out = signal.resample_poly(samples.astype(float), RATE, rate, window=ideal)
    return {"rate": rate, "samples": samples.tolist(), "resampled": [round(float(x), 2) for x in out]}


if __name__ == "__main__":
    main()
