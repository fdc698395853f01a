#!/usr/bin/env python3
"""Kills a training run at random moments and lets it resume, again and again.

    cargo build --release -p host-trainer
    python3 tests/scripts/kill_training.py --kills 100

Each round trains on a small built-in corpus, is killed (SIGKILL) once, at a moment drawn from the whole length of
an undisturbed run, and goes on with --resume, or from the start where it was killed before its first checkpoint.
An earlier run, with another seed, is in the folder. A round counts if the kill leaves nothing of it, or all, and if the end is the
undisturbed run's, byte for byte.
"""

import argparse
import filecmp
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
RESULTS = ["float.safetensors", "model.postcard", "metrics.json"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--trainer", default=ROOT / "target/release/host-trainer")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    moments = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        rounds = Rounds(arguments.trainer, pathlib.Path(folder))
        outcomes = [rounds.play(moments.random()) for _ in range(arguments.kills)]
    for outcome in sorted(set(outcomes)):
        print(f"{outcomes.count(outcome):4} {outcome}")
    if any(outcome.startswith("BAD") for outcome in outcomes):
        raise SystemExit(1)


class Rounds:
    def __init__(self, trainer, folder):
        self.trainer, self.folder = trainer, folder
        self.corpus, self.whole, self.out = folder / "corpus", folder / "whole", folder / "out"
        self.earlier = folder / "earlier"
        self.run("synth", "--out", self.corpus, "--clips", "48")
        self.run(*self.training(self.whole))
        self.run(*self.training(self.earlier), "--seed", "2")
        started = time.monotonic()
        self.run(*self.training(self.folder / "timed"))
        self.seconds = time.monotonic() - started

    def training(self, out):
        options = ["--split", "random", "--epochs", "4", "--data", self.corpus, "--out", out]
        return ["train", *options]

    def start(self, *command):
        environment = os.environ | {"HOST_TRAINER_CACHE": str(self.folder / "cache")}
        pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "env": environment}
        return subprocess.Popen([self.trainer, *command], **pipes)

    def run(self, *command):
        process = self.start(*command)
        messages = process.communicate()[1].decode()
        if process.returncode != 0:
            raise RuntimeError(messages)

    def play(self, moment):
        subprocess.run(["rm", "-rf", self.out], check=True)
        shutil.copytree(self.earlier, self.out)
        process = self.start(*self.training(self.out))
        try:
            process.communicate(timeout=moment * self.seconds)
            outcome = "ended before the kill"
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            if not self.shows_one_run():
                return "BAD: a mixture"
            outcome = self.go_on()
        same = filecmp.cmpfiles(self.whole, self.out, RESULTS, shallow=False)[0] == RESULTS
        return outcome if same else f"BAD: another end, {outcome}"

    def shows_one_run(self):
        shown = [file for file in RESULTS if (self.out / file).exists()]
        same = [filecmp.cmpfiles(run, self.out, shown, shallow=False)[0] for run in (self.earlier, self.whole)]
        return same[0] == RESULTS or same[1] == shown

    def go_on(self):
        if (self.out / ".unfinished/checkpoint.postcard").exists():
            self.run(*self.training(self.out), "--resume")
            return "resumed to the same files"
        self.run(*self.training(self.out))
        return "killed before the first checkpoint, started again to the same files"


if __name__ == "__main__":
    main()
