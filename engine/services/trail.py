"""Who did what and when: noted once, read, verified, and its head printed to keep elsewhere."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd

from engine.labels import PURPOSE_LABELS, TRAIL_LABELS, column_label
from engine.receipts.trail import Trail, What, what_of
from engine.results import FairnessReport, TrailCheck
from engine.snapshot.snapshot import Snapshots
from engine.state.trail import TrailRow
from engine.vocabulary import AUDITED, EXPORTED, LOOKED

_COLUMNS = ["number", "at", "actor", "action", "customer_id", "what"]


class AuditTrail:
    """The audit trail of one bank.

    Consents, edits, records, decisions, settings, versions and erasures note themselves where they
    are written. What only the face of the program knows (a look, an export, an audit that somebody
    read) is noted by the methods here.
    """

    def __init__(self, snapshots: Snapshots, now: Callable[[], datetime]):
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
            self._snapshots.base.customer_position(customer_id)
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
        self, what: str, *, actor: str, customer_id: str | None = None, rows: int | None = None
    ) -> bool:
        """Note that a file was made: what it holds, and how many rows where that is known."""
        told: dict[str, Any] = {"file": what} | ({} if rows is None else {"rows": rows})
        return self.note(EXPORTED, actor=actor, customer_id=customer_id, what=told)

    def audited(self, report: FairnessReport, *, actor: str) -> bool:
        """Note that an audit was run and what it found: once an outcome, person and day."""
        today = self._now().date().isoformat()
        told = {
            "of": report.attribute,
            "list": report.list,
            "n": report.n,
            "groups": int(report.overall["group"].nunique()),
            "alerts": len(report.alerts),
            "version": report.model_version,
            "as_of": f"{report.as_of:%Y-%m-%d}",
        }
        once = f"{today} {actor} {sorted(told.items())}"
        return self.note(AUDITED, actor=actor, what=told, once=once)

    # --- reading

    def table(self, customer_id: str | None = None, since: date | None = None) -> pd.DataFrame:
        """Entries, newest first: number, at, actor, action (in words), customer_id, what.

        `customer_id` is missing where nobody in particular is meant, or whom it was about was
        erased. `since` is the first day (UTC).
        """
        rows = self._trail.rows() if customer_id is None else self._of(customer_id)
        first = since.isoformat() if since else ""
        names = self._trail.customers()
        products = self._snapshots.base["products"].set_index("product_id")["name"]
        told = [_told(row, names, products) for row in reversed(rows) if row.noted_at[:10] >= first]
        return pd.DataFrame(told, columns=_COLUMNS)

    def verify(self, noted: str | None = None) -> TrailCheck:
        """Follow the chain; `noted` is a head that was kept elsewhere."""
        return self._trail.verify(noted)

    def head(self) -> str:
        """Hash of the last entry, to keep where the state folder is not."""
        return self._trail.head()

    def _of(self, customer_id: str) -> list[TrailRow]:
        self._snapshots.base.customer_position(customer_id)
        return self._trail.of(customer_id)


def _told(row: TrailRow, names: Mapping[str, str], products: Mapping[str, str]) -> tuple[Any, ...]:
    try:
        what = {} if row.erased is not None else what_of(row)
    except ValueError:
        what = {"unreadable": True}
    said = "; ".join(_said(name, value, products) for name, value in what.items())
    if row.erased is not None:
        said = "erased with its customer"
    action = TRAIL_LABELS.get(row.action, row.action)
    return row.n, pd.Timestamp(row.noted_at), row.actor, action, names.get(row.customer or ""), said


def _said(name: str, value: Any, products: Mapping[str, str]) -> str:
    """One value of an entry as a person would read it."""
    if name == "product":
        value = products.get(str(value), value)
    if name == "column":
        value = column_label(str(value))
    if name == "purpose":
        value = PURPOSE_LABELS.get(str(value), value)
    if isinstance(value, bool):
        value = "yes" if value else "no"
    return f"{name.replace('_', ' ')} {value}"
