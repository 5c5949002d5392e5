"""What people set down about customers and products: records, consents, edits, preferences."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict, Unpack

from engine.bank import disk, edits, record_forms
from engine.bank.preferences import cells, preferences
from engine.customers.planning import market
from engine.receipts.trail import Trail
from engine.results import Added, Preferences
from engine.snapshot.snapshot import Snapshots
from engine.vocabulary import ADDED, CONSENTED, EDITED, PROGRAM, SET


class Stated(TypedDict):
    """What the form for preferences asks for; an empty text or sequence is no statement."""

    income_level: str
    risk_tolerance: str
    goals: tuple[str, ...]
    services: tuple[str, ...]
    frequency: str


class Records:
    """Everything that is written down beside the imported bank, which is never changed.

    `NotFound` for an unknown customer.
    """

    def __init__(self, snapshots: Snapshots, now: Callable[[], datetime]):
        self._snapshots = snapshots
        self._now = now
        self._trail = Trail(snapshots.state)

    # --- records added by hand

    def add_purchase(
        self,
        customer_id: str,
        *,
        submit_id: str,
        actor: str,
        **fields: Unpack[record_forms.PurchaseFields],
    ) -> Added:
        """Store a purchase; it counts in every figure with the next answer, in every process.

        Parameters
        ----------
        submit_id : str
            Made by the page when it drew the form, the same for a repeated submit.
        **fields
            amount, category and merchant; and channel, payment_method, on where they are known.

        Raises
        ------
        BadInput
            Names the field that cannot be used.
        """
        currency = self._snapshots.base.manifest.currency
        row = record_forms.purchase(customer_id, currency=currency, now=self._now(), **fields)
        return self._add("purchase", row, submit_id, actor)

    def add_ticket(
        self,
        customer_id: str,
        *,
        submit_id: str,
        actor: str,
        **fields: Unpack[record_forms.TicketFields],
    ) -> Added:
        """Store a ticket (text; topics, repeated, resolved, on), read by our model at once."""
        row = record_forms.ticket(customer_id, now=self._now(), **fields)
        return self._add("ticket", row, submit_id, actor)

    def add_post(
        self,
        customer_id: str,
        *,
        submit_id: str,
        actor: str,
        **fields: Unpack[record_forms.PostFields],
    ) -> Added:
        """Store a post (platform, text; topics, on); used where the customer's consent allows."""
        row = record_forms.post(customer_id, now=self._now(), **fields)
        return self._add("post", row, submit_id, actor)

    def _add(self, kind: str, row: Mapping[str, Any], submit_id: str, actor: str) -> Added:
        now, customer = self._now(), str(row["customer_id"])

        def noted(added: Added) -> None:
            if added.stored:
                self._trail.add(ADDED, actor=actor, at=now, customer=customer, what={"kind": kind})

        return self._snapshots.add_record(
            kind, row, submit_id=submit_id, now=now, actor=actor, noted=noted
        )

    # --- consents and edits

    def set_consent(
        self,
        customer_id: str,
        purpose: str,
        status: str,
        *,
        source: str,
        actor: str = PROGRAM,
    ) -> None:
        """Record what a customer allows or objects to; it holds at once, in every process."""
        self._snapshots.base.customer_position(customer_id)
        now, what = self._now(), {"purpose": purpose, "status": status}
        with self._trail.together():
            self._snapshots.state.consents.record(
                customer_id, purpose, status, now=now, source=source
            )
            self._trail.add(CONSENTED, actor=actor, at=now, customer=customer_id, what=what)

    def edit(self, table: str, row_id: str, column: str, value: object, *, actor: str) -> None:
        """Change a product's score or a customer's manager; the base stays as it was imported."""
        self._edit(table, row_id, {column: value}, actor)

    def _edit(self, table: str, row_id: str, values: Mapping[str, Any], actor: str) -> None:
        now = self._now()
        rows = edits.rows(table, row_id, values, now=now, actor=actor)
        whose = row_id if table == "customers" else None
        what = {"table": table} | ({} if whose else {"row": row_id})
        with self._trail.together():
            self._snapshots.state.edits.append(rows)
            for row in rows:
                told = what | {"column": str(row["column"])}
                self._trail.add(EDITED, actor=actor, at=now, customer=whose, what=told)

    # --- what a customer wants, and what the market did

    def preferences(self, customer_id: str) -> Preferences:
        """What a customer wants, as last set down, with what may be chosen."""
        bank = self._snapshots.current().bank
        return preferences(bank["customers"].iloc[bank.customer_position(customer_id)])

    def save_preferences(self, customer_id: str, *, actor: str, **stated: Unpack[Stated]) -> bool:
        """Set down what a customer wants; every metric and list follows with its next answer.

        False when nothing was different; BadInput if something is chosen that may not be.
        """
        changed = cells(self.preferences(customer_id), **stated)
        if changed:
            self._edit("customers", customer_id, changed, actor)
        return bool(changed)

    @property
    def _market(self) -> Path:
        return self._snapshots.state.folder("settings") / "market.csv"

    def has_market(self) -> bool:
        """Does the bank have a file of market figures of its own?"""
        return self._market.is_file()

    def save_market(self, content: bytes, name: str, *, actor: str = PROGRAM) -> None:
        """Keep a CSV with date and change as the bank's own market figures, for everybody.

        BadInput if it is too large, cannot be read, or says nothing of the bank's day.
        """
        kept = market.checked(content, name, self._snapshots.base.as_of)
        self._note_market("kept", actor)
        disk.write_whole(self._market, kept)

    def remove_market(self, *, actor: str = PROGRAM) -> bool:
        """Take the bank's market figures away; False when there were none."""
        there = self._market.is_file()
        if there:
            self._note_market("removed", actor)
            self._market.unlink(missing_ok=True)
        return there

    def _note_market(self, done: str, actor: str) -> None:
        what = {"name": "market figures", "done": done}
        self._trail.add(SET, actor=actor, at=self._now(), what=what)

    def reset(self, *, delete: bool = False, actor: str = PROGRAM) -> Path | None:
        """Move everything written about this bank aside, or `delete` it.

        The first version serves on where it is what would be fitted again. The new audit trail
        begins with who reset, how many entries the old one had, and its head.
        """
        return self._snapshots.start_over(
            delete=delete, noted=lambda before: self._trail.note_reset(before, self._now(), actor)
        )
