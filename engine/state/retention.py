"""Moments in; what is older than them out of use, and then out of the files, in its place a row."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import pandas as pd

from engine.state.added_records import EVIDENCE_TEXTS, SCAN_TEXTS
from engine.state.cells import checksums
from engine.state.rows import Log
from engine.state.state import State

NOBODY: Final = "(deleted)"
"""Stands where the id of a customer stood whose row's period has ended: rows keep their numbers."""


def out_of_use(log: Log, kind: str) -> pd.Timestamp | None:
    """The moment before which nothing of a kind is used any more; None where no run has ended it.

    Parameters
    ----------
    log : Log
        `State.retention`: as it was at an earlier moment for a replay.
    kind : {"events", "messages", "evidence"}
    """
    rows = log.read()
    mine = rows.loc[rows["kind"] == kind, "before"]
    return None if mine.empty else mine.max()


def in_use(mentions: pd.DataFrame, log: Log) -> pd.DataFrame:
    """Evidence without what is past its period; see `out_of_use`."""
    ended = out_of_use(log, "evidence")
    if ended is None:
        return mentions
    return mentions[mentions["recorded_at"] >= ended].reset_index(drop=True)


def held(log: Log, kind: str, moments: pd.Series, shown: pd.Series) -> np.ndarray:
    """Which rows past their period a kept list rests on: it was shown before they went out of use.

    Parameters
    ----------
    moments : Series of datetime64
        Of the rows.
    shown : Series of datetime64
        When the lists were shown whose receipts are kept.

    Returns
    -------
    ndarray of bool, shape (n_rows,)
        Rows that no run has put out of use yet are rested on by every list since.
    """
    runs = log.read()
    runs = runs[runs["kind"] == kind].sort_values("before")
    ends = np.append(runs["recorded_at"].to_numpy("datetime64[us]"), np.datetime64("NaT", "us"))
    # The first run that reaches beyond a row: later runs reach further.
    earliest = np.minimum.accumulate(ends[:-1][::-1])[::-1] if len(ends) > 1 else ends[:0]
    places = np.searchsorted(
        runs["before"].to_numpy("datetime64[us]"), moments.to_numpy("datetime64[us]"), side="right"
    )
    ended = np.append(earliest, np.datetime64("NaT", "us"))[places]
    ordered = np.sort(shown.to_numpy("datetime64[us]"))
    first = np.searchsorted(ordered, moments.to_numpy("datetime64[us]"), side="left")
    last = np.where(np.isnat(ended), len(ordered), np.searchsorted(ordered, ended, side="left"))
    return np.asarray(last > first, dtype=bool)


def numbered(state: State, table: str, columns: Sequence[str]) -> pd.DataFrame:
    """Some columns of every row of a log with its number `n`, as they are stored."""
    listed = ", ".join(f'"{name}"' for name in ("n", *columns))
    with state.store.reading() as connection:
        rows = connection.execute(f'SELECT {listed} FROM "{table}" ORDER BY n').fetchall()  # noqa: S608
    return pd.DataFrame(rows, columns=["n", *columns])


def empty_rows(
    connection: sqlite3.Connection, table: str, numbers: Iterable[int], texts: Sequence[str]
) -> None:
    """Take texts out of some rows of a log, and whose they were where that is one of `texts`."""
    columns = [str(row[1]) for row in connection.execute(f'PRAGMA table_info("{table}")')]
    listed = ", ".join(f'"{name}"' for name in columns)
    places = ", ".join(f'"{name}" = ?' for name in columns[1:])
    for n in numbers:
        query = f'SELECT {listed} FROM "{table}" WHERE n = ?'  # noqa: S608 - names of our own schema
        found = connection.execute(query, (n,)).fetchone()
        row = dict(zip(columns, found, strict=True))
        row |= {name: NOBODY if name == "customer_id" else None for name in texts}
        (row["checksum"],) = checksums([[row[name] for name in columns[:-1]]])
        connection.execute(
            f'UPDATE "{table}" SET {places} WHERE n = ?',  # noqa: S608
            (*(row[name] for name in columns[1:]), n),
        )


def empty_evidence(state: State, ids: Sequence[str]) -> None:
    """Take some mentions out of the evidence, and with them that they were taken back."""
    rows = numbered(state, "evidence", ["evidence_id"])
    numbers = rows.loc[rows["evidence_id"].isin(ids), "n"].tolist()
    with state.store.writing("evidence", rewrites=True) as connection:
        empty_rows(connection, "evidence", numbers, ("customer_id", *EVIDENCE_TEXTS))


def remove_scans(state: State, ids: Sequence[str]) -> None:
    """Remove some pictures of receipts; their purchases stay."""
    pictures = state.scans.pictures
    rows = numbered(state, "scans", ["scan_id"])
    numbers = rows.loc[rows["scan_id"].isin(ids), "n"].tolist()
    with state.store.writing("scans", pictures.name, rewrites=True) as connection:
        for name in ids:
            pictures.remove_in(connection, name)
        empty_rows(connection, "scans", numbers, ("customer_id", *SCAN_TEXTS))
