"""Purchases, tickets, posts, pictures and evidence that people add in; what of it stands, out."""

import base64
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.errors import BadInput, IdUsed, NotFound
from engine.results import Added
from engine.state.rows import Damage, Log, Texts
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
_DAYS: Final = ("booked_at", "sent_at")
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
        IdUsed
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
    """The id that a repeated submit got; IdUsed if it was another record's submit.

    The day is left aside (a repeated submit that names none may come after midnight), and so is
    what the repeated one leaves empty.
    """
    record_id = str(stored[column])
    told = {name: value for name, value in row.items() if name not in _DAYS}
    if not record_id.startswith(prefix) or any(
        _plain(value) not in ("", _plain(stored[name])) for name, value in told.items()
    ):
        raise IdUsed(
            "This form's id was used for another record; nothing was stored. Draw the form anew, "
            "or send another submit_id."
        )
    return record_id


def _plain(value: Any) -> Any:
    """One text for what is missing, one number for what is one."""
    if value is None or pd.isna(value):
        return ""
    return float(value) if isinstance(value, (bool, int, float, np.number, np.bool_)) else value


# --- evidence of needs

EVIDENCE_COLUMNS: Final[dict[str, Kind]] = {
    "evidence_id": "id",
    "recorded_at": "time",
    "actor": "text",
    "customer_id": "id",
    "action": "text",
    "source": "text",
    "topic": "text",
    "sentence": "text",
    "said_on": "time",
    "record_id": "text",
}
EVIDENCE_TEXTS: Final = ("topic", "sentence", "said_on", "record_id")
"""What goes with the customer, so that a row keeps its place."""
SAID: Final = "said"
TAKEN_BACK: Final = "taken back"


class EvidenceLog(Log):
    """Mentions of one bank's customers, append-only: one row a topic that a sentence tells of.

    `until` says how many rows to read at most, as in `State`.
    """

    def __init__(self, store: Store, *, until: int | None = None):
        super().__init__(store, "evidence", EVIDENCE_COLUMNS, until=until)

    def add(self, rows: Sequence[dict[str, Any]], *, most: int) -> list[str]:
        """Store mentions; returns their ids. Those of a record that has some are not stored again.

        Parameters
        ----------
        rows : sequence of dict
            customer_id, source, topic, sentence, said_on, record_id, recorded_at, actor.
        most : int
            Standing mentions of one topic of a customer; more are not stored.
        """
        new: list[str] = []

        def derive(stored: pd.DataFrame) -> list[dict[str, Any]]:
            stand = standing(stored)
            kept: list[dict[str, Any]] = []
            for row in rows:
                mine = stored["customer_id"] == row["customer_id"]
                if (mine & (stored["record_id"] == row["record_id"])).any():
                    continue
                theirs = stand["customer_id"] == row["customer_id"]
                n = int((theirs & (stand["topic"] == row["topic"])).sum())
                n += sum(one["topic"] == row["topic"] for one in kept)
                if n < most:
                    kept.append({**row, "evidence_id": uuid.uuid4().hex, "action": SAID})
            new.extend(str(row["evidence_id"]) for row in kept)
            return kept

        self.append_after(derive)
        return new

    def take_back(self, evidence_id: str, *, now: datetime, actor: str) -> bool:
        """Have one mention count no more; False when it does not already.

        Raises
        ------
        NotFound
            If there is no such mention.
        """

        def derive(stored: pd.DataFrame) -> list[dict[str, Any]]:
            mine = stored[stored["evidence_id"] == evidence_id]
            if mine.empty:
                raise NotFound(f"No evidence {evidence_id!r} was recorded here.")
            if (mine["action"] == TAKEN_BACK).any():
                return []
            return [
                {
                    "evidence_id": evidence_id,
                    "recorded_at": now,
                    "actor": actor,
                    "customer_id": mine["customer_id"].iloc[0],
                    "action": TAKEN_BACK,
                }
            ]

        return bool(self.append_after(derive))


def standing(rows: pd.DataFrame) -> pd.DataFrame:
    """The mentions that were not taken back, oldest first."""
    gone = rows.loc[rows["action"] == TAKEN_BACK, "evidence_id"]
    return rows[(rows["action"] == SAID) & ~rows["evidence_id"].isin(gone)].reset_index(drop=True)


def expect_customer(rows: pd.DataFrame, evidence_id: str, customer_id: str) -> None:
    """BadInput where a mention is another customer's."""
    mine = rows.loc[rows["evidence_id"] == evidence_id, "customer_id"]
    if len(mine) and mine.iloc[0] != customer_id:
        raise BadInput(f"The evidence {evidence_id!r} is another customer's.")


# --- pictures

SCAN_COLUMNS: Final[dict[str, Kind]] = {
    "scan_id": "id",
    "recorded_at": "time",
    "actor": "text",
    "customer_id": "id",
    "submit_id": "id",
    "record_id": "id",
    "picture": "text",
    "merchant": "text",
    "total": "number",
}
"""`picture` is the SHA-256 of the picture, by which one that was sent before is known."""
SCAN_TEXTS: Final = ("scan_id", "record_id", "picture", "merchant", "total")
"""What goes with the customer, so that a row keeps its place."""


class ScanLog(Log):
    """Which picture belongs to which purchase of whom; append-only but for an erasure."""

    def __init__(self, store: Store):
        super().__init__(store, "scans", SCAN_COLUMNS)
        self.pictures = Texts(store, "scan_pictures")

    def keep(self, jpeg: bytes, row: dict[str, Any], *, now: datetime, actor: str) -> str:
        """Keep a picture with its row, both or neither; returns its random name.

        A repeated submit keeps nothing again and returns the name it got.

        Raises
        ------
        BadInput
            If the submit was another customer's.
        """
        chosen: list[str] = []

        def derive(stored: pd.DataFrame) -> list[dict[str, Any]]:
            mine = stored[stored["submit_id"] == row["submit_id"]]
            if len(mine):
                if mine["customer_id"].iloc[0] != row["customer_id"]:
                    raise BadInput("This form was used for another customer; upload it again.")
                chosen.append(str(mine["scan_id"].iloc[0]))
                return []
            chosen.append(uuid.uuid4().hex)
            return [{**row, "scan_id": chosen[0], "recorded_at": now, "actor": actor}]

        with self.store.writing(self.pictures.name) as connection:
            if self.append_after(derive):
                content = base64.b64encode(jpeg).decode("ascii")
                self.pictures.put_in(connection, chosen[0], content)
        return chosen[0]

    def of(self, customer_id: str) -> pd.DataFrame:
        """The rows of one customer, oldest first."""
        rows = self.read()
        return rows[rows["customer_id"] == customer_id].reset_index(drop=True)

    def picture(self, scan_id: str) -> bytes:
        """A picture by its name; NotFound where there is none, or it was changed since."""
        content = self.pictures.find(scan_id)
        if content is None:
            raise NotFound(f"There is no picture {scan_id!r}, or it is not what was kept.")
        return base64.b64decode(content)
