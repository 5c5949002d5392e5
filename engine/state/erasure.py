"""What is written about a customer in; the same rows in the same places that name nobody, out."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.bank.erased import NAMED_BY, Called, words_of
from engine.state.added_records import EVIDENCE_TEXTS, SCAN_TEXTS
from engine.state.cells import checksums
from engine.state.event_log import EventLog
from engine.state.migration import MIGRATED
from engine.state.opening import said
from engine.state.state import State

NOBODY: Final = "(erased)"
"""Stands where the id of an erased customer stood, so that rows keep their numbers."""

_ROWS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "consents": ("customer_id", ("source",)),
    "consents_copy": ("customer_id", ("source",)),
    "edits": ("row_id", ("value",)),
    "transactions": ("customer_id", ("amount", "merchant", "category")),
    "messages": ("customer_id", ("text", "topics")),
    "contacts": ("customer_id", ("product_id", "note")),
    "personas": ("customer_id", ("product_id", "why")),
    "scans": ("customer_id", SCAN_TEXTS),
    "evidence": ("customer_id", EVIDENCE_TEXTS),
}
"""Table -> the column that names the customer, and what else is about them alone."""
_COPY: Final = "consents_copy"
_SEARCHED: Final = frozenset({"search", *(f"has_{column}" for column in NAMED_BY)})
"""Parts of an address that look for a person by a text."""
_CHOSEN: Final = frozenset({"segment", "churn_band", "value_band", "audience"})
"""Parts that choose one of our labels."""


def named(
    state: State, events: EventLog, erased: Callable[[Sequence[str]], np.ndarray]
) -> list[str]:
    """Ids of erased customers whom any row, event or receipt of the state still names."""
    ids = set(events.read()["customer_id"].dropna()) | set(state.receipts.keys.all())
    with said(state.store.path), state.store.reading() as connection:
        for table, (column, _) in _ROWS.items():
            where = "WHERE \"table\" = 'customers'" if table == "edits" else ""
            query = f"SELECT DISTINCT {column} FROM {table} {where}"  # noqa: S608
            ids |= {str(one) for (one,) in connection.execute(query) if one is not None}
    ordered = sorted(ids)
    return [one for one, gone in zip(ordered, erased(ordered), strict=True) if gone]


def rows_of(state: State, customer: str) -> dict[str, pd.DataFrame]:
    """What is recorded of one customer, by table; tables without a row are left out."""
    found = {}
    with said(state.store.path), state.store.reading() as connection:
        for table, (column, _) in _ROWS.items():
            if table == _COPY:
                continue
            names = [str(row[1]) for row in connection.execute(f'PRAGMA table_info("{table}")')]
            names = [name for name in names if name not in ("n", "checksum")]
            listed = ", ".join(f'"{name}"' for name in names)
            query = f'SELECT {listed} FROM "{table}" WHERE {_about(table, column)}'  # noqa: S608
            if rows := connection.execute(query, (customer,)).fetchall():
                found[table] = pd.DataFrame(rows, columns=names)
    return found


def erase_rows(state: State, customers: Iterable[str]) -> int:
    """Have no row name one of some customers; returns how many rows were about them."""
    ids, n = list(customers), 0
    pictures = state.scans.pictures
    with state.store.writing(*_ROWS, pictures.name, rewrites=True) as connection:
        for one in ids:
            query = "SELECT scan_id FROM scans WHERE customer_id = ?"
            for (name,) in connection.execute(query, (one,)).fetchall():
                pictures.remove_in(connection, name)
        for table, (column, texts) in _ROWS.items():
            for one in ids:
                n += _erase(connection, table, column, texts, one) * (table != _COPY)
    return n


def _erase(
    connection: sqlite3.Connection, table: str, column: str, texts: Sequence[str], customer: str
) -> int:
    columns = [str(row[1]) for row in connection.execute(f'PRAGMA table_info("{table}")')]
    listed = ", ".join(f'"{name}"' for name in columns)
    query = f'SELECT {listed} FROM "{table}" WHERE {_about(table, column)}'  # noqa: S608
    rows = [dict(zip(columns, row, strict=True)) for row in connection.execute(query, (customer,))]
    for row in rows:
        row |= dict.fromkeys(texts) | {column: NOBODY}
        (row["checksum"],) = checksums([[row[name] for name in columns[:-1]]])
        places = ", ".join(f'"{name}" = ?' for name in columns[1:])
        connection.execute(
            f'UPDATE "{table}" SET {places} WHERE n = ?',  # noqa: S608
            (*(row[name] for name in columns[1:]), row["n"]),
        )
    return len(rows)


def remove_naming(state: State, called: Called) -> int:
    """Remove views and notes that name one of some customers; returns how many there were.

    A word of a name that was theirs alone counts too, unless a label has it. Numbers and labels
    that a view narrows to name nobody; texts that it looks for do.
    """
    views = {key: json.loads(text) for key, text in state.views_saved.all().items()}
    chosen = (view["query"].get(key, "") for view in views.values() for key in _CHOSEN)
    labels = set[str]().union(*map(words_of, chosen))
    gone = [key for key, view in views.items() if _names(view, called, labels)]
    said = [
        key
        for key, text in state.notes_pinned.all().items()
        if called.is_told_of(json.loads(text)["text"], labels)
    ]
    last = [person for person, key in state.views_opened.all().items() if key in gone]
    tables = ((state.views_saved, gone), (state.views_opened, last), (state.notes_pinned, said))
    for table, keys in tables:
        for key in (*keys, *(one.row for one in table.damage())):  # nobody knows whom that names
            table.remove(key)
    return len(gone) + len(said)


def _names(view: Mapping[str, Any], called: Called, labels: set[str]) -> bool:
    """Does a view name somebody, or look for them?"""
    searched = (value for key, value in view["query"].items() if key in _SEARCHED)
    return called.is_told_of(view["name"], labels) or any(map(called.is_looked_for, searched))


def _about(table: str, column: str) -> str:
    """Which rows of a table are about a customer; names of our own schema."""
    return f"{column} = ?" + (" AND \"table\" = 'customers'" if table == "edits" else "")


def remove_old(state: State, customers: Iterable[str]) -> None:
    """Remove files that an earlier release wrote, where they name one of some customers."""
    ids = [one.encode() for one in customers]
    for path in (state.root / MIGRATED).rglob("*"):
        if path.is_file() and any(one in path.read_bytes() for one in ids):
            path.unlink()
