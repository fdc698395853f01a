#!/usr/bin/env python3
"""Lets networks of one's own teach another in a cross-validation: answers of models that have heard neither the people of a
clip nor those of the test fold.

    host-trainer crossval --data DATA --folds docs/ravdess-folds.json --dry-run --out teacher
    python tests/scripts/own_teacher.py commands teacher --data DATA --preset small --epochs 60 | sh
    python tests/scripts/own_teacher.py gather teacher
    host-trainer crossval --data DATA --folds docs/ravdess-folds.json --preset tiny --teacher-logits teacher --out taught

For each pair of folds there is a model that hears neither: what it says of the one fold teaches where the other is tested, and the other
way round. Those who are never tested are dealt to the pairs, corpus by corpus, so that for each test fold everybody has been left out once.
`commands` prints a training a line, for anything that runs lines side by side.
"""

import argparse
import csv
from pathlib import Path

Person = tuple[str, str]


def rows(table: Path) -> list[dict[str, str]]:
    with table.open(newline="") as file:
        return list(csv.DictReader(file))


def person(row: dict[str, str]) -> Person:
    """Who speaks or sings in a recording; song and speech of one corpus are of the same people."""
    return row["corpus"].removesuffix("-song"), row["speaker"]


def people(table: Path) -> set[Person]:
    return {person(row) for row in rows(table)}


def folds_of(folder: Path) -> list[set[Person]]:
    tables = sorted(folder.glob("fold-*/test.csv"), key=lambda path: int(path.parent.name.split("-")[1]))
    if not tables:
        raise SystemExit(f"{folder} has no fold-N/test.csv: let `host-trainer crossval --dry-run --out {folder}` write them")
    return [people(table) for table in tables]


def pairs(count: int) -> dict[tuple[int, int], int]:
    """The round in which two of so many meet, all against all by the circle method; of an odd number one rests."""
    seats = count + count % 2
    rounds = {}
    for turn in range(seats - 1):
        circle = [seats - 1] + [(turn + place) % (seats - 1) for place in range(seats - 1)]
        for place in range(seats // 2):
            rounds[tuple(sorted((circle[place], circle[-1 - place])))] = turn
    return rounds


def name(pair: tuple[int, int]) -> str:
    return f"pair-{pair[0] + 1}-{pair[1] + 1}"


def commands(arguments):
    folds = folds_of(arguments.folder)
    tested = set().union(*folds)
    everyone = people(arguments.folder / "fold-1" / "train.csv") | tested
    others = {}
    for corpus, speaker in sorted(everyone - tested):
        others.setdefault(corpus, []).append((corpus, speaker))
    rounds = pairs(len(folds))
    turns = max(rounds.values()) + 1
    data = " ".join(f"--data {path}" for path in arguments.data)
    for pair, turn in sorted(rounds.items()):
        left_out = set().union(*(folds[fold] for fold in pair if fold < len(folds)))
        left_out |= {person for corpus in others.values() for person in corpus[turn::turns]}
        speakers = ",".join(sorted({speaker for _, speaker in left_out}))
        print(
            f"host-trainer train {data} --classes {arguments.classes} --preset {arguments.preset} --epochs {arguments.epochs} "
            f"--test-speakers {speakers} --out {arguments.folder / name(pair)}"
        )


def gather(arguments):
    folds = folds_of(arguments.folder)
    for fold, tested in enumerate(folds):
        tables = [arguments.folder / name(pair) / "clips.csv" for pair in pairs(len(folds)) if fold in pair]
        answers = [row for table in tables for row in rows(table) if person(row) not in tested]
        write(arguments.folder / f"fold-{fold + 1}" / "teacher.csv", answers)
        report(fold + 1, answers)


def write(path: Path, answers: list[dict[str, str]]):
    temporary = path.with_suffix(".unfinished")
    with temporary.open("w", newline="") as file:
        writer = csv.DictWriter(file, answers[0].keys())
        writer.writeheader()
        writer.writerows(answers)
    temporary.replace(path)


def report(fold: int, answers: list[dict[str, str]]):
    """What the teacher reaches by itself on the clips that it teaches."""
    labels = [column for column in answers[0] if column.startswith("float ")]
    by_corpus = {}
    for row in answers:
        said = max(labels, key=lambda label: float(row[label]))
        by_corpus.setdefault(row["corpus"], []).append(said == f"float {row['label']}")
    shares = (f"{corpus} {100 * sum(right) / len(right):.1f} % of {len(right)}" for corpus, right in sorted(by_corpus.items()))
    print(f"fold {fold}: right", ", ".join(shares))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    steps = parser.add_subparsers(required=True)
    step = steps.add_parser("commands", help="prints a training for each pair of folds")
    step.set_defaults(run=commands)
    step.add_argument("--data", action="append", required=True, help="as crossval was given it")
    step.add_argument("--classes", default="eight")
    step.add_argument("--preset", default="small")
    step.add_argument("--epochs", type=int, default=60)
    steps.add_parser("gather", help="writes fold-N/teacher.csv from their answers").set_defaults(run=gather)
    for step in steps.choices.values():
        step.add_argument("folder", type=Path, help="the --out of crossval --dry-run")
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
