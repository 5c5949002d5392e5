"""Which banks are there to open, and what one holds, without reading more than is asked."""

import itertools
import json
import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from engine.bank.bank import MANIFEST, Bank
from engine.vocabulary import TABLES

SHELF = "banks"
"""Folder under the state folder where uploads become banks."""
COLUMNS = ["bank_id", "name", "path", "as_of", "n_customers", "simulated"]


def available(folders: Iterable[Path], state: Path) -> pd.DataFrame:
    """Imported banks: the given folders first, then those on the shelf of the state folder.

    Returns
    -------
    DataFrame
        bank_id, name, path, as_of, n_customers, simulated; a folder without a bank is left out.
    """
    shelf = sorted((state / SHELF).glob(f"*/{MANIFEST}"))
    found = {}
    for folder in [*folders, *(file.parent for file in shelf)]:
        if (folder / MANIFEST).is_file():
            row = _row(folder)
            found.setdefault(row["bank_id"], row)
    return pd.DataFrame(list(found.values()), columns=COLUMNS)


def _row(folder: Path) -> dict[str, object]:
    stored = json.loads((folder / MANIFEST).read_text("utf-8"))
    manifest = stored["manifest"]
    return {
        "bank_id": Bank.id_of(manifest["name"], stored["fingerprint"]),
        "name": manifest["name"],
        "path": str(folder),
        "as_of": pd.Timestamp(manifest["as_of"]),
        "n_customers": stored["rows"].get("customers", 0),
        "simulated": manifest["simulated"],
    }


def free_folder(state: Path, name: str) -> Path:
    """A folder on the shelf that no bank stands in yet, called like the bank."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "bank"
    numbered = (f"{slug}-{n}" if n > 1 else slug for n in itertools.count(1))
    return next(state / SHELF / each for each in numbered if not (state / SHELF / each).exists())


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
    for name, table in bank.tables.items():
        times = [c for c, kind in TABLES[name].items() if kind == "time" and len(table)]
        dates = pd.concat([table[c] for c in times]) if times else pd.Series(dtype="datetime64[us]")
        rows.append((name, len(table), dates.min(), dates.max(), hashes.get(name, "")))
    return pd.DataFrame(rows, columns=["table", "rows", "first_date", "last_date", "sha256"])
