#!/usr/bin/env python3
"""Labels drawn, coded and verified, beside what a user would pick instead, in one run.

    bench/label.py

Needs ../shared/yardstick (its label.sh makes the peers' input), resvg on the PATH or in B, qrencode and rsvg-convert, and builds
the peers that are libraries. Prints CPU seconds' medians of three rounds as labels a second and as ratios. The peers draw
600 x 300 pixels; ours draws the banner and the standard label at as many, and the standard label 600 pixels wide as well.
"""
import os, pathlib, re, resource, shutil, statistics, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
YARD = ROOT.parent / "shared" / "yardstick"
N, ROUNDS = 40, 3


def cpu(command, cwd=None):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{command}: {done.stderr[-1500:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def main():
    if not YARD.is_dir():
        sys.exit("SKIPPED: ../shared/yardstick is absent: there is nothing to compare with")
    cargo = ["cargo", "build", "--release", "--quiet", "--locked", "-p", "assay-label", "--example", "speed"]
    subprocess.run(cargo, cwd=ROOT, check=True)
    ours = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / "examples" / "speed"
    resvg = shutil.which("resvg") or os.environ.get("B", "") + "/resvg"
    kept = pathlib.Path(tempfile.mkdtemp(prefix="assay-label-"))
    place = kept / "label"  # where label.sh puts what it makes
    made = subprocess.run(["bash", str(YARD / "label.sh")], capture_output=True, text=True,
                          env={**os.environ, "D": str(kept), "N": str(N), "RUNS": "1", "B": os.path.dirname(resvg) or "/usr/bin"})
    if made.returncode != 0:
        sys.exit(made.stderr[-1500:])
    # The yardstick's folder may be read only, and a build writes a lock file.
    floor = pathlib.Path(os.environ.get("TMPDIR", "/tmp")) / "yard-labelfloor"
    shutil.copytree(YARD / "labelfloor", floor, dirs_exist_ok=True, copy_function=shutil.copyfile)
    subprocess.run(["cargo", "build", "--release", "--quiet", "--manifest-path", str(floor / "Cargo.toml"), "--target-dir", str(floor / "target")], check=True)
    many = lambda program, ending: ["sh", "-c", f"for i in $(seq 0 {N - 1}); do {program} ; done".replace("ENDING", ending)]
    jobs = {
        "resvg, a process a label": (lambda: cpu(many(f"{resvg} l$i.svg r$i.png", ""), place)[0] / N),
        "rsvg-convert, a process a label": (lambda: cpu(many("rsvg-convert -o c$i.png l$i.svg", ""), place)[0] / N),
        "qrencode, a process a code": (lambda: cpu(many("qrencode -o q$i.png https://register.example/p/0501234567$i", ""), place)[0] / N),
        "resvg in process": (lambda: sum(map(float, re.findall(r"(?:parse|draw|png) ([0-9.]+) ms", cpu([str(floor / "target" / "release" / "labelfloor"), str(place), str(N)])[1]))) / 1e3),
        "assay, standard 600 x 1,063": (lambda: 1 / float(re.search(r"drawn alone.* ([0-9]+) a second", cpu([str(ours), "png", "400", "600"])[1]).group(1))),
        "assay, standard 321 x 569": (lambda: 1 / float(re.search(r"drawn alone.* ([0-9]+) a second", cpu([str(ours), "png", "400", "321"])[1]).group(1))),
        "assay, banner 730 x 249": (lambda: 1 / float(re.search(r"drawn alone.* ([0-9]+) a second", cpu([str(ours), "png", "400", "730", "wide"])[1]).group(1))),
        "assay, code": (lambda: cpu([str(ours), "qr", "40000"])[0] / 40000 - cpu([str(ours), "none", "40000"])[0] / 40000),
        "assay, payload verified": (lambda: cpu([str(ours), "verify", "20000"])[0] / 20000 - cpu([str(ours), "none", "20000"])[0] / 20000),
        "raw Ed25519, verified": (lambda: cpu([str(ours), "raw", "20000"])[0] / 20000 - cpu([str(ours), "none", "20000"])[0] / 20000),
    }
    rounds = {name: [] for name in jobs}
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            rounds[name].append(job())
    each = {name: statistics.median(times) for name, times in rounds.items()}
    for name, seconds in each.items():
        print(f"{name:34} {seconds * 1e3:9.4f} ms {1 / seconds:10.0f} a second ({1 / max(rounds[name]):.0f} to {1 / min(rounds[name]):.0f})")
    for name in ["assay, standard 600 x 1,063", "assay, standard 321 x 569", "assay, banner 730 x 249"]:
        for peer in ["resvg, a process a label", "resvg in process", "rsvg-convert, a process a label"]:
            print(f"{name} is {each[peer] / each[name]:.1f} x {peer}")
    print(f"assay's code is {each['qrencode, a process a code'] / each['assay, code']:.0f} x qrencode")
    print(f"a payload is verified at {each['raw Ed25519, verified'] / each['assay, payload verified']:.2f} of the raw rate")
    shutil.rmtree(kept)


if __name__ == "__main__":
    main()
