"""What customers allowed or objected to; what cannot be read counts as an objection."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final, NamedTuple

import pandas as pd

from engine.errors import BadInput
from engine.state.cells import Cell, encode, frame
from engine.state.opening import FILE, said
from engine.state.rows import Damage, Log
from engine.state.store import Store
from engine.vocabulary import CATEGORY_PURPOSE, CONSENT_STATUSES, PURPOSES, REFUSED, TABLES

COLUMNS = TABLES["consents"]
UNREADABLE: Final = "damaged record"
"""Source of an objection that stands in place of a record that cannot be read."""


class _Lost(NamedTuple):
    """Whose consent cannot be read, and for what; None where nothing tells."""

    n: int
    customer_id: str | None
    purpose: str | None


class Consents:
    """Consents of one bank, append-only; of all, or of the first `until`.

    Every consent is stored twice, in two tables. Where a row is not what was written, its copy
    tells whose it was, and it counts as an objection of that customer; where the copy is gone too,
    as an objection of every customer: likewise while there are consents elsewhere that nobody
    reads (`unread`). What a customer says later stands, as always.
    """

    def __init__(
        self, store: Store, until: int | None = None, *, unread: Callable[[], bool] = lambda: False
    ):
        self.store = store
        self._unread = unread
        self._rows = Log(store, "consents", COLUMNS, until=until)
        self._copy = Log(store, "consents_copy", COLUMNS, until=until)
        self._mutex = threading.RLock()
        self._made: tuple[object, pd.DataFrame] | None = None

    @property
    def revision(self) -> str:
        """Changes with every consent of any process."""
        return self._rows.revision

    @property
    def known_rows(self) -> int:
        """How many consents were ever recorded."""
        with self._one_picture():
            own = self._rows.known_rows
            return own if self._rows.whole else max(own, self._copy.known_rows)

    def record(
        self, customer_id: str, purpose: str, status: str, *, now: datetime, source: str
    ) -> None:
        """Record what a customer allows or objects to; it holds at once, in every process.

        Raises
        ------
        BadInput
            If the purpose is neither one of the vocabulary's nor a category, or the status is
            unknown.
        """
        if not purpose.startswith(CATEGORY_PURPOSE):
            _expect("purpose", purpose, PURPOSES)
        _expect("status", status, CONSENT_STATUSES)
        if not customer_id:
            raise BadInput("The customer_id is empty; name the customer.")
        cells = encode(
            COLUMNS, dict(zip(COLUMNS, (customer_id, purpose, status, now, source), strict=True))
        )
        with self.store.writing("consents", "consents_copy") as connection:
            self.insert(connection, [cells])

    def insert(self, connection: sqlite3.Connection, encoded: list[tuple[Cell, ...]]) -> None:
        """Add encoded rows within a transaction."""
        for log in (self._rows, self._copy):
            log.insert(connection, encoded)

    def history(self, everybody: Sequence[str] = ()) -> pd.DataFrame:
        """Every consent ever recorded, oldest first, in the consents table's columns.

        An objection of `everybody` (ids of all customers) is assumed where nobody can tell whose
        record was lost.
        """
        with self._one_picture():
            sound = self._rows.read()
            lost = self._lost()
            if not lost:
                return sound
            key = (self._rows.revision, tuple(lost), len(everybody))
            if self._made is None or self._made[0] != key:
                assumed = _assumed(lost, everybody)
                numbers = pd.Series([*sorted(self._rows.numbers), *(n for n, _ in assumed)])
                both = [sound, frame(COLUMNS, [cells for _, cells in assumed])]
                order = numbers.sort_values(kind="stable").index
                rows = pd.concat(both, ignore_index=True).loc[order].reset_index(drop=True)
                self._made = (key, rows)
            return self._made[1].copy(deep=False)

    @contextmanager
    def _one_picture(self) -> Iterator[None]:
        """Both tables as they are at one moment, whatever other threads and processes write."""
        with self._mutex, said(self.store.path), self.store.reading():
            yield

    def latest(self, everybody: Sequence[str] = ()) -> pd.DataFrame:
        """The consent recorded last per customer and purpose."""
        return self.history(everybody).drop_duplicates(
            ["customer_id", "purpose"], keep="last", ignore_index=True
        )

    def damage(self, thorough: bool = False) -> list[Damage]:
        """Consents that are not what was written, and what counts in their place."""
        with self._one_picture():
            damage = self._rows.damage()
            if thorough or damage:
                damage += self._copy.damage()
            lost = self._lost()
        for n, customer, purpose in lost:
            who = f"customer {customer}" if customer else "every customer"
            what = purpose or "every purpose"
            damage.append(Damage(FILE, "consents", str(n), f"counts as refused: {who}, {what}"))
        return damage

    def _lost(self) -> list[_Lost]:
        """Consents that cannot be read, by what their copies and the damaged cells tell."""
        rows, copy = self._rows, self._copy
        rows.read()
        unread = self._unread()
        if rows.whole and not self.store.problem and not unread:
            return []
        copied = copy.read()
        last = max(rows.last, copy.last)
        places = {n: place for place, n in enumerate(sorted(copy.numbers))}
        lost = []
        for n in sorted(set(range(1, last + 1)) - rows.numbers):
            if n in places:
                row = copied.iloc[places[n]]
                lost.append(_Lost(n, row["customer_id"], row["purpose"]))
            else:
                lost.append(_agreed(n, rows.damaged.get(n), copy.damaged.get(n)))
        if self.store.problem or unread or (rows.cut and copy.cut):
            lost.append(_Lost(last + 1, None, None))
        return lost


def _agreed(n: int, one: tuple[Cell, ...] | None, other: tuple[Cell, ...] | None) -> _Lost:
    """What two damaged copies of a row have in common."""
    same = [
        a if a == b and isinstance(a, str) else None
        for a, b in zip(one or (), other or (), strict=False)
    ]
    customer, purpose = [*same, None, None][:2]
    return _Lost(n, customer, purpose)


def _assumed(lost: Iterable[_Lost], everybody: Sequence[str]) -> list[tuple[int, tuple[Cell, ...]]]:
    """Objections that stand in place of what was lost: number and cells."""
    return [
        (n, (who, what, REFUSED, None, UNREADABLE))
        for n, customer, purpose in lost
        for who in ([customer] if customer else everybody)
        for what in ([purpose] if purpose else PURPOSES)
    ]


def _expect(what: str, got: str, expected: tuple[str, ...]) -> None:
    if got not in expected:
        raise BadInput(f"There is no {what} {got!r}; expected one of {', '.join(expected)}.")
