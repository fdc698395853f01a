"""Makes engine/tests/data/decimated.json: bits of a sigma-delta modulator and what numpy makes of them by the decimator's
definition, for engine/tests/decimator.rs to compare with; and prints the coefficients of
engine/src/listen/conditioning/decimator/compensator.rs and what they reach.

    pip install scipy==1.17.1
    python tests/scripts/pdm_golden.py
"""

import json
from pathlib import Path

import numpy as np
from scipy import optimize, signal

GOLDEN = Path(__file__).parents[2] / "engine" / "tests" / "data" / "decimated.json"
DECIMATION = 64
TAPS = 40
ONE = 1 << 14
# In units of the output's rate: 86 and 114 % of its half.
PASS, STOP = 0.43, 0.57
RIPPLE_DB = 0.09
SAMPLES = 320


def main():
    coefficients = compensator()
    print(coefficients[: TAPS // 2].tolist())
    report(coefficients)
    bits = modulate(stimulus())
    GOLDEN.write_text(
        json.dumps({"pdm": np.packbits(bits).tobytes().hex(), "samples": decimate(bits, coefficients)}) + "\n"
    )


def boxes(order, length, apart=1):
    """A CIC filter's impulse response: `order` running sums of `length` samples that are `apart`."""
    box = np.zeros((length - 1) * apart + 1, dtype=np.int64)
    box[::apart] = 1
    response = np.ones(1, dtype=np.int64)
    for _ in range(order):
        response = np.convolve(response, box)
    return response


def cic_gain(frequencies):
    """Of both CIC filters, in units of the output's rate."""
    response = np.convolve(boxes(3, 8), boxes(6, 4, 8)).astype(float)
    return np.abs(signal.freqz(response / response.sum(), worN=2 * np.pi * frequencies / DECIMATION)[1])


def compensator():
    """The linear-phase filter whose stop band is lowest where the whole is flat in the pass band (a linear programme)."""
    time = np.arange(TAPS // 2) + 0.5
    passed, stopped = np.linspace(0, PASS, 120), np.linspace(STOP, 1, 160)
    whole = lambda f: 2 * np.cos(np.pi * np.outer(f, time)) * cic_gain(f)[:, None]
    ripple = 10 ** (RIPPLE_DB / 20) - 1
    zeros, ones = np.zeros((len(passed), 1)), np.ones((len(stopped), 1))
    a, b = whole(passed), whole(stopped)
    solution = optimize.linprog(
        [0] * len(time) + [1],
        A_ub=np.block([[a, zeros], [-a, zeros], [b, -ones], [-b, -ones]]),
        b_ub=np.concatenate([np.full(len(passed), 1 + ripple), np.full(len(passed), ripple - 1), np.zeros(2 * len(stopped))]),
        A_eq=[[1] * len(time) + [0]],
        b_eq=[0.5],
        bounds=(None, None),
    )
    half = np.round(ONE * solution.x[:-1]).astype(np.int64)
    # What rounding left, so that a constant stays what it is.
    half[0] += ONE // 2 - half.sum()
    return np.concatenate([half[::-1], half])


def report(coefficients):
    """What passes, and what is left of all else once it has been folded onto the output's half rate."""
    def gain(f):
        fir = np.abs(signal.freqz(coefficients / ONE, worN=np.pi * f)[1])
        return 20 * np.log10(np.maximum(cic_gain(f) * fir, 1e-9))

    passed = np.linspace(0, PASS, 1000)
    folded = np.concatenate([np.linspace(n - PASS, n + PASS, 1000) for n in range(1, DECIMATION // 2)])
    print(f"pass band {gain(passed).min():.3f} to {gain(passed).max():.3f} dB")
    print(f"stop band {gain(np.linspace(STOP, 1, 2000)).max():.1f} dB, folded onto the pass band {gain(folded).max():.1f} dB")
    print(f"absolute sum {np.abs(coefficients).sum()}, droop of the CIC filters {20 * np.log10(cic_gain(np.array([PASS]))[0]):.2f} dB")


def stimulus():
    """Two tones, then more than the modulator can follow, then a constant."""
    time = np.arange(SAMPLES * DECIMATION) / DECIMATION
    tones = 0.35 * np.sin(2 * np.pi * 0.031 * time) + 0.3 * np.sin(2 * np.pi * 0.27 * time)
    tones[160 * DECIMATION : 200 * DECIMATION] = np.sign(tones[160 * DECIMATION : 200 * DECIMATION])
    tones[260 * DECIMATION :] = -0.125
    return tones


def modulate(samples):
    """A sigma-delta modulator of second order (Candy 1985), stopped from running away."""
    bits, first, second = np.zeros(len(samples), dtype=np.uint8), 0.0, 0.0
    for n, sample in enumerate(samples):
        bits[n] = second >= 0
        fed_back = 1.0 if bits[n] else -1.0
        first = np.clip(first + sample - fed_back, -4, 4)
        second = np.clip(second + first - 2 * fed_back, -8, 8)
    return bits


def decimate(bits, coefficients):
    """By definition: whole convolutions, of which every so many values are kept. Before the first bit there was silence,
    bits that are one and nought by turns."""
    silence = np.tile([0, 1], 32 * DECIMATION)
    ones = np.concatenate([silence, bits]).astype(np.int64)
    sums = np.convolve(np.convolve(ones, boxes(3, 8))[7::8], boxes(6, 4))[3::4]
    halves = np.clip((sums - (1 << 20) + 16) >> 5, -(1 << 15), (1 << 15) - 1)
    # Words of 32 bits, as from I2S: 4 times what has 14 fraction bits.
    words = 4 * np.convolve(halves, coefficients)[1::2]
    first = len(silence) // DECIMATION
    return np.clip(words, -(1 << 31), (1 << 31) - 1)[first : first + SAMPLES].tolist()


if __name__ == "__main__":
    main()
