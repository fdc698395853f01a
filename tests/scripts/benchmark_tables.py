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


def layers():
    benches = [sim(board, "bench") for board in CORES]
    row("layer", "kMAC", *CORES.values(), "M4F a MAC")
    row(*["---"] * (len(CORES) + 3))
    for costs in zip(*(bench["layers"] for bench in benches)):
        macs, m4 = costs[0]["macs"], costs[1]["instructions"]
        thousands = [round(cost["instructions"] / 1000) for cost in costs]
        row(costs[0]["name"], round(macs / 1000), *thousands, f"{m4 / macs:.2f}" if macs else "")
    for name, key in [
        ("front end, a hop", "front_end_instructions_per_hop"),
        ("a whole window", "total_instructions"),
    ]:
        row(name, "", *[round(bench[key] / 1000) for bench in benches], "")


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
