"""Receipts as numbered rows, each sealed with the hash of the one before; append-only."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from engine.receipts.canonical import hash_of, text_of
from engine.state import receipts as stored_receipts
from engine.state.receipts import ReceiptRow, ReceiptStore

GENESIS = "0" * 64
"""What the first receipt has in place of the hash before it."""
LISTED, ERASURE, RETENTION = "list", "erasure", "retention"
"""Kinds of a receipt: a list that was shown, and the tombstones of a customer's and of those whose
period has ended."""


def seal(n: int, prev: str, digest: str) -> str:
    """What ties a receipt to its place: the next receipt has it as its `prev`.

    Parameters
    ----------
    n : int
        Its number, from 1.
    prev : str
        Seal of the receipt before.
    digest : str
        SHA-256 of its content. It stays when the content is erased, and so does the seal.
    """
    return hash_of([n, prev, digest])


def row_of(n: int, prev: str, content: Mapping[str, Any]) -> ReceiptRow:
    """One receipt as a row; `content` is {about, decision}."""
    about, digest = content["about"], hash_of(content)
    shown = about["kind"] == LISTED
    return ReceiptRow(
        n=n,
        prev=prev,
        digest=digest,
        hash=seal(n, prev, digest),
        receipt_id=about["id"] if shown else None,
        actor=about["actor"] if shown else None,
        day=about["at"][:10] if shown else None,
        customer=about.get("customer"),
        about=text_of(about),
        decision=text_of(content["decision"]),
        erased=None,
    )


def stored(row: ReceiptRow) -> dict[str, Any]:
    """A receipt as it is read out: {about, decision} or {erased}, and its place in the chain.

    Raises
    ------
    ValueError
        If it was edited and is no JSON any more.
    """
    chain = {"digest": row.digest, "hash": row.hash, "n": row.n, "prev": row.prev}
    if row.erased is not None:
        return {"erased": row.erased, "chain": chain}
    about, decision = json.loads(row.about or ""), json.loads(row.decision or "")
    return {"about": about, "decision": decision, "chain": chain}


class Chain:
    """The receipts of one bank, shared by threads, sessions and processes.

    Notes
    -----
    Number and hash of the last receipt are noted beside the rows, so that receipts cut off the
    end are missed: the next receipt follows the note, and the gap stays for `verify` to find.
    """

    def __init__(self, receipts: ReceiptStore):
        self._receipts = receipts

    def add(self, about: Mapping[str, Any], decision: Mapping[str, Any]) -> tuple[int, bool]:
        """Store a receipt, on the disk when this returns; StateError if the disk refuses it.

        Returns its number, and whether it was stored now: the same list, person and day once.
        """
        with self._receipts.writing() as connection:
            if same := stored_receipts.select(connection, _SAME, *_identity(about)):
                return same[0].n, False
            n, prev = _last(connection)
            row = row_of(n + 1, prev, {"about": about, "decision": decision})
            stored_receipts.insert(connection, row)
            return n + 1, True

    def erase(self, customer_id: str, key: str, *, at: str, actor: str) -> tuple[int, ...]:
        """Empty the receipts of a customer's key, destroy it, and add the tombstone that says so.

        The content is gone; its digest stays, so the chain still verifies. Returns the numbers of
        the receipts that were emptied; there is no tombstone where there are none.
        """
        with self._receipts.writing("receipt_keys", rewrites=True) as connection:
            self._receipts.keys.remove_in(connection, customer_id)
            mine = stored_receipts.select(connection, "customer = ?", key)
            if not mine:
                return ()
            return _emptied(connection, mine, ERASURE, at=at, actor=actor)

    def retain(self, day: str, *, at: str, actor: str) -> tuple[int, ...]:
        """Empty the lists that were shown before a day (ISO 8601), and add the tombstone that says
        so; their numbers, and no tombstone where there are none."""
        with self._receipts.writing(rewrites=True) as connection:
            old = stored_receipts.select(connection, _BEFORE, day)
            return _emptied(connection, old, RETENTION, at=at, actor=actor) if old else ()

    def before(self, day: str) -> list[ReceiptRow]:
        """Lists that were shown before a day, by number."""
        return self._receipts.rows(_BEFORE, day)

    def why_emptied(self, row: ReceiptRow) -> str:
        """Kind of the tombstone that says why a receipt is empty, and its moment after a space."""
        (tombstone,) = self._receipts.rows("n = ?", int(row.erased or 0)) or (None,)
        try:
            about = json.loads((tombstone and tombstone.about) or "")
            return f"{about['kind']} {about['at']}"
        except (ValueError, TypeError, KeyError):
            return ERASURE

    def find(self, about: Mapping[str, Any]) -> int | None:
        """Number of the receipt of this list, person and day; None when there is none."""
        same = self._receipts.rows(_SAME, *_identity(about))
        return same[0].n if same else None

    def of(self, customer: str) -> list[ReceiptRow]:
        """Receipts of a customer's key, by number."""
        return self._receipts.rows("customer = ?", customer)

    def shown(self) -> list[ReceiptRow]:
        """Every list that is not erased, by number."""
        return self._receipts.rows("receipt_id IS NOT NULL")

    def named(self, reference: str) -> ReceiptRow | None:
        """A receipt by its number or its id (then the last showing of that list)."""
        number = int(reference) if reference.isdecimal() and len(reference) < 19 else 0
        rows = self._receipts.rows("n = ? OR receipt_id = ?", number, reference)
        return rows[-1] if rows else None

    def rows(self) -> list[ReceiptRow]:
        """Every receipt, by number."""
        return self._receipts.rows()

    def head(self) -> tuple[int, str] | None:
        """Number and hash of the last receipt as noted beside the rows; None before the first."""
        return self._receipts.head()


def _emptied(
    connection: sqlite3.Connection, rows: list[ReceiptRow], kind: str, *, at: str, actor: str
) -> tuple[int, ...]:
    """Empty some receipts and add the tombstone that says so; their numbers."""
    numbers = tuple(row.n for row in rows)
    content = {
        "about": {"actor": actor, "at": at, "kind": kind},
        "decision": {"receipts": list(numbers)},
    }
    n, prev = _last(connection)
    for number in numbers:
        stored_receipts.empty(connection, number, tombstone=n + 1)
    stored_receipts.insert(connection, row_of(n + 1, prev, content))
    return numbers


_BEFORE = "receipt_id IS NOT NULL AND day < ?"
_SAME = "receipt_id = ? AND actor = ? AND day = ?"


def _identity(about: Mapping[str, Any]) -> tuple[str, str, str]:
    """Receipt id, person and day: a list is one receipt for all three."""
    return about["id"], about["actor"], about["at"][:10]


def _last(connection: sqlite3.Connection) -> tuple[int, str]:
    """What the next receipt follows: the last row, or the note where that is ahead."""
    rows = stored_receipts.select(connection, "n = (SELECT max(n) FROM receipts)")
    end = (rows[0].n, rows[0].hash) if rows else (0, GENESIS)
    head = stored_receipts.head(connection) or (0, GENESIS)
    return head if head[0] > end[0] else end
