"""The audit trail as rows: who did what and when, each sealed with the hash of the one before."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from engine.state.opening import said
from engine.state.rows import Texts, robust
from engine.state.store import Store

TABLES = ("trail", "trail_head")


class TrailRow(NamedTuple):
    """One entry; what is about a customer (customer, what, once) is None once it is erased."""

    n: int
    prev: str
    digest: str
    hash: str
    noted_at: str
    actor: str
    action: str
    customer: str | None
    what: str | None
    once: str | None
    erased: int | None


_COLUMNS = ", ".join(TrailRow._fields)


class TrailStore:
    """The audit trail of one bank, and the keys that stand for its customers.

    The keys are those of the receipts: a customer has one.
    """

    def __init__(self, store: Store):
        self.store = store
        self.keys = Texts(store, "receipt_keys")

    @contextmanager
    def writing(self, *, rewrites: bool = False) -> Iterator[sqlite3.Connection]:
        """A transaction on the trail; part of the caller's where there is one."""
        with self.store.writing(*TABLES, rewrites=rewrites) as connection:
            yield connection

    def rows(self, where: str = "1", *values: str | int) -> list[TrailRow]:
        """Entries that meet a condition, by number."""
        with said(self.store.path), self.store.reading() as connection:
            return select(connection, where, *values)

    def counts(self) -> list[tuple[str, int, int, str, str]]:
        """Of each action: how many entries, of how many people, the first and the last moment."""
        query = (
            "SELECT action, count(*), count(DISTINCT actor), min(noted_at), max(noted_at) "
            "FROM trail GROUP BY action ORDER BY action"
        )
        with said(self.store.path), self.store.reading() as connection:
            return [tuple(row) for row in robust(connection, query)]

    def head(self) -> tuple[int, str] | None:
        """Number and hash of the last entry, as noted beside the rows; None before the first."""
        with said(self.store.path), self.store.reading() as connection:
            return head(connection)


def select(connection: sqlite3.Connection, where: str, *values: str | int) -> list[TrailRow]:
    """Entries that meet a condition, by number, within a transaction."""
    query = f"SELECT {_COLUMNS} FROM trail WHERE {where} ORDER BY n"  # noqa: S608
    return [TrailRow(*row) for row in robust(connection, query, *values)]


def insert(connection: sqlite3.Connection, row: TrailRow) -> None:
    """Add an entry and note it as the last."""
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO trail ({_COLUMNS}) VALUES ({marks})", row)  # noqa: S608
    connection.execute("INSERT OR REPLACE INTO trail_head VALUES (1, ?, ?)", (row.n, row.hash))


def empty(connection: sqlite3.Connection, n: int, tombstone: int) -> None:
    """Take out of an entry what is about its customer; who, when, number and hashes stay."""
    connection.execute(
        "UPDATE trail SET customer = NULL, what = NULL, once = NULL, erased = ? WHERE n = ?",
        (tombstone, n),
    )


def head(connection: sqlite3.Connection) -> tuple[int, str] | None:
    """Number and hash noted as the last."""
    row = connection.execute("SELECT n, hash FROM trail_head").fetchone()
    return None if row is None else (row[0], row[1])
