"""What people do with the lists: recorded once each, undone, read back and counted."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from engine.audit.parity import groups
from engine.bank.tables import concat
from engine.errors import AnsweredMeanwhile, BadInput, NotFound
from engine.feedback import events, statistics, usage
from engine.feedback.history import history, last_answers, opened_since
from engine.feedback.raw_rows import raw_rows
from engine.receipts.trail import Trail, What
from engine.results import Answered, FeedbackStatistics, Offer, Recommendation, Usage
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
    arm_of : callable
        Customer id -> the arm of the experiment that runs, "" where there is none.
    """

    def __init__(
        self,
        snapshots: Snapshots,
        receipts: Receipts,
        now: Callable[[], datetime],
        arm_of: Callable[[str], str],
    ):
        self._arm_of = arm_of
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
        arm: str = "",
        seen: str | None = None,
    ) -> bool:
        """Store one event, on the disk when this returns.

        Parameters
        ----------
        event_id : str
            UUID made by the page, the same for a repeated submit.
        offer : Offer, optional
            What was answered; its rank, score, propensity and version are stored with the event,
            and the edition of the bank.
        arm : str
            Of the experiment that the customer is in; looked up where an offer is answered.
        seen : str, optional
            Id of the last answer about this offer that its reader knew of (`answers`), "" where
            there was none. Where another stands by now, nothing is stored.

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
        AnsweredMeanwhile
            If somebody has answered the offer since; says who, how and when.
        StateError
            If it could not be written; it may be submitted again under the same id.
        """
        now = self._now()

        def unless(recorded: pd.DataFrame) -> None:
            answer = self._answers(customer_id, recorded).get(product_id)
            if seen is not None and answer is not None and answer.event_id != seen:
                raise AnsweredMeanwhile(f"{answer.said} Nothing was recorded.")

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
                receipt_id=receipt_id,
                arm=arm or (self._arm_of(customer_id) if offer else ""),
                **self._exposure(offer),
            ),
            unless=None if seen is None else unless,
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

    def _exposure(self, offer: Offer | None) -> dict[str, Any]:
        """How an offer was shown; the edition alone where the event answers none."""
        edition = self._snapshots.base.manifest.edition
        if offer is None:
            return {"edition": edition}
        return {
            "edition": edition,
            "rank": offer.rank,
            "score": offer.score,
            "propensity": offer.propensity,
            "display_probability": events.SURE,
            "model_version": offer.model_version,
        }

    def record_shown(self, shown: Recommendation, *, actor: str, arm: str = "") -> int:
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
                receipt_id=shown.receipt_id,
                arm=arm or offer.arm,
                **self._exposure(offer) | {"model_version": shown.model_version},
            )
            for offer in shown.offers
        ]
        return sum(self._snapshots.events.append_many(rows)) if rows else 0

    def purchased(self, accepted_id: str, *, event_id: str, actor: str) -> bool:
        """Store that the product of an accepted offer was opened: a holding from today on.

        How the offer was shown is taken from the event of its acceptance. One acceptance is opened
        once: what was opened by mistake is undone first.

        Raises
        ------
        NotFound
            If no such event was recorded here.
        BadInput
            If it is no acceptance.
        AnsweredMeanwhile
            If the acceptance was undone, or the product has been opened since.
        """
        logged = self._snapshots.events.logged()
        same = logged.loc[logged["event_id"] == accepted_id]
        if same.empty:
            raise NotFound(f"No event {accepted_id!r} was recorded here.")
        accepted = same.iloc[0]
        if accepted["action"] != "accepted":
            raise BadInput("Only an accepted offer can have been opened; accept it first.")
        now, customer = self._now(), str(accepted["customer_id"])

        def unless(recorded: pd.DataFrame) -> None:
            row = np.flatnonzero((recorded["event_id"] == accepted_id).to_numpy(dtype=bool))
            if not events.standing(recorded)[row].all():
                raise AnsweredMeanwhile("The acceptance was undone. Nothing was recorded.")
            if opened_since(recorded)[row].any():
                answer = self._answers(customer, recorded)[str(accepted["product_id"])]
                raise AnsweredMeanwhile(f"{answer.said} Nothing was recorded.")

        exposed = ("rank", "score", "propensity", "display_probability", "model_version", "arm")
        stored = self._snapshots.events.append(
            events.new_event(
                self._snapshots.base,
                event_id=event_id,
                recorded_at=now,
                actor=actor,
                customer_id=customer,
                product_id=accepted["product_id"],
                action="purchased",
                receipt_id=accepted["receipt_id"],
                edition=self._snapshots.base.manifest.edition,
                **{name: accepted[name] for name in exposed},
            ),
            unless=unless,
        )
        what = {"product": str(accepted["product_id"]), "answer": "purchased"}
        self._note(DECIDED, event_id, now, actor, customer, what)
        return stored

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

    def answers(self, customer_id: str) -> dict[str, Answered]:
        """Product -> the last answer of anybody about it that stands, for one customer."""
        return self._answers(customer_id, self._snapshots.events.read())

    def _answers(self, customer_id: str, recorded: pd.DataFrame) -> dict[str, Answered]:
        base = self._snapshots.base
        imported = base["events"]
        imported = imported.loc[imported["customer_id"] == customer_id]
        mine = recorded.loc[recorded["customer_id"] == customer_id, list(imported.columns)]
        return last_answers(concat("events", [imported, mine]), base)

    def left_out(self) -> tuple[str, ...]:
        """What of the log could not be read, a sentence a file; nothing where all of it was."""
        log = self._snapshots.events
        unread = (
            f"{n:,} {'row' if n == 1 else 'rows'} of {name} could not be read and "
            f"{'was' if n == 1 else 'were'} left out."
            for name, n in log.left_out().items()
        )
        gone = (
            f"{name} holds less than when it was closed; what is missing is left out."
            for name in log.cut_off()
        )
        return (*unread, *gone)

    def history(self, customer_id: str | None = None) -> pd.DataFrame:
        """Events, newest first: event_id, recorded_at, actor, customer_id, customer, product,
        action, rating, reason, comment, retracted, undoable (never an imported one), openable."""
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
