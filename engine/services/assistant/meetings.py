"""Notes of a meeting in; what they say of a customer out, each recorded by a click alone."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd

from engine.assistant.meeting_notes import (
    GOAL,
    LONGEST,
    PROMISE,
    Told,
    kinds,
    promised,
    told_in,
)
from engine.assistant.sensitive_speech import kept_of
from engine.bank.consents import effective_consents, expect_personal
from engine.errors import BadInput, NotFound
from engine.figures import count, day
from engine.labels import TOLD_LABELS
from engine.receipts.trail import Trail, read
from engine.results import Meeting, MeetingFact, Preferences
from engine.services.assistant.asking import customer_name
from engine.services.assistant.assistant import Assistant
from engine.services.assistant.whom import UNKNOWN
from engine.services.day import Days
from engine.services.records import Records
from engine.snapshot.snapshot import Snapshots
from engine.state.contacts import TOLD
from engine.vocabulary import ADDED

MOST_SIGNS: Final = 10_000
"""Of notes (own choice: some four pages)."""
_MOST: Final = 40
_LATER: Final = 7
"""Days to a promise of which no day was said (as for a follow-up; own choice)."""
NOT_KEPT: Final = "(The sentence tells of health or another sensitive matter and is not kept.)"


class Meetings:
    """Proposes what notes say, and records what a person confirms.

    Notes
    -----
    Notes are never kept, and nothing in them is followed. What is confirmed is kept with its
    sentence, stands in the customer's timeline, is erased with the customer, and scores nothing;
    a goal that the page Preferences knows is set there, as if somebody had set it by hand. Without
    consent a promise is kept with its day and the words of `meeting_facts.toml` that it matched,
    since no list of words can vouch for the rest of a sentence.
    """

    longest = MOST_SIGNS

    def __init__(
        self,
        snapshots: Snapshots,
        assistant: Assistant,
        days: Days,
        records: Records,
        now: Callable[[], datetime],
    ):
        self._snapshots = snapshots
        self._assistant = assistant
        self._days = days
        self._records = records
        self._now = now
        self._trail = Trail(snapshots.state)

    def read(self, customer_id: str, notes: str, *, manager: str | None = None) -> Meeting:
        """What notes of a meeting with a customer say; nothing is recorded.

        Parameters
        ----------
        manager : str, optional
            Only this relationship manager's customers may be read about.

        Raises
        ------
        NotFound
            If there is no such customer, or they are of another manager.
        BadInput
            If there are no notes, or too many.
        """
        self._expect_seen(customer_id, manager)
        if not notes.strip():
            raise BadInput("Got no notes; write or dictate what was said.")
        if len(notes) > MOST_SIGNS:
            raise BadInput(
                f"The notes have {len(notes):,} characters; expected at most {MOST_SIGNS:,}."
            )
        told, more = told_in(notes), ()
        why = self._why_not_personal(customer_id)
        if why:
            told = [one for one in told if one.kind == PROMISE]
            more = (f"{why} Only promises of ours are proposed, without their sentence.",)
        facts = tuple(dict.fromkeys(self._fact(one, bool(why)) for one in told[:_MOST]))
        said = (
            f"{count(len(facts), 'thing')} proposed. Nothing is recorded until you confirm it."
            if facts
            else "Nothing to record was found in these notes."
        )
        bank = self._snapshots.bank()
        return Meeting(customer_id, customer_name(bank, customer_id), said, facts, more)

    def confirm(
        self,
        customer_id: str,
        fact: MeetingFact,
        *,
        fact_id: str,
        actor: str,
        manager: str | None = None,
    ) -> bool:
        """Record one thing that was proposed; False when it is recorded already.

        Parameters
        ----------
        fact_id : str
            Made by the page when it drew the button, the same for a repeated click.

        Raises
        ------
        NotFound
            As `read`.
        BadInput
            If the customer does not allow it, or it is nothing that `read` proposes.
        """
        self._expect_seen(customer_id, manager)
        if fact.kind not in kinds() or not fact.sentence or len(fact.sentence) > LONGEST:
            raise BadInput("Got something that no notes propose; read the notes again.")
        kept, why = kept_of(fact.sentence, NOT_KEPT), self._why_not_personal(customer_id)
        now = self._now()
        if fact.kind == PROMISE:
            on = self._later() if fact.on is None else fact.on
            kept = promised(fact.sentence) if why else kept
            return self._days.promise(
                customer_id, contact_id=fact_id, actor=actor, on=on.date(), note=kept
            )
        if why:
            raise BadInput(why)
        what = {"kind": f"told in a meeting: {fact.kind}"}
        if fact.kind == GOAL and fact.goal and self._set_goal(customer_id, fact.goal, actor):
            what |= {"goal": fact.goal, "contact": fact_id}
        row = {
            "contact_id": fact_id,
            "recorded_at": now,
            "actor": actor,
            "customer_id": customer_id,
            "action": TOLD + fact.kind,
            "note": kept,
        }
        with self._trail.together():
            stored = self._snapshots.state.contacts.add([row])
            if stored:
                self._trail.add(ADDED, actor=actor, at=now, customer=customer_id, what=what)
        return stored

    def take_back(
        self, customer_id: str, *, fact_id: str, actor: str, manager: str | None = None
    ) -> bool:
        """Take back what was confirmed; both stay on record. False when it was taken back before.

        A goal that it set on the page Preferences is taken out there as well; one that stood there
        before stays.

        Raises
        ------
        NotFound
            As `read`, or if nothing of this customer was confirmed under the id.
        """
        self._expect_seen(customer_id, manager)
        contacts = self._snapshots.state.contacts.read()
        if not (
            contacts.loc[contacts["contact_id"] == fact_id, "customer_id"] == customer_id
        ).any():
            raise NotFound(f"Nothing that {fact_id!r} names was confirmed of this customer.")
        with self._trail.together():
            taken = self._days.take_back(fact_id, actor=actor)
            if taken:
                self._unset_goal(customer_id, fact_id, actor)
        return taken

    def _fact(self, one: Told, is_bare: bool) -> MeetingFact:
        label = TOLD_LABELS[one.kind]
        if one.kind == GOAL:
            what = one.known or one.goal
            return MeetingFact(one.kind, f"{label}: {what}", one.sentence, one.known)
        if one.kind != PROMISE:
            return MeetingFact(one.kind, label, one.sentence)
        on = self._assistant.day_ahead(one.sentence) or self._later()
        said = promised(one.sentence) if is_bare else one.sentence
        return MeetingFact(one.kind, f"{label}, for {day(on)}", said, on=on)

    def _later(self) -> pd.Timestamp:
        return pd.Timestamp(self._now()).tz_localize(None).normalize() + pd.Timedelta(days=_LATER)

    def _set_goal(self, customer_id: str, goal: str, actor: str) -> bool:
        """Set a goal; False where it stood there."""
        before = self._records.preferences(customer_id)
        if goal in before.goals:
            return False
        self._save_goals(customer_id, before, (*before.goals, goal), actor)
        return True

    def _unset_goal(self, customer_id: str, fact_id: str, actor: str) -> None:
        """Take out the goal that was set when something was confirmed, if one was."""
        entries = (read(row) for row in self._trail.of(customer_id))
        mine = (one["goal"] for one in entries if one and one.get("contact") == fact_id)
        before = self._records.preferences(customer_id)
        if (goal := next(mine, None)) in before.goals:
            left = tuple(one for one in before.goals if one != goal)
            self._save_goals(customer_id, before, left, actor)

    def _save_goals(
        self, customer_id: str, before: Preferences, goals: tuple[str, ...], actor: str
    ) -> None:
        self._records.save_preferences(
            customer_id,
            actor=actor,
            income_level=before.income_level,
            risk_tolerance=before.risk_tolerance,
            goals=goals,
            services=before.services,
            frequency=before.frequency,
        )

    def _expect_seen(self, customer_id: str, manager: str | None) -> None:
        bank = self._snapshots.bank()
        row = bank.customer_position(customer_id)
        if manager is not None:
            mine = bank["customers"]["relationship_manager"].iloc[row]
            if pd.isna(mine) or mine != manager:
                raise NotFound(UNKNOWN)

    def _why_not_personal(self, customer_id: str) -> str:
        """Why nothing personal may be kept of a customer; "" where it may."""
        bank = self._snapshots.bank()
        row = np.array([bank.customer_position(customer_id)])
        allowed = effective_consents(bank, self._snapshots.settings, row)
        try:
            expect_personal(allowed, 0)
        except BadInput as error:
            return str(error)
        return ""
