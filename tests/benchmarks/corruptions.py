"""Damaged files of every format in; how each ended, the slowest and the largest, out.

Each is imported in a process of its own, whose processor time and largest memory are measured.

usage: python -m tests.benchmarks.corruptions [N] [SEED]
       python -m tests.benchmarks.corruptions made [FIRST]
"""

import datetime as dt
import io
import json
import os
import random
import sqlite3
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import xlsxwriter

from engine.bank.importing.import_source import import_bank
from engine.errors import EngineError
from tests.benchmarks.made_files import PAGE, STATEMENTS, made_files

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
MOST_SECONDS, MOST_MEGABYTES = 60.0, 4096.0
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
        **STATEMENTS,
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
        match rng.choice(("flip", "cut", "double", "insert", "end", "page", "letters")):
            case "flip" if changed:
                changed[start] ^= 1 << rng.randrange(8)
            case "cut":
                del changed[start:end]
            case "double":
                changed[start:start] = changed[start:end] * rng.randint(1, 50)
            case "insert":
                changed[start:start] = rng.choice(_EXTRA)
            case "page" if rng.random() < 0.3:
                page = start // PAGE * PAGE
                changed[page : page + PAGE] = bytes(b ^ 0xFF for b in changed[page : page + PAGE])
            case "letters":
                changed[start:end] = changed[start:end].decode("latin-1").encode("utf-16")
            case "end" if rng.random() < 0.3:
                del changed[start:]
    return bytes(changed)


@dataclass(frozen=True)
class Ended:
    """How an import ended: imported, refused, or what went wrong; and what it took."""

    how: str
    cpu_s: float
    megabytes: float

    @property
    def is_well(self) -> bool:
        is_small = self.cpu_s < MOST_SECONDS and self.megabytes < MOST_MEGABYTES
        return self.how in ("imported", "refused") and is_small


def ended(name: str | bytes, data: bytes) -> Ended:
    """Import one file in a child of this process."""
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / os.fsdecode(name)
        source.write_bytes(data)
        reader, writer = os.pipe()
        if not (child := os.fork()):
            os.close(reader)
            with os.fdopen(writer, "w") as told:
                told.write(_outcome(source, Path(place) / "bank"))
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as told:
            how = told.read()
        _, status, used = os.wait4(child, 0)
        how = how or f"died with {status}"
        return Ended(how, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _outcome(source: Path, bank: Path) -> str:
    try:
        import_bank(source, bank, now=NOW)
    except EngineError as error:
        left = [path.name for path in bank.parent.iterdir() if path != source]
        if left or "\n" in str(error):
            return f"left {left} behind, or wrote several lines: {error}"
        return "refused"
    except BaseException:  # what this looks for
        return f"traceback {traceback.format_exc()[-1500:]}"
    return "imported"


def drawn(n: int, seed: int) -> Iterable[tuple[str, bytes]]:
    """Damaged files, in turn of every format."""
    rng, files = random.Random(seed), list(originals().items())
    for number in range(n):
        name, data = files[number % len(files)]
        yield name, corrupted(name, data, rng)


def main(files: Iterable[tuple[str | bytes, bytes]], *, is_each_told: bool = False) -> int:
    """Import so many files one after another; the number that ended badly."""
    began, outcomes = time.perf_counter(), Counter[str]()
    slowest = largest = (0.0, "")
    n_bad = 0
    for number, (name, data) in enumerate(files):
        outcome = ended(name, data)
        called = f"number {number}, {os.fsdecode(name)!r}"
        slowest = max(slowest, (outcome.cpu_s, called))
        largest = max(largest, (outcome.megabytes, called))
        outcomes[outcome.how.split()[0]] += 1
        if is_each_told:
            print(f"{called}: {outcome}", flush=True)
        if not outcome.is_well:
            n_bad += 1
            print("BAD", f"{called}: {outcome}", flush=True)
    print(
        f"{outcomes.total():,} files: {dict(outcomes)}; slowest {slowest[0]:.1f} s of processor "
        f"({slowest[1]}); largest {largest[0]:,.0f} MB ({largest[1]}); "
        f"{time.perf_counter() - began:.0f} s"
    )
    return n_bad


if __name__ == "__main__":
    if sys.argv[1:2] == ["made"]:
        chosen = list(made_files())[int((sys.argv[2:] or ["0"])[0]) :]
        sys.exit(main(((name, make()) for name, make in chosen), is_each_told=True) > 0)
    count, start = (*map(int, sys.argv[1:]), *(1000, 7)[len(sys.argv) - 1 :])
    sys.exit(main(drawn(count, start)) > 0)
