"""Who did what and when, as numbered rows, each sealed with the hash of the one before."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from engine.errors import StateError
from engine.receipts.canonical import hash_of, text_of
from engine.receipts.chain import GENESIS, seal
from engine.receipts.keys import key_of
from engine.results import TrailCheck
from engine.state import trail as stored_trail
from engine.state.opening import FILE
from engine.state.rows import Damage
from engine.state.state import State
from engine.state.trail import TrailRow
from engine.vocabulary import ERASED, RESET, RETAINED, SET, TRAIL_ACTIONS

What = Mapping[str, str | int | float | bool | None]
"""What was done, in plain values by name. Never a name, an address or a text that people wrote:
an erasure does not look for people here."""


UNREADABLE = (ValueError, TypeError, RecursionError)
"""What reading an entry raises that was edited and is none any more."""


class Trail:
    """The audit trail of one bank, shared by threads, sessions and processes; append-only.

    Notes
    -----
    A customer stands here as the random key that their receipts have. What is about a customer is
    sealed by a hash of its own, so that an erasure takes it out and the chain still verifies;
    who, when and which action stay readable.
    """

    def __init__(self, state: State):
        self._kept = state.trail

    def together(self) -> AbstractContextManager[sqlite3.Connection]:
        """A transaction in which an act and its entry are stored: both or neither."""
        return self._kept.writing()

    def add(
        self,
        action: str,
        *,
        actor: str,
        at: datetime,
        customer: str | None = None,
        what: What | None = None,
        once: str = "",
    ) -> int | None:
        """Append an entry, on the disk when this returns (with the transaction it is part of).

        Parameters
        ----------
        action : str
            Of `TRAIL_ACTIONS`.
        customer : str, optional
            Id of the customer whom it is about; their key is stored.
        once : str
            What makes it the same entry again, such as session and customer of a look; then it is
            not repeated.

        Returns
        -------
        int or None
            Its number; None when it was there already.

        Raises
        ------
        StateError
            If the disk refuses it.
        """
        if action not in TRAIL_ACTIONS:
            raise ValueError(f"Got {action!r}; expected one of {', '.join(TRAIL_ACTIONS)}.")
        with self._kept.writing() as connection:
            key = None if customer is None else key_of(self._kept.keys, customer)
            same = _same(action, key, once)
            if same and stored_trail.select(connection, "once = ?", same):
                return None
            n, prev = _last(connection)
            row = row_of(n + 1, prev, (at.isoformat(), actor, action), (key, what, same))
            stored_trail.insert(connection, row)
            return row.n

    def note_setting(self, at: datetime, actor: str, done: str, row: int) -> None:
        """Append that named settings were saved, put in force, taken back or removed.

        `row` is the number in the log of settings, which has the name: people wrote that.
        """
        self.add(SET, actor=actor, at=at, what={"done": done, "log": row})

    def note_reset(self, before: State, at: datetime, actor: str) -> None:
        """Append that a reset ended the trail of `before`, with how long it was and its head."""
        what: dict[str, str | int]
        try:
            n, head = before.trail.head() or (0, GENESIS)
            problem = before.store.problem
        except StateError as error:
            problem = str(error)
        what = {"before": "could not be read"} if problem else {"entries": n, "head": head}
        self.add(RESET, actor=actor, at=at, what=what)

    def erase(self, customer: str, *, at: datetime, actor: str, once: str = "") -> int:
        """Empty what is about a customer; how many entries that were.

        The tombstone that says so is added also where there were none, unless one of the same
        `once` is there. Their key must still be there: it is destroyed with their receipts.
        """
        with self._kept.writing(rewrites=True) as connection:
            key = self._kept.keys.find(customer)
            mine = stored_trail.select(connection, "customer = ?", key) if key else []
            same = _same(ERASED, None, once)
            if same and stored_trail.select(connection, "once = ?", same):
                if not mine:
                    return 0
                same = None
            n, prev = _last(connection)
            for row in mine:
                stored_trail.empty(connection, row.n, tombstone=n + 1)
            about = {"entries": ",".join(str(row.n) for row in mine)} if mine else None
            told = (at.isoformat(), actor, ERASED)
            stored_trail.insert(connection, row_of(n + 1, prev, told, (None, about, same)))
            return len(mine)

    def old(self, before: str) -> list[TrailRow]:
        """Entries before a moment (ISO 8601) that say whom or what, and may be emptied: what says
        which others were, and where a trail ended, stays for `verify`."""
        rows = self._kept.rows("erased IS NULL AND noted_at < ?", before)
        return [row for row in rows if row.action not in (ERASED, RETAINED, RESET) and _tells(row)]

    def retain(self, rows: list[TrailRow], what: What, *, at: datetime, actor: str) -> None:
        """Note a run of retention, and empty what some entries say of whom and what.

        Who, when and which act stay readable; the entry of the run names which were emptied.
        """
        with self._kept.writing(rewrites=bool(rows)) as connection:
            n, prev = _last(connection)
            for row in rows:
                stored_trail.empty(connection, row.n, tombstone=n + 1)
            emptied = {"entries": _ranges([row.n for row in rows])} if rows else {}
            told = (at.isoformat(), actor, RETAINED)
            row = row_of(n + 1, prev, told, (None, {**what, **emptied}, None))
            stored_trail.insert(connection, row)

    def rows(self, *, action: str | None = None, since: str = "") -> list[TrailRow]:
        """Entries by number: all, of one action, or from a moment on (ISO 8601)."""
        where, values = ["noted_at >= ?"], [since]
        if action is not None:
            where, values = [*where, "action = ?"], [*values, action]
        return self._kept.rows(" AND ".join(where), *values)

    def of(self, customer: str, since: str = "") -> list[TrailRow]:
        """The entries about a customer, by number."""
        key = self._kept.keys.find(customer)
        return self._kept.rows("customer = ? AND noted_at >= ?", key, since) if key else []

    def counts(self) -> list[tuple[str, int, int, str, str]]:
        """Of each action: how many entries, of how many people, the first and the last moment."""
        return self._kept.counts()

    def knows(self, customer: str) -> bool:
        """Has a customer a key here?"""
        return self._kept.keys.find(customer) is not None

    def customers(self) -> dict[str, str]:
        """Key -> customer id, of everybody who was not erased."""
        return {key: customer for customer, key in self._kept.keys.all().items()}

    def head(self) -> str:
        """Hash of the last entry; noted elsewhere, it proves later that nothing was rewritten."""
        return (self._kept.head() or (0, GENESIS))[1]

    def verify(self, noted: str | None = None) -> TrailCheck:
        """Follow the chain from the first entry to the last; the first that is not in place.

        Parameters
        ----------
        noted : str, optional
            A head that was noted elsewhere: whoever can write the state folder could rewrite all
            of the chain, and that hash is not in it then.
        """
        try:
            rows, end = self._kept.rows(), self._kept.head()
        except StateError as error:
            return TrailCheck(False, 0, 0, 1, str(error), GENESIS)
        bad = _follow(rows) or _end(rows, end, noted)
        return TrailCheck(
            sound=bad is None,
            n_entries=len(rows),
            n_erased=sum(row.erased is not None for row in rows),
            first_bad=bad[0] if bad else None,
            problem=bad[1] if bad else "",
            head=rows[-1].hash if rows else GENESIS,
        )

    def damage(self) -> list[Damage]:
        """The first entry that is not what was written, if one is not; follows all of the chain."""
        found = self.verify()
        if found.sound:
            return []
        return [Damage(FILE, "trail", str(found.first_bad), found.problem)]


def _same(action: str, key: str | None, once: str) -> str | None:
    """What tells that an entry is the same again; None where each is another."""
    return hash_of([action, key, once]) if once else None


def row_of(
    n: int,
    prev: str,
    told: tuple[str, str, str],
    about: tuple[str | None, What | None, str | None],
) -> TrailRow:
    """An entry as a row; `told` is when, who and action, `about` is key, what and once."""
    (at, actor, action), (customer, what, once) = told, about
    text = text_of(dict(what or {}))
    digest = hash_of([customer, text, once])
    sealed = seal(n, prev, hash_of([at, actor, action, digest]))
    return TrailRow(n, prev, digest, sealed, at, actor, action, customer, text, once, None)


def what_of(row: TrailRow) -> dict[str, Any]:
    """What was done, in plain values by name; nothing of what is erased.

    ValueError, TypeError or RecursionError if it was edited and is no entry any more.
    """
    return dict(json.loads(row.what)) if row.what else {}


def read(row: TrailRow) -> dict[str, Any] | None:
    """What was done, as `what_of`; None where it cannot be read any more."""
    try:
        return what_of(row)
    except UNREADABLE:
        return None


def _problem(row: TrailRow) -> str:
    """Why one entry is not what was written; "" for a sound one."""
    try:
        if (
            seal(row.n, row.prev, hash_of([row.noted_at, row.actor, row.action, row.digest]))
            != row.hash
        ):
            return "was edited: its hash is another"
        if row.erased is not None:
            empty = (row.customer, row.what, row.once) == (None, None, None)
            return "" if empty else "was edited: it was emptied, and is not empty"
        if hash_of([row.customer, row.what, row.once]) != row.digest:
            return "was edited: its content is not what its digest says"
        what_of(row)
    except UNREADABLE:
        return "was edited: it is no entry any more"
    return ""


def _follow(rows: list[TrailRow]) -> tuple[int, str] | None:
    prev, erased, emptied = GENESIS, dict[int, int](), dict[int, set[int]]()
    for n, row in enumerate(rows, start=1):
        if row.n != n:
            return n, f"Entry no. {n} was removed: no. {row.n} stands in its place."
        if problem := _problem(row):
            return n, f"Entry no. {n} {problem}."
        if row.prev != prev:
            return n, f"Entry no. {n} does not follow the one before it: one was replaced."
        prev = row.hash
        if row.erased is not None:
            erased[n] = row.erased
        elif row.action in (ERASED, RETAINED):
            emptied[n] = _numbers(str(what_of(row).get("entries", "")))
    for n, tombstone in erased.items():
        if n not in emptied.get(tombstone, set()):
            return n, f"Entry no. {n} was emptied, and no erasure says so."
    return None


def _tells(row: TrailRow) -> bool:
    """Does an entry say of whom or what?"""
    return row.customer is not None or row.once is not None or row.what not in (None, "{}")


def _ranges(numbers: list[int]) -> str:
    """Ascending numbers as text: "3-5,9"."""
    runs: list[list[int]] = []
    for n in numbers:
        if runs and n == runs[-1][1] + 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def _numbers(ranges: str) -> set[int]:
    """The numbers of `_ranges`; what is no number is left out."""
    found: set[int] = set()
    for part in ranges.split(","):
        first, _, last = part.partition("-")
        if first.isdecimal() and (last or first).isdecimal():
            found |= set(range(int(first), int(last or first) + 1))
    return found


def _end(
    rows: list[TrailRow], head: tuple[int, str] | None, noted: str | None
) -> tuple[int, str] | None:
    """What the note of the last entry and a hash that was noted elsewhere say of the end."""
    last = len(rows)
    hashes = {row.n: row.hash for row in rows}
    if head is None and last:
        return last + 1, (
            "The note of the last entry is missing or was edited, so entries may have been cut "
            f"off behind no. {last}."
        )
    if head is not None and head[0] > last:
        to = f" to {head[0]}" if head[0] > last + 1 else ""
        return last + 1, f"Entry no. {last + 1}{to} was cut off the end."
    if head is not None and head != (last, hashes.get(last)):
        return max(head[0], 1), f"Entry no. {head[0]} is not the one that was noted as the last."
    resets = {row.n: str(what_of(row).get("head")) for row in rows if row.action == RESET}
    if noted is not None and noted not in {GENESIS, *hashes.values(), *resets.values()}:
        reset = f", or is older than the reset of entry no. {max(resets)}" if resets else ""
        return 1, f"The hash that was noted earlier is not in the trail: it was rewritten{reset}."
    return None


def _last(connection: sqlite3.Connection) -> tuple[int, str]:
    """What the next entry follows: the last row, or the note where that is ahead."""
    rows = stored_trail.select(connection, "n = (SELECT max(n) FROM trail)")
    end = (rows[0].n, rows[0].hash) if rows else (0, GENESIS)
    head = stored_trail.head(connection) or (0, GENESIS)
    return head if head[0] > end[0] else end
