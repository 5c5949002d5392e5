"""Damaged files of every format in; how each ended, and the slowest, out.

usage: python -m tests.benchmarks.corruptions [N] [SEED]
"""

import datetime as dt
import io
import json
import random
import sqlite3
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

import pandas as pd
import xlsxwriter

from engine.bank.importing.import_source import import_bank
from engine.errors import EngineError

NOW = dt.datetime(2026, 6, 1)
PEOPLE = pd.DataFrame(
    {
        "customer_id": [f"c{n}" for n in range(30)],
        "name": [f"Zoë Łódź {n}" for n in range(30)],
        "age": range(30, 60),
        "annual_income": [f"{n},500.25" for n in range(30)],
        "joined_on": [f"2020-01-{n + 1:02d}" for n in range(30)],
    }
)
_EXTRA = (b'"', b"\x00", b"\xff\xfe", b"\n", b",", b"{", b"]", b"<c/>", b"99999999999", b"\\ud800")


def originals() -> dict[str, bytes]:
    """One small table of customers in every format that is read."""
    book, parquet = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(book) as workbook:
        sheet = workbook.add_worksheet("customers")
        for row, cells in enumerate([PEOPLE.columns, *PEOPLE.to_numpy().tolist()]):
            sheet.write_row(row, 0, cells)
    PEOPLE.to_parquet(parquet)
    connection = sqlite3.connect(":memory:")
    PEOPLE.to_sql("customers", connection, index=False)
    records = PEOPLE.to_dict("records")
    text = PEOPLE.to_csv(index=False)
    return {
        "customers.csv": text.encode(),
        "customers.tsv": PEOPLE.to_csv(index=False, sep="\t").encode("utf-16"),
        "customers.txt": PEOPLE.to_csv(index=False, sep=";").encode("cp1250"),
        "customers.json": json.dumps(records).encode(),
        "wrapped.json": json.dumps({"data": {"customers": records}}, indent=1).encode(),
        "customers.xlsx": book.getvalue(),
        "customers.parquet": parquet.getvalue(),
        "customers.db": connection.serialize(),
    }


def corrupted(name: str, data: bytes, rng: random.Random) -> bytes:
    """The same file with a few bytes flipped, cut, doubled or put in; for workbooks also inside."""
    if not name.endswith(".xlsx") or rng.random() < 0.2:
        return _damaged(data, rng)
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as whole, zipfile.ZipFile(changed, "w") as packed:
        chosen = rng.choice(whole.namelist())
        for part in whole.namelist():
            content = whole.read(part)
            packed.writestr(part, _damaged(content, rng) if part == chosen else content)
    return changed.getvalue()


def _damaged(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        start = rng.randrange(max(1, len(changed)))
        end = min(len(changed), start + rng.randint(1, 60))
        match rng.choice(("flip", "cut", "double", "insert", "end")):
            case "flip" if changed:
                changed[start] ^= 1 << rng.randrange(8)
            case "cut":
                del changed[start:end]
            case "double":
                changed[start:start] = changed[start:end] * rng.randint(1, 50)
            case "insert":
                changed[start:start] = rng.choice(_EXTRA)
            case "end" if rng.random() < 0.3:
                del changed[start:]
    return bytes(changed)


def ended(name: str, data: bytes) -> str:
    """How the import of a file ended: imported, refused, or the kind of a traceback."""
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / name
        source.write_bytes(data)
        try:
            import_bank(source, Path(place) / "bank", now=NOW)
        except EngineError as error:
            is_left = (Path(place) / "bank").exists()
            return "left something behind" if is_left or "\n" in str(error) else "refused"
        except Exception as error:  # what this looks for
            return f"traceback {type(error).__name__}: {str(error)[:200]}"
    return "imported"


def main(n: int = 1000, seed: int = 7) -> int:
    """Damage and import so many files, in turn of every format; the number that ended badly."""
    rng, files = random.Random(seed), list(originals().items())
    outcomes: Counter[str] = Counter()
    slowest = (0.0, "")
    for number in range(n):
        name, data = files[number % len(files)]
        began = time.perf_counter()
        outcome = ended(name, corrupted(name, data, rng))
        slowest = max(slowest, (time.perf_counter() - began, f"{name}, number {number}"))
        outcomes[outcome] += 1
        if outcome not in ("imported", "refused"):
            print(f"number {number}, {name}: {outcome}")
    print(f"{n:,} files: {dict(outcomes)}; slowest {slowest[0]:.1f} s ({slowest[1]})")
    return n - outcomes["imported"] - outcomes["refused"]


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])) > 0)
