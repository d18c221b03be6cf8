#!/usr/bin/env python3
"""Numbers looked up in batches over HTTP, beside redis asked for the same numbers in pipelines, in one run.

    [PRODUCTS=1000000] [BATCH=1000] [FOR=5] [RUNS=3] bench/lookups.py

Measures the processor time of the server's whole process, system calls included, per number (/proc/PID/stat, user and system); what
the client takes is not counted. Each side has one connection that is kept, and one batch at a time under way. The server is
`examples/lookup_speed.rs`: the listener, router, handler and documents of `assay serve`, over a snapshot of the yardstick's register
made by `assay snapshot import` and lent to an empty register. redis holds for each number what the answer says of it, and is asked
with BATCH GETs in one write; once also with 32. Four in five numbers that are asked for are in the register, in an order that is
random and the same for both; the verdicts are compared with the register's file before anything is measured.

Needs redis-server (apt-get install redis-server; it need not run) and the yardstick's gen, made if it is not there (D).
"""
import csv, http.client, json, os, pathlib, random, shutil, socket, statistics, subprocess, sys, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
YARD = ROOT.parent / "shared" / "yardstick"
D = pathlib.Path(os.environ.get("D", pathlib.Path(os.environ.get("TMPDIR", "/tmp")) / "yard"))
PRODUCTS, BATCH, FOR, RUNS = (int(os.environ.get(n, d)) for n, d in (("PRODUCTS", 1_000_000), ("BATCH", 1_000), ("FOR", 5), ("RUNS", 3)))
BATCHES = 200
TICK = os.sysconf("SC_CLK_TCK")


def cpu(process):
    """Seconds of processor time that a process took until now."""
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def made():
    """The register's rows, and its snapshot with the keys to trust."""
    D.mkdir(parents=True, exist_ok=True)
    register, place = D / f"register-{PRODUCTS}.csv", D / f"assay-{PRODUCTS}"
    if not register.exists():
        if not (D / "gen").exists():
            subprocess.run(["rustc", "-O", "-o", D / "gen", YARD / "gen" / "gen.rs"], check=True)
        subprocess.run([D / "gen", "register", register, str(PRODUCTS)], check=True)
    if not (place / "own.snap").exists():
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        subprocess.run(["cargo", "run", "--release", "--quiet", "--locked", "--", "snapshot", "import", register, "--out", place / "own.snap"],
                       check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    with open(register, newline="") as rows:
        return [(row["gtin"], row["status"]) for row in csv.DictReader(rows)], place


def unknown(count):
    """Numbers with right check digits, nearly all of which nobody registered."""
    def number(payload):
        digits = f"{payload:013}"
        return digits + str(-sum(int(d) * (3, 1)[at % 2] for at, d in enumerate(digits)) % 10)
    return [number(random.randrange(300_000_000_000, 970_000_000_000)) for _ in range(count)]


class Http:
    """The register, asked in one form."""

    def __init__(self, address, process, as_json, batches):
        host, port = address.split(":")
        self.process, self.asks = process, http.client.HTTPConnection(host, int(port))
        self.asks.connect()
        self.asks.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.bodies = [(json.dumps(batch, separators=(",", ":")) if as_json else "\n".join(batch)).encode() for batch in batches]

    def ask(self, at):
        self.asks.request("POST", "/api/v1/lookups", self.bodies[at])
        answer = self.asks.getresponse()
        body = answer.read()
        assert answer.status == 200, body
        return body


class Redis:
    """redis, asked for so many numbers in one write."""

    def __init__(self, port, process, batches):
        self.process, self.socket = process, socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.counts = [len(batch) for batch in batches]
        self.bodies = [b"".join(b"*2\r\n$3\r\nGET\r\n$14\r\n%b\r\n" % gtin.encode() for gtin in batch) for batch in batches]

    def ask(self, at):
        self.socket.sendall(self.bodies[at])
        count, lines, said = self.counts[at], 0, []
        # An answer is `$-1`, or a length and a value: each value begins with no `$`.
        while lines < count:
            piece = self.socket.recv(1 << 20)
            assert piece, "redis closed the connection"
            said.append(piece)
            lines += piece.count(b"$")
        body = b"".join(said)
        need = 2 * count - body.count(b"$-1")
        while body.count(b"\n") < need:
            body += self.socket.recv(1 << 20)
        return body


def measured(peer, size):
    """Seconds of the process for each number, and of the clock."""
    for at in range(20):
        peer.ask(at)
    began, before, asked = time.monotonic(), cpu(peer.process), 0
    while time.monotonic() - began < FOR:
        for at in range(50):
            peer.ask((asked + at) % BATCHES)
        asked += 50
    took, used = time.monotonic() - began, cpu(peer.process) - before
    return used / (asked * size), took / (asked * size)


def compared(server, batches, statuses):
    """Stops where an answer is not what the register's file says."""
    for at, batch in enumerate(batches):
        answers = json.loads(server.ask(at))["answers"]
        assert len(answers) == len(batch)
        for gtin, (number, verdict, reason, _, _) in zip(batch, answers):
            wanted = {"allowed": "may-sell", "refused": "refuse", None: "refuse"}[statuses.get(gtin)]
            assert number == gtin and (verdict == wanted or reason == "stale-snapshot"), (gtin, number, verdict, reason, wanted)


def started_redis(folder, rows):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    redis = subprocess.Popen(["redis-server", "--port", str(port), "--save", "", "--appendonly", "no", "--dir", folder], stdout=subprocess.DEVNULL)
    for _ in range(100):
        try:
            filling = socket.create_connection(("127.0.0.1", port))
            break
        except ConnectionRefusedError:
            time.sleep(0.1)
    for start in range(0, len(rows), 10_000):
        part = rows[start:start + 10_000]
        filling.sendall(b"".join(b"*3\r\n$3\r\nSET\r\n$14\r\n%b\r\n$%d\r\n%b\r\n" % (g.encode(), len(v), v) for g, v in ((g, s.encode() + b",2030-05-31") for g, s in part)))
        said = b""
        while said.count(b"\n") < len(part):
            said += filling.recv(1 << 20)
    return redis, port


def main():
    if not shutil.which("redis-server"):
        print("SKIPPED: redis-server is absent (apt-get install redis-server): nothing is compared with", file=sys.stderr)
    if not YARD.is_dir() and not (D / f"register-{PRODUCTS}.csv").exists():
        sys.exit("SKIPPED: ../shared/yardstick is absent: there is no register to look up in")
    random.seed(7)
    rows, place = made()
    subprocess.run(["cargo", "build", "--release", "--quiet", "--locked", "-p", "assay-server", "--example", "lookup_speed"], check=True, cwd=ROOT)
    program = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / "examples" / "lookup_speed"
    asked = [gtin for gtin, _ in random.choices(rows, k=BATCHES * BATCH * 4 // 5)]
    asked += unknown(BATCHES * BATCH - len(asked))
    random.shuffle(asked)
    batches = [asked[at * BATCH:(at + 1) * BATCH] for at in range(BATCHES)]
    server = subprocess.Popen([program, place / "own.snap", place / "trust.txt"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    redis, folder = None, tempfile.mkdtemp()
    try:
        said = json.loads(server.stdout.readline())
        lines, array = (Http(said["address"], said["process"], as_json, batches) for as_json in (False, True))
        compared(lines, batches, dict(rows))
        peers = [("assay, lines", lines, BATCH), ("assay, JSON", array, BATCH)]
        if shutil.which("redis-server"):
            redis, port = started_redis(folder, rows)
            peers.append((f"redis, {BATCH} a write", Redis(port, redis.pid, batches), BATCH))
            peers.append(("redis, 32 a write", Redis(port, redis.pid, [batch[:32] for batch in batches]), 32))
        figures = {name: [] for name, _, _ in peers}
        for _ in range(RUNS):
            for name, peer, size in peers:
                figures[name].append(measured(peer, size))
        print(f"{PRODUCTS:,} products, batches of {BATCH:,}, {RUNS} runs of {FOR} s; medians")
        print(f"{'':22}{'CPU ns a number':>16}{'M a core-second':>17}{'M a second':>12}{'times redis':>13}")
        base = statistics.median(c for c, _ in figures.get(f"redis, {BATCH} a write", [(float('nan'), 0)]))
        for name, runs in figures.items():
            core, clock = statistics.median(c for c, _ in runs), statistics.median(t for _, t in runs)
            print(f"{name:22}{core * 1e9:16.0f}{1e-6 / core:17.2f}{1e-6 / clock:12.2f}{base / core:13.2f}")
    finally:
        for process in filter(None, (server, redis)):
            process.terminate()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
