"""Whom to call today and what to know before; what came of it, written through one door."""

import threading
import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.agenda import told
from engine.agenda.calls import APART, Calls, calls
from engine.agenda.contacts import (
    DONE,
    FOLLOW_UP,
    NOT_REACHED,
    SNOOZED,
    Contacts,
    contacts,
)
from engine.agenda.timeline import timeline
from engine.agenda.urgency import Pressing, pressing
from engine.bank.record_forms import short
from engine.customers.wording import count, day
from engine.errors import BadInput, NotFound
from engine.feedback import events
from engine.results import OUTCOMES, Call, CallCard, Day
from engine.scoring.current import CurrentScores
from engine.scoring.score_table import ScoreTable
from engine.services.portfolio.alerts import Alerting
from engine.snapshot.kept_results import LastResults
from engine.snapshot.snapshot import Snapshots
from engine.state.contacts import REACHED
from engine.vocabulary import PERSONALISATION

MAX_NOTE: Final = 2_000
"""Longest note of a call, in characters (own choice)."""
MAX_AHEAD: Final = 400
"""Days that a follow-up or a snooze may lie ahead (own choice: a year and a month)."""


class Days:
    """The day of a relationship manager, and each call of it.

    Notes
    -----
    A note is kept as it was written and shown to people. Nothing reads it: no metric, no score and
    no model, whatever the customer allows.
    """

    def __init__(
        self,
        snapshots: Snapshots,
        scores: CurrentScores,
        alerting: Alerting,
        now: Callable[[], datetime],
    ):
        self._snapshots = snapshots
        self._scores = scores
        self._alerting = alerting
        self._now = now
        self._lock = threading.RLock()
        self._results = LastResults()

    # --- whom to call

    def managers(self) -> tuple[str, ...]:
        """The relationship managers whom the bank names."""
        named = self._snapshots.current().bank["customers"]["relationship_manager"]
        return tuple(sorted(named.dropna().unique().tolist()))

    def today(self, manager: str | None = None, *, most: int | None = None) -> Day:
        """At most so many calls, in their order, each with its reason and its parts.

        Parameters
        ----------
        manager : str, optional
            Whose customers; by default everybody's, as one book.
        most : int, optional
            Calls at most; by default the setting `day.calls`. What was promised for today is
            always there.

        Raises
        ------
        NotFound
            If the bank names no such manager.
        """
        table = self._scores.get()
        bank, managers = table.bank, self.managers()
        if manager is not None and manager not in managers:
            known = f"choose one of {', '.join(managers)}" if managers else "this bank names none"
            raise NotFound(f"There is no relationship manager {manager!r}; {known}.")
        named = bank["customers"]["relationship_manager"]
        rows = table.snapshot.all_rows if manager is None else np.flatnonzero(named == manager)
        presses, agreed, book = self._book(table, rows)
        promised = int((book.kind == "promise").sum())
        shown = book.order[: max(most or table.settings.day.calls, promised)]
        made = tuple(
            self._call(table, book, int(place), rank, presses, agreed)
            for rank, place in enumerate(shown, start=1)
        )
        waiting = len(book.order) - len(made)
        return Day(
            today=pd.Timestamp(self._now()).normalize(),
            as_of=bank.as_of,
            manager=manager,
            managers=managers,
            n_customers=len(rows),
            calls=made,
            n_waiting=waiting,
            left_out=book.reasons_out,
            sentence=_sentence(made, waiting, len(rows), book),
            notes=_notes(table, book, managers),
            currency=bank.manifest.currency,
            model_version=table.version,
        )

    def card(self, customer_id: str) -> CallCard:
        """What to know before one customer is called, whether or not they are today.

        NotFound for an unknown customer.
        """
        table = self._scores.get()
        row = table.bank.customer_position(customer_id)
        named = table.bank["customers"]["relationship_manager"]
        mine = named.iloc[row]
        rows = table.snapshot.all_rows if pd.isna(mine) else np.flatnonzero(named == mine)
        presses, agreed, book = self._book(table, rows)
        place = int(np.flatnonzero(rows == row)[0])
        call = self._call(table, book, place, 0, presses, agreed)
        why_not = str(book.left_out[place])
        topic, points = told.topic(table, row, int(book.offers.products[place]), presses)
        known = self._known_contacts(customer_id)
        return CallCard(
            customer_id=customer_id,
            line=f"Not called today: {_small(why_not)}" if why_not else call.line,
            kind=call.kind,
            parts=call.parts,
            product_id=call.product_id,
            product=call.product,
            confidence=call.confidence,
            topic=topic,
            talking_points=points,
            avoid=call.avoid,
            follow_ups=agreed.promises(row, customer_id),
            last_contact=call.last_contact,
            last_note="" if known.empty else str(known["note"].fillna("").iloc[-1]),
        )

    def timeline(self, customer_id: str) -> pd.DataFrame:
        """Everything that happened with one customer, newest first: at, kind, what, detail, by.

        What was told in a meeting is in it as long as they allow personal recommendations.
        """
        snapshot = self._snapshots.current()
        log = self._snapshots.state.contacts
        allowed = snapshot.consents[f"{PERSONALISATION}_allowed"]
        mine = bool(allowed.iloc[snapshot.bank.customer_position(customer_id)])
        told = log.told() if mine else log.told().head(0)
        return timeline(snapshot, customer_id, log.standing(), told)

    # --- what came of it

    def log(
        self,
        customer_id: str,
        *,
        contact_id: str,
        outcome: str,
        actor: str,
        note: str = "",
        product_id: str | None = None,
        follow_up: date | None = None,
    ) -> bool:
        """Store a call, with a day on which to come back to it; False when it is stored already.

        Parameters
        ----------
        contact_id : str
            Made by the page when it drew the form, the same for a repeated submit.
        outcome : str
            "reached" or "not reached".
        note : str
            Stored and shown; never read by a score.
        product_id : str, optional
            What was spoken of: its group is then left alone for a while.

        Raises
        ------
        NotFound
            If the bank has no such customer.
        BadInput
            Names the field that cannot be used.
        """
        if outcome not in OUTCOMES:
            raise BadInput(f"Got the outcome {outcome!r}; expected one of {', '.join(OUTCOMES)}.")
        if product_id is not None:
            self._snapshots.base.product_position(product_id)
        said = {"note": _note(note), "product_id": product_id}
        rows = [{"action": REACHED if outcome == "reached" else NOT_REACHED, **said}]
        if follow_up is not None:
            rows.append(
                {"action": FOLLOW_UP, "note": said["note"], "until": self._ahead(follow_up)}
            )
        stored = self._store(customer_id, contact_id, actor, rows)
        if product_id is not None and outcome == REACHED:
            # Once a contact, also where an earlier try stored the contact alone.
            self._snapshots.events.append(
                events.new_event(
                    self._snapshots.base,
                    event_id=_event_of(contact_id),
                    recorded_at=self._now(),
                    actor=actor,
                    customer_id=customer_id,
                    product_id=product_id,
                    action="contacted",
                    edition=self._snapshots.base.manifest.edition,
                )
            )
        return stored

    def promise(
        self, customer_id: str, *, contact_id: str, actor: str, on: date, note: str = ""
    ) -> bool:
        """Store that somebody comes back to a customer on a day."""
        row = {"action": FOLLOW_UP, "until": self._ahead(on), "note": _note(note)}
        return self._store(customer_id, contact_id, actor, [row])

    def snooze(self, customer_id: str, *, contact_id: str, actor: str, until: date) -> bool:
        """Take a customer off the day until another."""
        row = {"action": SNOOZED, "until": self._ahead(until, first=1)}
        return self._store(customer_id, contact_id, actor, [row])

    def done(self, customer_id: str, *, contact_id: str, actor: str) -> bool:
        """Take a customer off the day for so many days as `day.done_days` says; every promise is
        kept."""
        return self._store(customer_id, contact_id, actor, [{"action": DONE}])

    def take_back(self, contact_id: str, *, actor: str) -> bool:
        """Take back what was stored; it stays on record. False when it was taken back before."""
        now, log = self._now(), self._snapshots.events
        taken = self._snapshots.state.contacts.take_back(contact_id, now=now, actor=actor)
        if (spoken := log.find(_event_of(contact_id))) is not None:
            undoing = events.retraction(
                self._snapshots.base,
                spoken,
                event_id=_event_of(contact_id, "undone"),
                recorded_at=now,
                actor=actor,
            )
            log.append(undoing)
        return taken

    def _store(
        self, customer_id: str, contact_id: str, actor: str, rows: list[dict[str, Any]]
    ) -> bool:
        self._snapshots.base.customer_position(customer_id)
        same = {
            "contact_id": short("contact_id", contact_id, needed=True),
            "recorded_at": self._now(),
            "actor": short("actor", actor),
            "customer_id": customer_id,
        }
        return self._snapshots.state.contacts.add([same | row for row in rows])

    def _ahead(self, on: date, first: int = 0) -> pd.Timestamp:
        today = pd.Timestamp(self._now()).normalize()
        try:
            chosen = pd.Timestamp(on).normalize()
        except (TypeError, ValueError) as error:
            raise BadInput(f"Got the day {on!r}; expected one such as 2026-11-21.") from error
        if pd.isna(chosen) or not first <= (chosen - today).days <= MAX_AHEAD:
            low, high = (today + pd.Timedelta(days=n) for n in (first, MAX_AHEAD))
            raise BadInput(f"Got the day {on}; expected one from {day(low)} to {day(high)}.")
        return chosen

    # --- worked out once

    def _book(self, table: ScoreTable, rows: np.ndarray) -> tuple[Pressing, Contacts, Calls]:
        snapshot, now = table.snapshot, self._now()
        state, log = self._snapshots.state, self._snapshots.state.contacts
        with self._lock:
            presses = self._results.get(
                "pressing",
                (snapshot.profiles, snapshot.settings, state.alerts.revision),
                lambda: pressing(
                    snapshot.bank,
                    snapshot.profiles,
                    self._alerting.standing(snapshot),
                    snapshot.settings,
                    snapshot.rulebook.hardship,
                ),
            )
            agreed = self._results.get(
                "contacts",
                (snapshot, log.revision, now.date()),
                lambda: contacts(snapshot.bank, log.standing(), now, snapshot.settings.day),
            )
            book = self._results.get(
                "book",
                (table, presses, agreed, rows.tobytes()),
                lambda: calls(table, rows, presses, agreed, now),
            )
        return presses, agreed, book

    def _call(
        self,
        table: ScoreTable,
        book: Calls,
        place: int,
        rank: int,
        presses: Pressing,
        agreed: Contacts,
    ) -> Call:
        row, bank = int(book.rows[place]), table.bank
        customer = bank["customers"].iloc[row]
        customer_id = str(bank.customer_ids[row])
        said = told.line_claims(table, book, place, presses, agreed)
        product = int(book.offers.products[place])
        chance = float(book.offers.chance[place])
        spoken = table.snapshot.profiles.table["last_contact"].to_numpy("datetime64[us]")[row]
        last, value = np.fmax(spoken, agreed.last_reached[row]), book.value[place]
        today = pd.Timestamp(self._now()).normalize()
        return Call(
            rank=rank,
            customer_id=customer_id,
            customer=customer_id if pd.isna(customer["name"]) else str(customer["name"]),
            manager="" if pd.isna(m := customer["relationship_manager"]) else str(m),
            kind=str(book.kind[place]),
            line=told.line(said, str(book.kind[place])),
            score=float(book.scores[place]),
            parts=book.told(place, bank.manifest.currency),
            avoid=told.avoid(table, row, presses),
            last_contact=None if np.isnat(last) else pd.Timestamp(last),
            follow_ups=tuple(p for p in agreed.promises(row, customer_id) if p.due <= today),
            value_a_year=None if np.isnan(value) else float(value),
            product_id=None if product < 0 else str(bank.product_ids[product]),
            product=None if product < 0 else told.product_name(table, product),
            confidence=None if book.offers.is_fit or product < 0 else chance,
            fit=chance if book.offers.is_fit and product >= 0 else None,
        )

    def _known_contacts(self, customer_id: str) -> pd.DataFrame:
        """contacted_at and note of every contact with one customer, oldest first."""
        imported = self._snapshots.base["contacts"]
        mine = imported.loc[imported["customer_id"] == customer_id, ["contacted_at", "note"]]
        rows = self._snapshots.state.contacts.standing()
        here = rows[(rows["customer_id"] == customer_id) & (rows["action"] == REACHED)]
        here = here[["recorded_at", "note"]].rename(columns={"recorded_at": "contacted_at"})
        return pd.concat([mine, here]).sort_values("contacted_at", kind="stable")


def _event_of(contact_id: str, what: str = "contacted") -> str:
    """Id of the event that a contact about a product is, or of the one that undoes it."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{what}\x1f{contact_id}"))


def _note(note: str) -> str | None:
    text = str(note or "").strip()
    if len(text) > MAX_NOTE:
        raise BadInput(f"The note has {len(text):,} characters; expected at most {MAX_NOTE:,}.")
    return text or None


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _sentence(made: tuple[Call, ...], waiting: int, n: int, book: Calls) -> str:
    whose = f"of {count(n, 'customer')}"
    if not made:
        most = next(iter(book.reasons_out.items()), None)
        why = f": {_small(most[0])} ({most[1]:,})" if most else ""
        return f"Nobody {whose} is called today{why}."
    promised = sum(call.kind == "promise" for call in made)
    first = f", {promised} of them promised for today or before" if promised else ""
    rest = f"; {waiting:,} more may be called" if waiting else ""
    return f"{count(len(made), 'call')} today {whose}{first}{rest}."


def _notes(table: ScoreTable, book: Calls, managers: tuple[str, ...]) -> tuple[str, ...]:
    """What the bank does not know, so that the order rests on the rest."""
    bank, said = table.bank, []
    if not managers:
        said.append("The bank names no relationship manager: everybody is one book.")
    if not len(bank["messages"]):
        said.append("The bank has no messages, so no case and no mood makes a call urgent.")
    if np.isnan(book.middle_value):
        said.append("No value a year is known, so it moves no call.")
    if np.isnan(book.middle_chance):
        said.append("No confident offer is known in this book, so no chance moves a call.")
    elif book.offers.is_fit:
        said.append("Without history the chance of an offer is its fit, a percentile of the bank.")
    else:
        said.append("“In 100” is the chance that an offer is the next product, given that one is.")
    if not len(bank["contacts"]):
        said.append("The bank's files name no contacts: the limit counts those recorded here.")
    if APART in book.reasons_out:
        said.append(
            "Customers in the arm without contact of an experiment are offered nothing; cases, "
            "help and promises are still called about."
        )
    if bank.manifest.simulated:
        said.append("The bank is generated: every figure is simulated.")
    return tuple(said)
