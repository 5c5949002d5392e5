"""Which banks are there to open, what one holds, and how a new one takes its place whole."""

import itertools
import json
import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from engine.bank.bank import MANIFEST, Bank, Format, manifest_of
from engine.bank.quality import QualityReport
from engine.errors import BadInput
from engine.vocabulary import TABLES

BANKS_FOLDER = "banks"
"""Folder under the state folder where uploads become banks."""
COLUMNS = ["bank_id", "name", "path", "as_of", "n_customers", "simulated"]


def available(folders: Iterable[Path], state: Path) -> pd.DataFrame:
    """Imported banks: the given folders first, then those kept in the state folder.

    Returns
    -------
    DataFrame
        bank_id, name, path, as_of, n_customers, simulated; a folder without a bank is left out.
    """
    manifests = sorted((state / BANKS_FOLDER).glob(f"*/{MANIFEST}"))
    banks = {}
    for folder in [*folders, *(file.parent for file in manifests)]:
        if (folder / MANIFEST).is_file():
            row = _row(folder)
            banks.setdefault(row["bank_id"], row)
    return pd.DataFrame(list(banks.values()), columns=COLUMNS)


def _row(folder: Path) -> dict[str, object]:
    stored = json.loads((folder / MANIFEST).read_text("utf-8"))
    manifest = manifest_of(stored)
    return {
        "bank_id": manifest.bank_id,
        "name": manifest.name,
        "path": str(folder),
        "as_of": pd.Timestamp(manifest.as_of),
        "n_customers": stored["rows"].get("customers", 0),
        "simulated": manifest.simulated,
    }


def free_folder(state: Path, name: str) -> Path:
    """A folder in the state folder that no bank stands in yet, called like the bank."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "bank"
    numbered = (f"{slug}-{n}" if n > 1 else slug for n in itertools.count(1))
    return next(
        state / BANKS_FOLDER / each
        for each in numbered
        if not (state / BANKS_FOLDER / each).exists()
    )


def check_target(into: Path) -> None:
    """Refuse, before any work, a folder that a bank must not be written to."""
    if into.is_file():
        raise BadInput(f"{into} is a file; a folder was expected.")
    if into.is_dir() and any(into.iterdir()) and not (into / MANIFEST).is_file():
        raise BadInput(f"{into} holds files that are no imported bank. Name a new or empty folder.")


def put(
    bank: Bank, into: Path, *, format: Format = "csv", report: QualityReport | None = None
) -> None:
    """Write beside the target, then swap folders: a reader sees the old bank or the new one.

    Nothing of a bank that stood there before stays, its quality report neither.
    """
    into.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=f".{into.name}-", dir=into.parent))
    try:
        bank.save(staged / "new", format)
        if report is not None:
            report.save(staged / "new")
        if into.exists():
            into.rename(staged / "old")
        try:
            (staged / "new").rename(into)
        except OSError:
            if (staged / "old").exists():
                (staged / "old").rename(into)
            raise
    finally:
        shutil.rmtree(staged, ignore_errors=True)


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
