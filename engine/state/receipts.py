"""Receipts as rows: what was shown, each sealed with the hash before, and what they refer to."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from engine.state.opening import said
from engine.state.rows import Damage, Texts, robust
from engine.state.store import Store

TABLES = ("receipts", "receipts_head")


class ReceiptRow(NamedTuple):
    """One receipt; what it is about and its decision are None once they are erased."""

    n: int
    prev: str
    digest: str
    hash: str
    receipt_id: str | None
    actor: str | None
    day: str | None
    customer: str | None
    about: str | None
    decision: str | None
    erased: int | None


_COLUMNS = ", ".join(ReceiptRow._fields)


class ReceiptStore:
    """The receipts of one bank, the keys of their customers, and the contents that they name.

    A key is found by its customer; a content (settings or learned metrics) by its SHA-256.
    """

    def __init__(self, store: Store):
        self.store = store
        self.keys = Texts(store, "receipt_keys")
        self.contents = Texts(store, "receipt_contents")

    @contextmanager
    def writing(self, *more: str, rewrites: bool = False) -> Iterator[sqlite3.Connection]:
        """A transaction on the receipts, for the functions below."""
        with self.store.writing(*TABLES, *more, rewrites=rewrites) as connection:
            yield connection

    def rows(self, where: str = "1", *values: str | int) -> list[ReceiptRow]:
        """Receipts that meet a condition, by number."""
        with said(self.store.path), self.store.reading() as connection:
            return select(connection, where, *values)

    def head(self) -> tuple[int, str] | None:
        """Number and hash of the last receipt, as noted beside the rows; None before the first."""
        with said(self.store.path), self.store.reading() as connection:
            return head(connection)

    def damage(self) -> list[Damage]:
        """Keys and contents that are not what was written; the chain verifies itself."""
        return [*self.keys.damage(), *self.contents.damage()]


def select(connection: sqlite3.Connection, where: str, *values: str | int) -> list[ReceiptRow]:
    """Receipts that meet a condition, by number, within a transaction."""
    query = f"SELECT {_COLUMNS} FROM receipts WHERE {where} ORDER BY n"  # noqa: S608
    return [ReceiptRow(*row) for row in robust(connection, query, *values)]


def insert(connection: sqlite3.Connection, row: ReceiptRow) -> None:
    """Add a receipt and note it as the last."""
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO receipts ({_COLUMNS}) VALUES ({marks})", row)  # noqa: S608
    connection.execute("INSERT OR REPLACE INTO receipts_head VALUES (1, ?, ?)", (row.n, row.hash))


def empty(connection: sqlite3.Connection, n: int, tombstone: int) -> None:
    """Take the content out of a receipt; its number and hashes stay."""
    connection.execute(
        "UPDATE receipts SET receipt_id = NULL, actor = NULL, day = NULL, customer = NULL, "
        "about = NULL, decision = NULL, erased = ? WHERE n = ?",
        (tombstone, n),
    )


def head(connection: sqlite3.Connection) -> tuple[int, str] | None:
    """Number and hash noted as the last."""
    row = connection.execute("SELECT n, hash FROM receipts_head").fetchone()
    return None if row is None else (row[0], row[1])
