#!/usr/bin/env python3
"""The gate over a whole catalogue, beside what a data team would pick instead, in one run.

    [ROWS=20000000 PRODUCTS=5000000] [RUNS=3] bench/gate.py

Needs ../shared/yardstick, and DuckDB and polars in a virtual environment (PY, as its setup.sh makes it). Makes the yardstick's
register and catalogue if they are not there (D), a snapshot of the register, and runs DuckDB, polars and the gate in turn with the
yardstick's measure.py: medians of wall and CPU seconds, memory, and how many times faster each is than DuckDB. Then DuckDB joins
the gate's verdicts with the register and counts, row by row, whether they agree.
"""
import os, pathlib, shutil, subprocess, sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
YARD = ROOT.parent / "shared" / "yardstick"
TMP = pathlib.Path(os.environ.get("TMPDIR", "/tmp"))
D = pathlib.Path(os.environ.get("D", TMP / "yard"))
PY = os.environ.get("PY", str(TMP / "yard-tools" / "venv" / "bin" / "python"))
ROWS, PRODUCTS, RUNS = (os.environ.get(n, d) for n, d in (("ROWS", "4000000"), ("PRODUCTS", "1000000"), ("RUNS", "3")))

AGREE = """
import duckdb, sys
reg, cat, out = sys.argv[1:]
W = [3, 1] * 6 + [3]
check = "(10 - (" + " + ".join(f"{w}*(ascii(g[{i+1}])-48)" for i, w in enumerate(W)) + ") % 10) % 10 = ascii(g[14])-48"
read = lambda f: f"read_csv('{f}', all_varchar=true, header=true)"
q = f'''WITH k AS (SELECT sku, gtin AS raw, CASE WHEN regexp_full_match(trim(gtin),'[0-9]{{8}}|[0-9]{{12,14}}') THEN lpad(trim(gtin),14,'0') END AS g FROM {read(cat)}),
j AS (SELECT k.sku, CASE WHEN g IS NULL OR NOT ({check}) THEN 'invalid' ELSE coalesce(status,'unknown') END AS expected FROM k LEFT JOIN {read(reg)} r ON g = r.gtin)
SELECT expected, verdict, reason, count(*) FROM j FULL JOIN {read(out)} v ON j.sku = v.sku GROUP BY ALL ORDER BY ALL'''
bad = 0
for expected, verdict, reason, n in duckdb.sql(q).fetchall():
    # Eight digits from 0 or 1 may be a UPC-E, which DuckDB's query does not know: what it stands for is looked up, or a person is asked.
    two = (verdict, reason) == ("ask", "short-upc")
    agrees = {"allowed": verdict == "may-sell" or two, "refused": verdict == "refuse" or two,
              "unknown": (verdict, reason) == ("refuse", "not-registered") or (verdict == "ask" and reason in ("retailer-owned-number", "coupon-number", "short-upc")),
              "invalid": verdict == "ask" or reason == "not-registered"}.get(expected, False)
    print(f"{str(expected):10} {str(verdict):10} {str(reason):24} {n:>12,}{'' if agrees else '   DISAGREES'}")
    bad += 0 if agrees else n
print(f"{bad:,} rows disagree")
sys.exit(bad > 0)
"""


def main():
    if not YARD.is_dir():
        sys.exit("SKIPPED: ../shared/yardstick is absent: there is nothing to compare with")
    run = lambda *command, **how: subprocess.run(command, check=True, **how)
    run("cargo", "build", "--release", "--quiet", "--locked", cwd=ROOT)
    assay = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / "assay"
    D.mkdir(parents=True, exist_ok=True)
    if not (D / "gen").exists():
        run("rustc", "-O", "-o", D / "gen", YARD / "gen" / "gen.rs")
    register, catalogue = D / f"register-{PRODUCTS}.csv", D / f"catalogue-{ROWS}-{PRODUCTS}.csv"
    if not register.exists():
        run(D / "gen", "register", register, PRODUCTS)
    if not catalogue.exists():
        run(D / "gen", "catalogue", catalogue, ROWS, PRODUCTS)
    place = D / f"assay-{PRODUCTS}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    run(assay, "snapshot", "import", register, "--out", place / "own.snap", stdout=subprocess.DEVNULL)
    size = (place / "own.snap").stat().st_size
    print(f"snapshot: {size:,} bytes, {size / int(PRODUCTS):.3f} a product")
    run(PY, YARD / "gate_peers.py", "parquet", register, catalogue, "x") if not pathlib.Path(f"{register}.parquet").exists() else None
    # What a round before wrote goes first: what a system does to write over a file that it still holds is nobody's work.
    peer = lambda p: f"{p}=rm -f {D}/out-{p}.csv; {PY} {YARD}/gate_peers.py {p} {register} {catalogue} {D}/out-{p}.csv"
    # Exit 1 is an answer here: some rows are refused.
    gate = lambda name, more: (f"{name}=rm -f {D}/out-{name}.csv; {assay} gate {catalogue} --snapshot {place}/own.snap --trust {place}/trust.txt --json "
                               f"--out {D}/out-{name}.csv --columns sku,gtin14,verdict,reason,updates_until {more}; [ $? -le 1 ]")
    commands = [peer(p) for p in ("duckdb", "duckdb-join", "duckdb-preg", "polars")]
    commands += [gate("assay", "--scope-check off --threads 1"), gate("assay-2", "--scope-check off --threads 2"), gate("assay-words", "--threads 2"),
                 f"assay-open={assay} snapshot inspect {place}/own.snap --trust {place}/trust.txt"]
    floor = D / "target" / "release" / "limits"
    commands += [f"floor=REPS=1 {floor} gate {register} {catalogue} {D}/out-floor.csv"] if floor.exists() else []
    sys.stdout.flush()
    run(sys.executable, YARD / "measure.py", "-n", RUNS, "-r", ROWS, *commands)
    sys.exit(subprocess.run([PY, "-c", AGREE, register, catalogue, D / "out-assay-2.csv"]).returncode)


if __name__ == "__main__":
    main()
