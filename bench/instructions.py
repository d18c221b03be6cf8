#!/usr/bin/env python3
"""Counts the instructions of hot paths under callgrind, and holds them against bench/instructions.txt: of the audit of passwords a row, of
the log's tree an append, of a label drawn as PNG, coded and verified, of the gate a row and a lookup.

    bench/instructions.py [--write]

A count is the same whatever else the machine does, so a path that became slower fails here and not on somebody's desk. The
count of a path is the difference of two runs over 20,000 and 40,000 rows, less that of reading alone (and of making the rows); an append is counted alone. `--write` takes the
counts of today as the new limits, a tenth above. Needs valgrind (Debian: apt-get install valgrind).
"""
import pathlib, re, shutil, subprocess, sys, tempfile, os

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMITS = ROOT / "bench" / "instructions.txt"
PATHS = ["read", "unique", "space", "order", "common", "structure", "core"]
ALONE = ["append"]  # of the example tree_speed
LABEL = ["png", "qr", "verify"]  # of the example speed: a label each
GATE = ["judge", "many"]  # of the example gate_speed: a row, a lookup
FEW, MANY = 20_000, 40_000
FEW_LABELS, MANY_LABELS = 10, 40


def count(program, path, rows):
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "counts"
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", str(program), path, str(rows)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{path}: {done.stderr[-2000:]}")
        return int(re.search(r"Collected : (\d+)", done.stderr).group(1))


def main():
    if not shutil.which("valgrind"):
        print("SKIPPED: valgrind is missing (Debian: apt-get install valgrind)")
        return
    examples = {"hot": "assay-passwords", "tree_speed": "assay-log", "speed": "assay-label", "gate_speed": "assay-gate"}
    for example, package in examples.items():
        subprocess.run(["cargo", "build", "--release", "--locked", "--quiet", "-p", package, "--example", example], cwd=ROOT, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    program = lambda p: target / "release" / "examples" / ("tree_speed" if p in ALONE else "gate_speed" if p in [*GATE, "rows"] else "speed" if p in [*LABEL, "none"] else "hot")
    a_row = lambda p: (count(program(p), p, MANY) - count(program(p), p, FEW)) / (MANY - FEW)
    a_label = lambda p: (count(program(p), p, MANY_LABELS) - count(program(p), p, FEW_LABELS)) / (MANY_LABELS - FEW_LABELS)
    counts = {p: a_row(p) for p in ["make", *PATHS, *ALONE]}
    # Labels are made before they are drawn: what that takes is counted alone, in "none".
    counts |= {p: a_label(p) - a_label("none") for p in LABEL}
    counts |= {p: a_row(p) for p in GATE}
    counts["judge"] -= (count(program("rows"), "make", MANY) - count(program("rows"), "make", FEW)) / (MANY - FEW)
    base = {p: counts["make" if p == "read" else "read"] for p in PATHS}
    counts = {p: counts[p] - base.get(p, 0) for p in [*PATHS, *ALONE, *LABEL, *GATE]}
    if "--write" in sys.argv:
        head = "# Instructions a row, an append or a label that a hot path may take, see bench/instructions.py. AVX2: valgrind knows no AVX-512.\n"
        LIMITS.write_text(head + "".join(f"{p} {c * 1.1:.0f}\n" for p, c in counts.items()))
    limits = dict(line.split() for line in LIMITS.read_text().splitlines() if not line.startswith("#"))
    slow = [p for p in counts if counts[p] > float(limits[p])]
    for p in counts:
        print(f"{p:10} {counts[p]:8.0f} instructions {'an append' if p in ALONE else 'a label' if p in LABEL else 'a row'}, at most {limits[p]}{'  TOO MANY' if p in slow else ''}")
    if slow:
        sys.exit(f"slower than before: {', '.join(slow)}. Mend it, or say in the commit why and run bench/instructions.py --write")


if __name__ == "__main__":
    main()
