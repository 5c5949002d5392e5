"""Purchases, tickets and posts that people add: checked rows in, numbered rows of the bank out."""

import json
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pandas as pd

from engine.bank import disk
from engine.bank.bank import Bank
from engine.bank.durable import LineFile
from engine.bank.record_forms import short
from engine.bank.tables import coerce
from engine.errors import BadInput
from engine.results import Added
from engine.vocabulary import KEYS, TABLES, Kind

PREFIXES: Final = {"purchase": "TXN_", "post": "POST_", "ticket": "SPRT_"}
"""Of a record's id; the number behind it is the highest so far plus one (F23)."""
ADDED_BY: Final = "added_by"
"""Key in `attributes` that marks a row as added here, with who added it."""

_SUBMIT: Final[dict[str, Kind]] = {"submit_id": "id", "recorded_at": "time", "actor": "text"}
_FILES: Final[dict[str, tuple[str, ...]]] = {
    "transactions": (
        "transaction_id",
        "customer_id",
        "booked_at",
        "amount",
        "currency",
        "merchant",
        "category",
        "payment_method",
        "channel",
    ),
    "messages": (
        "message_id",
        "customer_id",
        "sent_at",
        "kind",
        "platform",
        "text",
        "topics",
        "resolved",
        "repeated",
    ),
}
"""Table -> columns that an added row fills."""


class Additions:
    """The rows that people added to one bank, append-only and shared by all processes.

    Parameters
    ----------
    folder : Path
        STATE/<bank_id>/records.
    until : mapping of str to int, optional
        Table -> rows to read at most: what there was at an earlier moment.

    Notes
    -----
    A row carries the id of its submit, made by the page: a repeated submit is stored once. The
    number of a new id is chosen under the lock of the write, so two writers never choose one.
    """

    def __init__(self, folder: Path, until: Mapping[str, int] | None = None):
        self._files = {
            table: LineFile(
                folder / f"{table}.csv",
                _SUBMIT | {column: TABLES[table][column] for column in columns},
                unique=True,
                first=(until or {}).get(table),
            )
            for table, columns in _FILES.items()
        }
        self._highest: dict[str, int] = {}
        self._mutex = threading.Lock()

    @property
    def revision(self) -> str:
        """Changes when anyone adds a record."""
        return disk.revision_of(*(file.path for file in self._files.values()))

    @property
    def files(self) -> tuple[LineFile, ...]:
        return tuple(self._files.values())

    @property
    def extent(self) -> dict[str, int]:
        """How many rows each table has been given."""
        return {table: len(file.read()) for table, file in self._files.items()}

    def add(
        self,
        base: Bank,
        kind: str,
        row: Mapping[str, Any],
        *,
        submit_id: str,
        now: datetime,
        actor: str,
    ) -> Added:
        """Store one record; it is on the disk when this returns.

        Parameters
        ----------
        base : Bank
            As imported; its own ids count when the next number is chosen.
        kind : str
            One of PREFIXES.
        row : mapping
            From engine.bank.record_forms: `purchase`, `ticket` or `post`.
        submit_id : str
            Made by the page when it drew the form, the same for a repeated submit.

        Raises
        ------
        BadInput
            If the submit id is empty, or was used for another record.
        NotFound
            If the bank has no such customer.
        """
        base.customer_position(row["customer_id"])
        submit_id = short("submit_id", submit_id, needed=True)
        table = "transactions" if kind == "purchase" else "messages"
        column = KEYS[table][0]
        prefix = PREFIXES[kind]
        whole = {**row, "submit_id": submit_id, "recorded_at": now, "actor": short("actor", actor)}
        before = self._highest_in(base, table, prefix)
        chosen: list[str] = []

        def derive(stored: pd.DataFrame) -> list[dict[str, Any]]:
            mine = stored.loc[stored["submit_id"] == submit_id]
            if len(mine):
                chosen.append(_same(mine.iloc[0], row, column, prefix))
                return []
            chosen.append(f"{prefix}{max(before, highest(stored[column], prefix)) + 1}")
            return [{**whole, column: chosen[0]}]

        stored = self._files[table].append_after(derive)
        return Added(record_id=chosen[0], table=table, stored=bool(stored))

    def tables(self) -> dict[str, pd.DataFrame]:
        """Added rows of each table that has any, in its columns.

        Rows stand in the order of their content, not of their adding, so that every figure made
        of them is the same bytes whoever was first.
        """
        found = {}
        for table, file in self._files.items():
            rows = file.read()
            if rows.empty:
                continue
            columns = [c for c in _FILES[table] if c != KEYS[table][0]]
            ordered = rows.sort_values(columns, kind="stable", ignore_index=True)
            marks = [json.dumps({ADDED_BY: actor}) for actor in ordered["actor"].fillna("")]
            kept = ordered[list(_FILES[table])].assign(attributes=pd.Series(marks, dtype="str"))
            found[table] = coerce(table, kept)
        return found

    def _highest_in(self, base: Bank, table: str, prefix: str) -> int:
        """The highest number among the imported ids, which never change."""
        with self._mutex:
            if prefix not in self._highest:
                self._highest[prefix] = highest(base[table][KEYS[table][0]], prefix)
            return self._highest[prefix]


def highest(ids: pd.Series, prefix: str) -> int:
    """The highest number behind a prefix among ids; 0 when none has this shape."""
    numbers = ids.str.extract(rf"^{prefix}(\d{{1,15}})$", expand=False).dropna()
    return int(numbers.astype("int64").max()) if len(numbers) else 0


def was_added(attributes: pd.Series) -> pd.Series:
    """Which rows were added by hand, by their `attributes` cell."""
    return attributes.str.startswith(f'{{"{ADDED_BY}"', na=False)


def _same(stored: pd.Series, row: Mapping[str, Any], column: str, prefix: str) -> str:
    """The id that a repeated submit got; BadInput if it was another record's submit."""
    record_id = str(stored[column])
    if stored["customer_id"] != row["customer_id"] or not record_id.startswith(prefix):
        raise BadInput(
            f"The submit {stored['submit_id']!r} was used for {record_id}; "
            "draw the form anew, so that it makes an id of its own."
        )
    return record_id
