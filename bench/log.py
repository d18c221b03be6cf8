#!/usr/bin/env python3
"""How fast the log is, beside what one would use instead: bare rows in SQLite and PostgreSQL.

    bench/log.py [--rounds 3] [--seconds 3]

Entries of 500 bytes, every acknowledgement durable, all in turn and again in every round: on a shared disk only what was
measured a moment apart can be compared. Ratios are taken within a round; medians are printed, with the least and the most.
PostgreSQL is Debian's, with fsync on, in a temporary folder; without it, its part is left out.
"""
import argparse, glob, json, os, shutil, sqlite3, statistics, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def sqlite(folder, batch, seconds):
    """Rows a second, `batch` of them a commit, in one thread."""
    file = f"{folder}/bare.db"
    c = sqlite3.connect(file, isolation_level=None)
    c.execute("PRAGMA journal_mode=WAL")
    c.execute("PRAGMA synchronous=FULL")
    c.execute("CREATE TABLE e(i INTEGER PRIMARY KEY, body BLOB)")
    rows, n, begun = [(os.urandom(500),)] * batch, 0, time.monotonic()
    while time.monotonic() - begun < seconds:
        c.execute("BEGIN")
        c.executemany("INSERT INTO e(body) VALUES(?)", rows)
        c.execute("COMMIT")
        n += batch
    took = time.monotonic() - begun
    c.close()
    return n / took


class Postgres:
    """A server of this run."""

    def __init__(self, folder):
        self.bin = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        self.folder, self.user = folder, []
        os.mkdir(folder)
        if os.getuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
            self.user = ["runuser", "-u", "postgres", "--"]
        self.run("initdb", "-U", "postgres", "-A", "trust", "-D", f"{folder}/data")
        options = f"-k {folder} -c listen_addresses= -c unix_socket_permissions=0777 -c max_wal_size=4GB"
        self.run("pg_ctl", "start", "-w", "-D", f"{folder}/data", "-l", f"{folder}/log", "-o", options)
        self.sql("CREATE TABLE e(i bigserial PRIMARY KEY, body bytea)")

    def run(self, program, *args):
        subprocess.run([*self.user, f"{self.bin}/{program}", *args], cwd=self.folder, check=True, stdout=subprocess.DEVNULL)

    def sql(self, text):
        subprocess.run([f"{self.bin}/psql", "-q", "-X", "-h", self.folder, "-U", "postgres", "-c", text], check=True)

    def url(self, schema):
        self.sql(f"CREATE SCHEMA {schema}")
        socket = self.folder.replace("/", "%2F")
        return f"postgres://postgres@localhost/postgres?host={socket}&options[search_path]={schema}"

    def bare(self, batch, clients, seconds):
        script = f"{self.folder}-{batch}.sql"
        with open(script, "w") as f:
            row = "('\\x" + os.urandom(500).hex() + "')"
            f.write("INSERT INTO e(body) VALUES " + ",".join([row] * batch) + ";\n")
        mode = "prepared" if batch == 1 else "simple"
        told = subprocess.run(
            [f"{self.bin}/pgbench", "-n", "-M", mode, "-c", str(clients), "-T", str(seconds), "-f", script,
             "-h", self.folder, "-U", "postgres", "postgres"], capture_output=True, text=True, check=True).stdout
        return batch * float([l for l in told.splitlines() if l.startswith("tps")][-1].split()[2])

    def stop(self):
        self.run("pg_ctl", "stop", "-m", "immediate", "-D", f"{self.folder}/data")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3)
    args = parser.parse_args()
    build = ["cargo", "build", "--release", "--locked", "-p", "assay-server", "--example", "log_speed"]
    subprocess.run(build, cwd=ROOT, check=True)
    target = os.environ.get("CARGO_TARGET_DIR", f"{ROOT}/target")
    program = f"{target}/release/examples/log_speed"
    base = tempfile.mkdtemp(prefix="assay-log-")
    os.chmod(base, 0o755)
    server = None
    if glob.glob("/usr/lib/postgresql/*/bin/initdb"):
        server = Postgres(f"{base}/server")
    else:
        print("SKIPPED: PostgreSQL is missing (Debian: apt-get install postgresql): only SQLite is measured", file=sys.stderr)
    figures, jobs = {}, ["one", "sixteen", "many", "batches", "ahead"]

    def add(name, value):
        figures.setdefault(name, []).append(value)

    try:
        for number in range(args.rounds):
            folder = f"{base}/{number}"
            os.mkdir(folder)
            for batch in (1, 1000):
                os.mkdir(f"{folder}/{batch}")
                add(f"SQLite, {batch} a commit", sqlite(f"{folder}/{batch}", batch, args.seconds))
            if server:
                for batch, clients in ((1, 1), (1, 16), (1000, 1)):
                    add(f"PostgreSQL, {batch} a commit, {clients} clients", server.bare(batch, clients, args.seconds))
            for on in ["sqlite"] + (["postgres"] if server else []):
                for job in jobs:
                    call = [program, f"{folder}/{on}-{job}", "--seconds", str(args.seconds), job]
                    if on == "postgres":
                        call += ["--database", server.url(f"{job}{number}")]
                    told = json.loads(subprocess.run(call, capture_output=True, text=True, check=True).stdout)
                    add(f"log on {on}, {job}", told["acknowledged_per_s"])
                    add(f"log on {on}, {job}: published", told["published_per_s"])
                    add(f"log on {on}, {job}: p50 ms to publication", told["lag_p50_ms"])
                    add(f"log on {on}, {job}: p99 ms to publication", told["lag_p99_ms"])
    finally:
        if server:
            server.stop()
        shutil.rmtree(base, ignore_errors=True)

    for name, values in figures.items():
        print(f"{name:55} {statistics.median(values):12,.1f}   ({min(values):,.1f} to {max(values):,.1f})")
    print()

    def ratio(what, name, beside, wanted):
        values = [a / b for a, b in zip(figures[name], figures[beside])]
        said = f"{statistics.median(values):6.2f} x ({min(values):.2f} to {max(values):.2f}), wanted {wanted}"
        print(f"{what}: {said}")

    ratio("one submitter, of bare SQLite", "log on sqlite, one", "SQLite, 1 a commit", "0.6")
    ratio("batches of 1,000, waited for, of bare SQLite", "log on sqlite, batches", "SQLite, 1000 a commit", "1")
    ratio("batches of 1,000, one ahead, of bare SQLite", "log on sqlite, ahead", "SQLite, 1000 a commit", "1")
    if server:
        ratio("4,096 submitters, of bare PostgreSQL at 16", "log on sqlite, many", "PostgreSQL, 1 a commit, 16 clients", "3, aim 8")
        ratio("the same on PostgreSQL", "log on postgres, many", "PostgreSQL, 1 a commit, 16 clients", "")
        ratio("one submitter on PostgreSQL, of bare", "log on postgres, one", "PostgreSQL, 1 a commit, 1 clients", "")
        ratio("batches on PostgreSQL, of bare", "log on postgres, batches", "PostgreSQL, 1000 a commit, 1 clients", "")


main()
