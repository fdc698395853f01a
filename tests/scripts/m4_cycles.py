"""Estimates the cycles that the reference kernels take on a Cortex-M4: `python tests/scripts/m4_cycles.py`.

QEMU lists which blocks of instructions it executes, and what is in them. Each instruction then counts what the
"Cortex-M4 Technical Reference Manual" (3.3) says, without wait states: `ldm` and `stm` of n words 1 + n, `ldrd` 3, `ldr` 2
or, right behind another load, 1, `str` 1 (2 with an index in a register), a branch that is taken 3, a division 7 of its 2
to 12, everything else 1. What the manual leaves out, such as a wait for a register, is left out here.
"""

import json
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
ELF = ROOT / "target/thumbv7em-none-eabihf/firmware/kernels"

# Words of which `ldm`, `push` and their kind name a list.
REGISTERS = ["r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "sp", "lr", "pc"]
ALIASES = {"sb": "r9", "sl": "r10", "fp": "r11", "ip": "r12"}
LOADS = re.compile(r"ldr(b|sb|h|sh)?(\.w)?$")
STORES = re.compile(r"str(b|h)?(\.w)?$")
BRANCHES = re.compile(r"(b|bl|bx|blx|cbz|cbnz|b(eq|ne|hs|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le))(\.w)?$")
TAKEN = 3


def listed_words(operands):
    """How many registers a list such as `{r4-r7, lr}` has."""
    count = 0
    for item in operands[operands.index("{") + 1 : operands.index("}")].split(","):
        first, _, last = (ALIASES.get(name.strip(), name.strip()) for name in item.partition("-"))
        count += 1 if not last else REGISTERS.index(last) - REGISTERS.index(first) + 1
    return count


def block_cycles(block):
    """What a block's instructions take, but for a branch at its end that is taken."""
    cycles = 0
    follows_load = False
    for mnemonic, operands in block:
        is_load = bool(LOADS.match(mnemonic))
        if is_load:
            cycles += 1 if follows_load else 2
            cycles += TAKEN if operands.startswith("pc") else 0
        elif mnemonic.startswith(("ldrd", "strd")):
            cycles += 3
        elif mnemonic.startswith(("ldm", "stm", "push", "pop")):
            cycles += 1 + listed_words(operands)
        elif STORES.match(mnemonic):
            cycles += 2 if re.search(r"\[\w+, [a-z]", operands) else 1
        elif mnemonic.startswith(("sdiv", "udiv")):
            cycles += 7
        else:
            cycles += 1
        follows_load = is_load
    return cycles


class Block:
    def __init__(self, lines):
        self.instructions = [(mnemonic, operands) for _, _, mnemonic, operands in lines]
        address, code, _, _ = lines[-1]
        self.end = address + len(code.replace(" ", "")) // 2
        self.is_branch = bool(BRANCHES.match(lines[-1][2]))
        self.cycles = block_cycles(self.instructions)


LINE = re.compile(r"0x([0-9a-f]{8}):\s+((?:[0-9a-f]{4} ?)+)\s+(\S+)\s*(.*)")


def laps(log, marker):
    """Instructions and cycles from each execution of the block at `marker` to the next one."""
    blocks, lines = {}, []
    instructions = cycles = 0
    last = None
    for line in log:
        if line.startswith("Trace"):
            address = int(line.split("/")[1], 16)
            if lines:
                blocks[lines[0][0]] = Block(lines)
                lines = []
            if last and last.is_branch and address != last.end:
                cycles += TAKEN - 1
            if address == marker:
                yield instructions, cycles
                instructions = cycles = 0
            last = blocks.get(address)
            if last:
                instructions += len(last.instructions)
                cycles += last.cycles
        elif match := LINE.match(line):
            address, code, mnemonic, operands = match.groups()
            lines.append((int(address, 16), code, mnemonic, operands))


def address_of(symbol):
    names = subprocess.run(["arm-none-eabi-nm", "-C", ELF], check=True, capture_output=True, text=True).stdout
    return next(int(line.split()[0], 16) & ~1 for line in names.splitlines() if line.endswith(f" {symbol}"))


def measure(layers):
    """Instructions and cycles of so many layers."""
    # Without what clears memory before `main`.
    run = ["qemu-system-arm", "-machine", "mps2-an386", "-display", "none", "-monitor", "none", "-serial", "none"]
    run += ["-semihosting-config", "enable=on,target=native", "-kernel", ELF]
    run += ["-d", "in_asm,exec,nochain", "-dfilter", "0x800+0x100000", "-D", "/dev/stderr"]
    folder = ROOT / "target/tmp"
    with subprocess.Popen(run, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, cwd=folder) as qemu:
        # Between two measurements memory is filled: every other one of the long laps. The clock's own are short.
        long = [lap for lap in laps(qemu.stderr, address_of("firmware_sim::ticks::now")) if lap[0] > 300]
    return long[1 : 2 * layers : 2]


if __name__ == "__main__":
    sim = ["cargo", "sim", "--board", "an386", "kernels", "--json"]
    report = json.loads(subprocess.run(sim, cwd=ROOT, check=True, capture_output=True).stdout)
    layers = [(layer["name"], "MAC", layer["macs"]) for layer in report["kernels"]]
    layers += [(layer["name"], layer["unit"], layer["count"]) for layer in report["operators"]]
    print("| layer | for one | instructions | cycles |\n| --- | --- | --- | --- |")
    for (name, unit, count), (instructions, cycles) in zip(layers, measure(len(layers)), strict=True):
        print(f"| {name} | {unit} | {instructions / count:.2f} | {cycles / count:.2f} |")
