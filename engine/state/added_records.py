"""Purchases, tickets and posts that people add: checked rows in, numbered rows out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import pandas as pd

from engine.errors import BadInput
from engine.results import Added
from engine.state.rows import Damage, Log
from engine.state.store import Store
from engine.vocabulary import KEYS, TABLES, Kind

PREFIXES: Final = {"purchase": "TXN_", "post": "POST_", "ticket": "SPRT_"}
"""Of a record's id; the number behind it is the highest so far plus one."""

_SUBMIT: Final[dict[str, Kind]] = {"submit_id": "id", "recorded_at": "time", "actor": "text"}
FILLED: Final[dict[str, tuple[str, ...]]] = {
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
COLUMNS: Final[dict[str, dict[str, Kind]]] = {
    table: _SUBMIT | {column: TABLES[table][column] for column in columns}
    for table, columns in FILLED.items()
}


def table_of(kind: str) -> str:
    """Where a purchase, a ticket or a post stands."""
    return "transactions" if kind == "purchase" else "messages"


class AddedRecords:
    """The rows that people added to one bank, append-only.

    A row carries the id of its submit, made by the page: a repeated submit is stored once. The
    number of a new id is chosen within the write, so two writers never choose one. `until` says
    how many rows of each table to read at most: what there was at an earlier moment.
    """

    def __init__(self, store: Store, until: Mapping[str, int] | None = None):
        self._logs = {
            table: Log(store, table, columns, until=(until or {}).get(table))
            for table, columns in COLUMNS.items()
        }

    @property
    def known_rows(self) -> dict[str, int]:
        """How many rows each table has been given."""
        return {table: log.known_rows for table, log in self._logs.items()}

    def add(
        self,
        kind: str,
        row: Mapping[str, Any],
        *,
        submit_id: str,
        now: datetime,
        actor: str,
        imported: int,
    ) -> Added:
        """Store one record, given without its id; it is on the disk when this returns.

        Parameters
        ----------
        kind : str
            One of PREFIXES.
        submit_id : str
            Made by the page when it drew the form, the same for a repeated submit.
        imported : int
            The highest number among the bank's own ids of this kind.

        Raises
        ------
        BadInput
            If the submit id was used for another record.
        """
        table, prefix = table_of(kind), PREFIXES[kind]
        column = KEYS[table][0]
        whole = {**row, "submit_id": submit_id, "recorded_at": now, "actor": actor}
        chosen: list[str] = []

        def derive(stored: pd.DataFrame) -> list[dict[str, Any]]:
            mine = stored.loc[stored["submit_id"] == submit_id]
            if len(mine):
                chosen.append(_same(mine.iloc[0], row, column, prefix))
                return []
            chosen.append(f"{prefix}{max(imported, highest(stored[column], prefix)) + 1}")
            return [{**whole, column: chosen[0]}]

        stored = self._logs[table].append_after(derive)
        return Added(record_id=chosen[0], table=table, stored=bool(stored))

    def tables(self) -> dict[str, pd.DataFrame]:
        """Added rows of each table that has any: `FILLED` and actor, oldest first."""
        rows = {table: log.read() for table, log in self._logs.items()}
        return {t: frame[[*FILLED[t], "actor"]] for t, frame in rows.items() if len(frame)}

    def damage(self) -> list[Damage]:
        """Rows that are not what was written."""
        return [damage for log in self._logs.values() for damage in log.damage()]


def highest(ids: pd.Series, prefix: str) -> int:
    """The highest number behind a prefix among ids; 0 when none has this shape."""
    numbers = ids.str.extract(rf"^{prefix}(\d{{1,15}})$", expand=False).dropna()
    return int(numbers.astype("int64").max()) if len(numbers) else 0


def _same(stored: pd.Series, row: Mapping[str, Any], column: str, prefix: str) -> str:
    """The id that a repeated submit got; BadInput if it was another record's submit."""
    record_id = str(stored[column])
    if stored["customer_id"] != row["customer_id"] or not record_id.startswith(prefix):
        raise BadInput(
            f"The submit {stored['submit_id']!r} was used for {record_id}; "
            "draw the form anew, so that it makes an id of its own."
        )
    return record_id
