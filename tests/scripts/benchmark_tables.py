"""Prints the shipped model's tables in docs/benchmarks.md: `python tests/scripts/benchmark_tables.py`."""

import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
CORES = {"an385": "M3", "an386": "M4F", "an500": "M7", "an505": "M33", "an547": "M55"}
BOARDS = [*CORES, "stm32f405"]


def sim(board, program):
    command = ["cargo", "sim", "--board", board, program, "--json"]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)


def row(*cells):
    print("|", " | ".join(str(cell) for cell in cells), "|")


def first_branch(layers):
    """The number of layers before one that is like the first."""
    alike = [index for index, layer in enumerate(layers) if layer["macs"] == layers[0]["macs"]]
    return alike[1] if alike[1:] else len(layers)


def layer_row(name, costs):
    """Costs: by core, those of some layers."""
    macs = sum(layer["macs"] for layer in costs[0])
    counts = [sum(layer["instructions"] for layer in layers) for layers in costs]
    row(name, round(macs / 1000), *[round(count / 1000) for count in counts], f"{counts[1] / macs:.2f}" if macs else "")


def layers():
    benches = [sim(board, "bench") for board in CORES]
    row("layer", "kMAC", *CORES.values(), "M4F a MAC")
    row(*["---"] * (len(CORES) + 3))
    costs = [bench["layers"] for bench in benches]
    first = first_branch(costs[0])
    for index in range(first):
        layer_row(costs[0][index]["name"], [layers[index : index + 1] for layers in costs])
    if costs[0][first:]:
        layer_row("the other branches, and the sum of all", [layers[first:] for layers in costs])
    for name, key in [
        ("front end, a hop", "front_end_instructions_per_hop"),
        ("a whole window", "total_instructions"),
        ("loading, with its checksum", "load_instructions"),
        ("its checksum", "checksum_instructions"),
    ]:
        row(name, "", *[round(bench[key] / 1000) for bench in benches], "")
    for name, key in [
        ("a second of a stream", "instructions_per_second"),
        ("the dearest push of a hop", "dearest_push_instructions"),
    ]:
        row(name, "", *[round(bench["stream"][key] / 1000) for bench in benches], "")


def memory():
    row("board", "flash", "static RAM", "stack")
    row(*["---"] * 4)
    for board in BOARDS:
        used = sim(board, "memory")
        row(board, used["flash_bytes"], used["static_ram_bytes"], used["stack_bytes"])


if __name__ == "__main__":
    layers()
    print()
    memory()
