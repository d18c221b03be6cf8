"""Packs the library that the workspace's build made into a wheel: python wheel.py LIBRARY FOLDER

`maturin build` makes the same wheel, with all its dependencies compiled once more for this crate alone, which takes minutes.
The metadata are maturin's own; `./test --long` takes maturin's wheel in place of this one.
"""

import base64
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

CRATE = Path(__file__).parent.parent
MODULE = "assay_gate"


def metadata() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        command = ["maturin", "pep517", "write-dist-info", "--metadata-directory", folder, "--interpreter", sys.executable]
        subprocess.run([Path(sys.executable).parent / command[0], *command[1:]], cwd=CRATE, check=True, stdout=subprocess.DEVNULL)
        files = [path for path in Path(folder).rglob("*") if path.is_file() and path.name != "RECORD"]
        return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def package(library: Path) -> dict[str, bytes]:
    return {
        f"{MODULE}/__init__.py": f"from .{MODULE} import *\n\n__doc__ = {MODULE}.__doc__\n".encode(),
        f"{MODULE}/__init__.pyi": (CRATE / f"{MODULE}.pyi").read_bytes(),
        f"{MODULE}/py.typed": b"",
        f"{MODULE}/{MODULE}.abi3.so": library.read_bytes(),
    }


def write(library: Path, folder: Path) -> Path:
    about = metadata()
    info = next(iter(about)).split("/")[0]
    (tag,) = [line.split(": ")[1] for line in about[f"{info}/WHEEL"].decode().splitlines() if line.startswith("Tag: ")]
    files = package(library) | about
    digest = lambda content: base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()  # noqa: E731
    record = [f"{name},sha256={digest(content)},{len(content)}" for name, content in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    for old in folder.glob(f"{MODULE}-*.whl"):
        old.unlink()
    wheel = folder / f"{info.removesuffix('.dist-info')}-{tag}.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return wheel


if __name__ == "__main__":
    print(write(Path(sys.argv[1]), Path(sys.argv[2])))
