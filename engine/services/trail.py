"""Who did what and when: noted once, read, verified, and its head printed to keep elsewhere."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from engine.bank import editions
from engine.bank.bank import Bank
from engine.labels import PURPOSE_LABELS, TRAIL_LABELS, column_label
from engine.receipts.trail import Trail, What, read
from engine.results import FairnessReport, TrailCheck
from engine.snapshot.snapshot import Snapshots
from engine.state import erasure as of_state
from engine.state.trail import TrailRow
from engine.vocabulary import AUDIT_K, AUDITED, DTYPES, EXPORTED, LOOKED, RETAINED

_COLUMNS = ["number", "at", "actor", "action", "customer_id", "what"]


class AuditTrail:
    """The audit trail of one bank.

    Consents, edits, records, decisions, settings, versions and erasures note themselves where they
    are written. What only the face of the program knows (a look, an export, an audit that somebody
    read) is noted by the methods here.
    """

    def __init__(self, folder: Path, snapshots: Snapshots, now: Callable[[], datetime]):
        self._folder = folder
        self._snapshots = snapshots
        self._now = now
        self._trail = Trail(snapshots.state)

    # --- writing

    def note(
        self,
        action: str,
        *,
        actor: str,
        customer_id: str | None = None,
        what: What | None = None,
        once: str = "",
    ) -> bool:
        """Append an entry; False when it was there already.

        Parameters
        ----------
        action : str
            Of `engine.vocabulary.TRAIL_ACTIONS`.
        what : mapping, optional
            Plain values by name: no names of people and no text that somebody wrote.
        once : str
            What makes it the same entry again.
        """
        if customer_id is not None:
            self._expect(customer_id)
        return (
            self._trail.add(
                action, actor=actor, at=self._now(), customer=customer_id, what=what, once=once
            )
            is not None
        )

    def looked(self, customer_id: str, *, actor: str, session: str) -> bool:
        """Note that somebody opened a customer's record: once a session and customer.

        NotFound for an unknown customer.
        """
        return self.note(LOOKED, actor=actor, customer_id=customer_id, once=f"{session} {actor}")

    def exported(
        self,
        what: str,
        *,
        actor: str,
        customer_id: str | None = None,
        rows: int | None = None,
        session: str = "",
    ) -> bool:
        """Note that a file was made: what it holds, and how many rows where that is known.

        Each file is noted; within a `session` once a content and person.
        """
        told: dict[str, Any] = {"file": what} | ({} if rows is None else {"rows": rows})
        once = f"{session} {actor} {sorted(told.items())}" if session else ""
        return self.note(EXPORTED, actor=actor, customer_id=customer_id, what=told, once=once)

    def audited(
        self, report: FairnessReport, *, actor: str, k: int = AUDIT_K, session: str = ""
    ) -> bool:
        """Note that an audit of the first `k` offers was run and what it found.

        Each run is noted; within a `session` (on pages, which draw themselves again at every
        click) once an outcome and person.
        """
        told = {
            "of": report.attribute,
            "list": report.list,
            "first": k,
            "n": report.n,
            "groups": int(report.overall["group"].nunique()),
            "alerts": len(report.alerts),
            "version": report.model_version,
            "as_of": f"{report.as_of:%Y-%m-%d}",
        }
        once = f"{session} {actor} {sorted(told.items())}" if session else ""
        return self.note(AUDITED, actor=actor, what=told, once=once)

    # --- reading

    def table(
        self,
        customer_id: str | None = None,
        since: date | None = None,
        *,
        action: str | None = None,
    ) -> pd.DataFrame:
        """Entries, newest first: number, at, actor, action (in words), customer_id, what.

        `customer_id` is missing where nobody in particular is meant, or whom it was about was
        erased. `since` is the first day (UTC); `action` is one of `TRAIL_ACTIONS`.
        """
        first = since.isoformat() if since else ""
        if customer_id is None:
            rows = self._trail.rows(action=action, since=first)
            names = self._trail.customers() if any(row.customer for row in rows) else {}
        else:
            self._expect(customer_id)
            mine = self._trail.of(customer_id, first)
            rows = [row for row in mine if action in (None, row.action)]
            names = {row.customer: customer_id for row in rows if row.customer}
        words = self._words()
        runs = self._trail.rows(action=RETAINED) if any(row.erased for row in rows) else []
        ended = {row.n for row in runs}
        told = [_told(row, names, words, ended) for row in reversed(rows)]
        return _timed(pd.DataFrame(told, columns=_COLUMNS), "at")

    def counts(self) -> pd.DataFrame:
        """Of each kind of act: action (in words), n, people, first, last."""
        rows = [
            (TRAIL_LABELS.get(action, action), n, people, _moment(first), _moment(last))
            for action, n, people, first, last in self._trail.counts()
        ]
        table = pd.DataFrame(rows, columns=["action", "n", "people", "first", "last"])
        return _timed(table.sort_values("action", ignore_index=True), "first", "last")

    def verify(self, noted: str | None = None) -> TrailCheck:
        """Follow the chain; `noted` is a head that was kept elsewhere."""
        return self._trail.verify(noted)

    def head(self) -> str:
        """Hash of the last entry, to keep where the state folder is not."""
        return self._trail.head()

    def _expect(self, customer_id: str) -> None:
        """NotFound unless anything is kept of a customer, be it in an earlier edition alone."""
        if not self._is_known(customer_id):
            self._snapshots.base.customer_position(customer_id)

    def _is_known(self, customer_id: str) -> bool:
        if self._snapshots.erased.among([customer_id])[0]:
            return False
        return (
            customer_id in self._snapshots.base.customer_ids
            or self._trail.knows(customer_id)
            or bool(of_state.rows_of(self._snapshots.state, customer_id))
            or any(
                customer_id in Bank.load(edition).customer_ids
                for edition in editions.every(self._folder)
            )
        )

    def _words(self) -> dict[str, Mapping[str, str]]:
        """What stands for a product and a row of the log of settings, while these are there."""
        log = self._snapshots.state.settings_log
        names, (numbers, _) = log.read()["name"], log.places
        products = self._snapshots.base["products"].set_index("product_id")["name"]
        settings = zip(map(str, numbers), names, strict=True)
        return {"product": products.to_dict(), "log": dict(settings)}


def _told(
    row: TrailRow,
    names: Mapping[str, str],
    words: Mapping[str, Mapping[str, str]],
    ended: Collection[int],
) -> tuple[Any, ...]:
    what = read(row)
    said = "was edited and cannot be read"
    if row.erased is not None:
        said = "deleted after its period" if row.erased in ended else "erased with its customer"
    elif what is not None:
        said = "; ".join(_said(name, value, words) for name, value in what.items())
    action = TRAIL_LABELS.get(row.action, row.action)
    return row.n, _moment(row.noted_at), row.actor, action, names.get(row.customer or ""), said


def _timed(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The same table; where there is no entry, its columns of moments are those of none."""
    return table if len(table) else table.astype(dict.fromkeys(columns, DTYPES["time"]))


def _moment(stored: str) -> pd.Timestamp:
    """A stored moment; missing where it was edited and is none."""
    try:
        return pd.Timestamp(stored)
    except ValueError:
        return pd.NaT


def _said(name: str, value: Any, words: Mapping[str, Mapping[str, str]]) -> str:
    """One value of an entry as a person would read it."""
    if name == "product":
        value = words["product"].get(str(value), value)
    if name == "log":
        known = words["log"].get(str(value))
        name, value = ("name", known) if known else ("no. in the log", value)
    if name == "column":
        value = column_label(str(value))
    if name == "purpose":
        value = PURPOSE_LABELS.get(str(value), value)
    if isinstance(value, bool):
        value = "yes" if value else "no"
    return f"{name.replace('_', ' ')} {value}"
