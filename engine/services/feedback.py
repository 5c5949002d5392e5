"""What people do with the lists: recorded once each, undone, read back and counted."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime

import pandas as pd

from engine.audit.parity import groups
from engine.errors import NotFound
from engine.feedback import events, statistics, usage
from engine.feedback.history import history
from engine.feedback.raw_rows import raw_rows
from engine.receipts.trail import Trail, What
from engine.results import FeedbackStatistics, Offer, Recommendation, Usage
from engine.services.receipts import Receipts
from engine.snapshot.snapshot import Snapshots
from engine.vocabulary import DECIDED, UNDONE

_SEEN = ("shown", "viewed")
"""Answers that are no decision; a list that was shown has a receipt."""

LEVELS = ("low", "medium", "high", "very high")


class Feedback:
    """Events of one bank.

    Parameters
    ----------
    receipts : Receipts
        A list that is shown gets its receipt before the event.
    """

    def __init__(self, snapshots: Snapshots, receipts: Receipts, now: Callable[[], datetime]):
        self._snapshots = snapshots
        self._receipts = receipts
        self._now = now
        self._trail = Trail(snapshots.state)

    def record(
        self,
        *,
        event_id: str,
        customer_id: str,
        product_id: str,
        action: str,
        actor: str,
        rating: float | None = None,
        aspects: Mapping[str, float] | None = None,
        reason: str = "",
        comment: str = "",
        offer: Offer | None = None,
        receipt_id: str = "",
    ) -> bool:
        """Store one event, on the disk when this returns.

        Parameters
        ----------
        event_id : str
            UUID made by the page, the same for a repeated submit.
        offer : Offer, optional
            What was answered; its rank, score, propensity and version are stored with the event.

        Returns
        -------
        bool
            False when an event of this id is there already.

        Raises
        ------
        NotFound
            If the bank has no such customer or product.
        BadInput
            If the event is not complete or a value is out of range.
        StateError
            If it could not be written; it may be submitted again under the same id.
        """
        now = self._now()
        stored = self._snapshots.events.append(
            events.new_event(
                self._snapshots.base,
                event_id=event_id,
                recorded_at=now,
                actor=actor,
                customer_id=customer_id,
                product_id=product_id,
                action=action,
                rating=rating,
                aspects=aspects,
                reason=reason,
                comment=comment,
                rank=offer.rank if offer else None,
                score=offer.score if offer else None,
                propensity=offer.propensity if offer else None,
                model_version=offer.model_version if offer else "",
                receipt_id=receipt_id,
            )
        )
        if action not in _SEEN:
            what = {"product": product_id, "answer": action}
            self._note(DECIDED, event_id, now, actor, customer_id, what)
        return stored

    def _note(
        self, action: str, event_id: str, at: datetime, actor: str, customer_id: str, what: What
    ) -> None:
        """Once an event, also where an earlier try stored the event alone."""
        self._trail.add(action, actor=actor, at=at, customer=customer_id, what=what, once=event_id)

    def record_shown(self, shown: Recommendation, *, actor: str) -> int:
        """Write a list's receipt and log its offers as shown, once a day and person; returns how
        many were logged now."""
        self._receipts.write(shown, actor=actor)
        today = self._now()
        rows = [
            events.new_event(
                self._snapshots.base,
                event_id=events.shown_id(shown.receipt_id, offer.product_id, actor, today),
                recorded_at=today,
                actor=actor,
                customer_id=shown.customer_id,
                product_id=offer.product_id,
                action="shown",
                rank=offer.rank,
                score=offer.score,
                propensity=offer.propensity,
                model_version=shown.model_version,
                receipt_id=shown.receipt_id,
            )
            for offer in shown.offers
        ]
        return sum(self._snapshots.events.append_many(rows)) if rows else 0

    def undo(self, event_id: str, *, undo_id: str, actor: str) -> bool:
        """Retract an event; to undo the retraction is to bring the event back."""
        undone = self._snapshots.events.find(event_id)
        if undone is None:
            raise NotFound(f"No event {event_id!r} was recorded here; imported ones stay.")
        now = self._now()
        stored = self._snapshots.events.append(
            events.retraction(
                self._snapshots.base, undone, event_id=undo_id, recorded_at=now, actor=actor
            )
        )
        what = {"product": str(undone["product_id"]), "answer": str(undone["action"])}
        self._note(UNDONE, undo_id, now, actor, str(undone["customer_id"]), what)
        return stored

    # --- reading

    def history(self, customer_id: str | None = None) -> pd.DataFrame:
        """Events, newest first: event_id, recorded_at, actor, customer_id, customer, product,
        action, rating, reason, comment, retracted, undoable (never an imported one)."""
        snapshot = self._snapshots.current()
        return history(
            snapshot.log,
            snapshot.bank,
            customer_id=customer_id,
            n_imported=len(self._snapshots.base["events"]),
        )

    def statistics(self) -> FeedbackStatistics:
        """Funnel, acceptance by product, segment and person."""
        snapshot = self._snapshots.current()
        return statistics.statistics(
            snapshot.log, snapshot.bank, segments=snapshot.profiles.table["segment"]
        )

    def usage(self, since: date | None = None, until: date | None = None) -> Usage:
        """How much the lists were used between two days, both inside, and by whom they may be."""
        snapshot = self._snapshots.current()
        customers = snapshot.bank["customers"]
        income = groups.group_of(snapshot.bank, groups.INCOME_BAND, snapshot.settings.fairness)
        tolerance = groups.as_recorded(customers, "risk_tolerance", order=LEVELS)
        days = [None if day is None else pd.Timestamp(day) for day in (since, until)]
        used = usage.usage(snapshot.log, snapshot.bank, since=days[0], until=days[1])
        return replace(
            used, by_income=usage.counted(income), by_risk_tolerance=usage.counted(tolerance)
        )

    def raw_rows(self, table: str, n: int = 500) -> pd.DataFrame:
        """Rows of "customers" or "events" as they are stored, with addresses masked; at most n."""
        snapshot = self._snapshots.current()
        return raw_rows(snapshot.bank, snapshot.log, table, n)
