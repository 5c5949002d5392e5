"""Which banks are there to open, where a new one may stand, and what one holds."""

import itertools
import json
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from engine.bank import editions
from engine.bank.bank import MANIFEST, Bank, Manifest, manifest_of
from engine.errors import BadInput, EngineError
from engine.vocabulary import TABLES

BANKS_FOLDER = "banks"
"""Folder under the state folder where uploads become banks."""
COLUMNS = ["bank_id", "name", "path", "edition", "as_of", "n_customers", "simulated"]


def available(folders: Iterable[Path], state: Path) -> pd.DataFrame:
    """Imported banks: the given folders first, then those kept in the state folder.

    Returns
    -------
    DataFrame
        bank_id, name, path, edition, as_of, n_customers, simulated; a folder without a bank is
        left out, and so is one whose bank cannot be read: `unreadable` says why.
    """
    return _looked_at(folders, state)[0]


def unreadable(folders: Iterable[Path], state: Path) -> pd.DataFrame:
    """Banks that cannot be opened: path, problem."""
    return _looked_at(folders, state)[1]


def _looked_at(folders: Iterable[Path], state: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    banks: dict[str, dict[str, object]] = {}
    problems = []
    for folder in [*folders, *sorted((state / BANKS_FOLDER).glob("*/"))]:
        try:
            editions.finish(folder)
            editions.sweep(folder)
            if (folder / MANIFEST).is_file():
                row = _row(folder)
                banks.setdefault(str(row["bank_id"]), row)
        except (OSError, ValueError, KeyError, TypeError, EngineError) as error:
            problems.append((str(folder), f"{MANIFEST} cannot be read ({error})"))
    return (
        pd.DataFrame(list(banks.values()), columns=COLUMNS),
        pd.DataFrame(problems, columns=["path", "problem"]),
    )


def manifest_in(folder: Path) -> Manifest:
    """What a bank's folder says of the bank, without its tables."""
    return manifest_of(json.loads((folder / MANIFEST).read_text("utf-8")))


def made_customers(folder: Path) -> frozenset[str]:
    """Customers of a bank, where they followed from other tables at its import."""
    is_made = "customers" in manifest_in(folder).derived
    return frozenset(editions.load(folder).customer_ids) if is_made else frozenset()


def _row(folder: Path) -> dict[str, object]:
    stored = json.loads((folder / MANIFEST).read_text("utf-8"))
    manifest = manifest_of(stored)
    return {
        "bank_id": manifest.bank_id,
        "name": manifest.name,
        "path": str(folder),
        "edition": manifest.edition,
        "as_of": pd.Timestamp(manifest.as_of),
        "n_customers": stored["rows"].get("customers", 0),
        "simulated": manifest.simulated,
    }


@contextmanager
def claimed(state: Path, name: str) -> Iterator[Path]:
    """A new folder in the state folder for a bank to be put into, called like the bank.

    It is made at once, so that two imports of one name at the same time get two folders. It is
    removed again when no bank was put there.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "bank"
    for number in itertools.count(1):
        folder = state / BANKS_FOLDER / (f"{slug}-{number}" if number > 1 else slug)
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        break
    try:
        yield folder
    finally:
        if not (folder / MANIFEST).is_file() and not editions.is_moving(folder):
            shutil.rmtree(folder)


def check_target(into: Path) -> None:
    """Refuse, before any work, a folder that a bank must not be written to."""
    if into.is_file():
        raise BadInput(f"{into} is a file; a folder was expected.")
    editions.finish(into)
    if (into / MANIFEST).is_file() or not into.is_dir():
        return
    if any(path.name not in editions.OWN for path in into.iterdir()):
        raise BadInput(f"{into} holds files that are no imported bank. Name a new or empty folder.")


def contents(bank: Bank, folder: Path) -> pd.DataFrame:
    """What each table holds.

    Returns
    -------
    DataFrame
        table, rows, first_date, last_date (NaT where nothing is dated), sha256 of its file.
    """
    files = json.loads((folder / MANIFEST).read_text("utf-8"))["files"]
    hashes = {Path(file).stem: sha for file, sha in files.items()}
    rows = []
    for name, columns in TABLES.items():
        table = bank.rows(name)
        times = [c for c, kind in columns.items() if kind == "time" and len(table)]
        dates = (
            pd.concat([table.column(c) for c in times])
            if times
            else pd.Series(dtype="datetime64[us]")
        )
        rows.append((name, len(table), dates.min(), dates.max(), hashes.get(name, "")))
    return pd.DataFrame(rows, columns=["table", "rows", "first_date", "last_date", "sha256"])
