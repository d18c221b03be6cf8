#!/usr/bin/env python3
"""How fast is `assay passwords`, beside what one would use instead?

    bench/passwords.py [--rows 10000000] [--runs 3] [--whole 50000000] [--only NAME]

Builds the release program and the generator, installs DuckDB and polars into a folder of its own below $TMPDIR, makes the
batches, runs every program in turn (A B C A B C ...) and prints medians. Compare CPU seconds (user + system, the whole process
tree): on a machine that others use too they say more than the clock. A ratio is taken within one run only. Writes nothing into
the project; docs/performance.md has the table of one run.
"""
import argparse, os, pathlib, resource, statistics, subprocess, sys, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = pathlib.Path(os.environ.get("TMPDIR", tempfile.gettempdir())) / "assay-bench"
PYTHON = WORK / "venv" / "bin" / "python"

# What SQL can say: 4 written forms, 3 digests, hexadecimal, any window; beside them the plain derivations.
FORMS = ["serial", "mac", "replace(mac,':','')", "lower(replace(mac,':',''))"]
DIGESTS = " OR ".join(f"contains({d}({f}), lower(password))" for d in ("md5", "sha1", "sha256") for f in FORMS)
SQL = {
    "duplicates": "SELECT count(*) FROM (SELECT password FROM {t} GROUP BY 1 HAVING count(*) > 1)",
    "common": "SELECT count(*) FROM {t} WHERE lower(password) IN (SELECT column0 FROM read_csv('{list}', header=false, all_varchar=true))",
    "counters": "SELECT count(*) FROM (SELECT regexp_extract(password, '^(.*?)[0-9]*$', 1) stem, "
    "try_cast(regexp_extract(password, '([0-9]{{1,9}})$', 1) AS BIGINT) n, lag(stem) OVER w before, lag(n) OVER w m "
    "FROM {t} WINDOW w AS (ORDER BY serial)) WHERE stem = before AND n = m + 1",
    "digests": f"SELECT count(*) FROM {{t}} WHERE {DIGESTS}",
    "derived": "SELECT count(*) FROM {t} WHERE contains(serial, password) OR contains(password, substr(serial, 3)) "
    "OR contains(upper(password), right(replace(mac,':',''), 6)) OR password = reverse(serial) OR password = reverse(substr(serial, 3)) "
    "OR lower(password) = lower(to_hex(substr(serial, 3)::BIGINT)) "
    f"OR password = ('0x' || replace(mac,':',''))::BIGINT::VARCHAR OR {DIGESTS}",
}
PEER = """
import sys, duckdb
c = duckdb.connect(config={"threads": 2, "memory_limit": "10GB", "temp_directory": sys.argv[2]})
print(c.execute(sys.argv[1]).fetchall())
"""
POLARS = """
import sys, polars as pl
t = pl.scan_csv(sys.argv[1], schema={"serial": pl.String, "mac": pl.String, "password": pl.String})
print(t.select("password").group_by("password").len().filter(pl.col("len") > 1).select(pl.len()).collect(engine="streaming"))
"""


def run(command, env=None):
    start = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
    _, status, usage = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1, 3):
        sys.exit(f"{command[0]} ended with {code}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def table(title, rows, runs, programs):
    """Runs the programs in turn; prints a line each, with how many times the last one is faster."""
    print(f"\n### {title}\n\n| program | CPU s | wall s | peak MiB | M rows / CPU s | ours is faster |\n|---|---|---|---|---|---|")
    seen = {name: [] for name, _ in programs}
    for _ in range(runs):
        for name, command in programs:
            seen[name].append(run(command))
    middle = {n: [statistics.median(x[k] for x in r) for k in range(3)] for n, r in seen.items()}
    ours = middle[programs[-1][0]][1]
    for name, _ in programs:
        wall, cpu, peak = middle[name]
        ratio = "" if name == programs[-1][0] else f"{cpu / ours:.1f} x"
        print(f"| {name} | {cpu:.2f} | {wall:.2f} | {peak:.0f} | {rows / cpu / 1e6:.2f} | {ratio} |", flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rows", type=int, default=10_000_000)
    p.add_argument("--digest-rows", type=int, default=1_000_000)
    p.add_argument("--runs", type=int, default=3)
    p.add_argument("--whole", type=int, nargs="*", default=[1_000_000, 5_000_000, 10_000_000, 50_000_000])
    p.add_argument("--only", choices=["unique", "digests", "counters", "whole"])
    a = p.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    cargo = ["cargo", "build", "--release", "--locked", "--quiet"]
    subprocess.run(cargo + ["-p", "assay-cli"], cwd=ROOT, check=True)
    subprocess.run(cargo + ["-p", "assay-passwords", "--example", "batch"], cwd=ROOT, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", WORK / "venv"], check=True)
        subprocess.run([PYTHON, "-m", "pip", "install", "-q", "duckdb", "polars"], check=True)

    def batch(rows):
        path = WORK / f"batch-{rows}.csv"
        if not path.exists():
            with open(path, "wb") as out:
                subprocess.run([target / "examples" / "batch", str(rows)], stdout=out, check=True)
        return str(path)

    words = WORK / "words.txt"
    if not words.exists():
        kinds = ["camera", "plug", "router", "bulb", "lock", "vacuum", "speaker", "sensor"]
        words.write_text("password\npassword123\nadmin\n" + "".join(f"{kinds[n % 8]}{n // 8}\n" for n in range(100_000)))

    def duckdb(name, path):
        sql = SQL[name].format(t=f"read_csv('{path}', all_varchar=true, header=true)", list=words)
        return [str(PYTHON), "-c", PEER, sql, str(WORK / "duckdb")]

    assay = [str(target / "assay"), "passwords"]
    wanted = lambda name: a.only in (None, name)
    cores = os.cpu_count()
    print(f"{cores} cores; medians of {a.runs} runs; " + subprocess.run([assay[0], "--version"], capture_output=True, text=True).stdout.strip())
    if wanted("unique"):
        f = batch(a.rows)
        sort = ["/bin/sh", "-c", f"export LC_ALL=C; cut -d, -f3 {f} | sort -S 2G --parallel=2 -T {WORK} | uniq -d"]
        table(f"Uniqueness, {a.rows:,} rows", a.rows, a.runs, [
            ("sort and uniq", sort), ("DuckDB", duckdb("duplicates", f)), ("polars", [str(PYTHON), "-c", POLARS, f]),
            ("assay passwords", assay + [f, "--only", "universal", "--only", "duplicate"])])
    if wanted("counters"):
        f = batch(a.rows)
        both = ["/bin/sh", "-c", " && ".join(
            " ".join("'" + w.replace("'", "'\\''") + "'" for w in duckdb(n, f)) for n in ("counters", "common"))]
        table(f"Counters and a common list, {a.rows:,} rows", a.rows, a.runs, [
            ("DuckDB", both), ("assay passwords", assay + [f, "--only", "incremental", "--only", "common", "--common", str(words)])])
    if wanted("digests"):
        f = batch(a.digest_rows)
        derived = [w for k in ("derived-from-serial", "derived-from-mac") for w in ("--only", k)]
        table(f"12 digests a row, {a.digest_rows:,} rows", a.digest_rows, a.runs, [
            ("DuckDB, digests alone", duckdb("digests", f)), ("DuckDB, with substrings and numbers", duckdb("derived", f)),
            ("assay passwords, 12 digests", assay + [f, "--twelve-digests", "--no-sample"] + derived)])
        f = batch(a.rows)
        table(f"72 digests a row, {a.rows:,} rows", a.rows, 1, [
            ("assay passwords, structure and 72 digests", assay + [f, "--no-sample", "--threads", "1"] + derived)])
    if wanted("whole"):
        for rows in a.whole:
            f = batch(rows)
            table(f"The whole audit, {rows:,} rows", rows, 1, [
                ("one thread", assay + [f, "--threads", "1"]), (f"{cores} threads", assay + [f, "--threads", str(cores)])])


if __name__ == "__main__":
    main()
