"""A shop of the tests' own: a register's list, a catalogue with faults in it, and what `assay gate` says of every row."""

import csv
import datetime
import os
import random
import re
import subprocess
from pathlib import Path

ON = datetime.date(2026, 11, 20)
COLUMNS = ["gtin14", "verdict", "reason", "updates_until", "label"]
TITLES = [
    ("Smart camera 2K, Wi-Fi", "Camera"),
    ("Wall bracket for smart cameras", "Accessories"),
    ("Kettle 1.7 l, steel", "Kitchen"),
    ("Smart plug with app", "Smart home"),
    ("Charger for electric vehicles", "Motoring"),
    ("", ""),
]


def with_check_digit(body: str) -> str:
    total = sum(int(digit) * (3 - 2 * (at % 2)) for at, digit in enumerate(reversed(body)))
    return body + str(-total % 10)


def register(random: random.Random, count: int) -> list[dict[str, str]]:
    rows = {}
    while len(rows) < count:
        length = random.choice([7, 11, 12, 12, 12, 13])
        gtin = with_check_digit(str(random.choice([3, 4, 5, 7])) + "".join(random.choices("0123456789", k=length - 1)))
        status = random.choices(["allowed", "cross", "refused", "withdrawn", "disputed"], [6, 2, 2, 1, 1])[0]
        day = datetime.date(2025, 1, 1) + datetime.timedelta(random.randrange(3000))
        rows[gtin] = {"gtin": gtin, "status": status, "support_end": day.isoformat() if random.random() < 0.8 else ""}
    own = [with_check_digit(f"20{at:010}") for at in range(20)]
    return [*rows.values(), *({"gtin": gtin, "status": "allowed", "support_end": "2031-05-31"} for gtin in own)]


def fault(random: random.Random, gtin: str) -> str:
    """What shops make of a number."""
    wrong = gtin[:-1] + str((int(gtin[-1]) + 1) % 10)
    return random.choice(
        [
            wrong,
            gtin.lstrip("0")[:9],
            f" {gtin} ",
            f"'{gtin}",
            f'="{gtin}"',
            f"{gtin}.0",
            f"{gtin}; {gtin}",
            f"{gtin} / 96385074",
            f"{gtin[0]}.{gtin[1:6]}E+12",
            gtin + "\u200b",
            gtin[:3] + "-" + gtin[3:],
            "does not apply",
            "",
            "0",
            "PS00100",
            "04252614",
            "0-306-40615-2",
            with_check_digit("200000000001"),
            with_check_digit("299999999999"),
            with_check_digit("981234567890"),
        ]
    )


def catalogue(random: random.Random, known: list[str], rows: int) -> list[dict[str, str]]:
    listings = []
    for at in range(rows):
        gtin = random.choice(known) if random.random() < 0.7 else with_check_digit(str(random.randrange(3 * 10**11, 10**12)))
        cell = fault(random, gtin) if random.random() < 0.2 else gtin
        title, category = random.choice(TITLES)
        brand, model = random.choice(["Acme", 'Quote "n" comma, Ltd', ""]), random.choice(["X1", "2000", ""])
        listings.append({"sku": f"S{at:06}", "ean": cell, "title": title, "category": category, "brand": brand, "model": model})
    return listings


def write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def assay(*arguments: object, codes: tuple[int, ...] = (0,)) -> None:
    done = subprocess.run([os.environ["ASSAY"], *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode in codes, done.stderr


def readme(language: str) -> str:
    """The one block of this language in the crate's README."""
    text = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return found


class Shop:
    """Files in a folder; the same seed gives the same ones."""

    def __init__(self, folder: Path, rows: int, issued: str = "2026-11-01") -> None:
        chance = random.Random(20261120)
        self.snapshot, self.catalogue, self.folder = folder / "own.snap", folder / "catalogue.csv", folder
        listed = register(chance, 2000)
        write(folder / "list.csv", listed)
        assay("snapshot", "import", folder / "list.csv", "--out", self.snapshot, "--on", issued)
        self.listings = catalogue(chance, [row["gtin"] for row in listed], rows)
        write(self.catalogue, self.listings)

    def gate(self, *options: object) -> list[dict[str, str]]:
        """What the command says of the same catalogue, row by row."""
        out = self.folder / "verdicts.csv"
        columns = "sku," + ",".join(COLUMNS)
        assay("gate", self.catalogue, "--snapshot", self.snapshot, "--out", out, "--columns", columns, "--on", ON, *options, codes=(0, 1, 3))
        with out.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))


def as_text(row: dict) -> dict[str, str]:
    """A row of verdicts as the command writes it."""
    return {name: "" if value is None else str(value) for name, value in row.items()}
