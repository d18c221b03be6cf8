"""The example of the README, as it stands there, in an environment that has the wheel and pyarrow and nothing else."""

import os
import subprocess
import sys

from shop import assay, readme, write

def test_the_example_prints_what_the_readme_says(tmp_path):
    write(tmp_path / "list.csv", [{"gtin": "4006381333931", "status": "allowed", "support_end": "2099-12-31"}])
    assay("snapshot", "import", tmp_path / "list.csv", "--out", tmp_path / "shop.snap")
    clean = tmp_path / "clean"
    subprocess.run([sys.executable, "-m", "venv", clean], check=True)
    install = [clean / "bin/pip", "install", "-q", "--disable-pip-version-check", "--no-index", "--find-links", os.environ["WHEELS"]]
    subprocess.run([*install, "assay-gate", "pyarrow"], check=True)
    done = subprocess.run([clean / "bin/python", "-c", readme("python")], cwd=tmp_path, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == (readme("text"), "")
