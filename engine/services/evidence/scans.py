"""A picture of a receipt in; what was read, and once a person confirmed it a purchase, out."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date, datetime

import numpy as np
import pandas as pd

from engine.bank import record_forms
from engine.bank.parsing.sensitive_spending import is_sensitive
from engine.customers.finances.spending import NAMES, categorise
from engine.customers.words.texts import load_categoriser
from engine.errors import BadInput, NotFound
from engine.figures import day, money
from engine.ranking.signals.said_topics import topics_said
from engine.receipts.trail import Trail
from engine.results import Added, Picture, ReceiptReading, Scanned, StoredScan
from engine.scans.image_features import features_of, in_words
from engine.scans.isolated import taken
from engine.scans.readers import NO_READER, best_reader
from engine.scans.receipt_rows import is_ware
from engine.scans.receipts import read_receipt
from engine.services.evidence.evidence import Evidence
from engine.snapshot.snapshot import Snapshots
from engine.vocabulary import ADDED, MASKED

_CENT = 0.005


class Scans:
    """Reads receipts, and keeps those that a person confirmed with the purchase they prove."""

    def __init__(self, snapshots: Snapshots, evidence: Evidence, now: Callable[[], datetime]):
        self._snapshots = snapshots
        self._evidence = evidence
        self._now = now
        self._trail = Trail(snapshots.state)

    def reader(self) -> str:
        """Who reads the text of pictures; "" where nobody does."""
        reader = best_reader(self._snapshots.settings)
        return "" if reader is None else reader.name

    def absence(self) -> str:
        """How to add a reader, in one sentence; "" where there is one."""
        return "" if self.reader() else NO_READER

    def describe(self, content: bytes) -> str:
        """A picture in one sentence without reading it; "" where it cannot be taken.

        A post or a record is never held up by its picture.
        """
        try:
            return in_words(features_of(taken(content, self._snapshots.settings.scans)))
        except BadInput:
            return ""

    def read(self, customer_id: str, content: bytes) -> Scanned:
        """Read a picture of a receipt; nothing of it is kept.

        Raises
        ------
        BadInput
            If it is no picture that can be taken, in one sentence.
        NotFound
            If there is no such customer.
        """
        self._snapshots.base.customer_position(customer_id)
        settings = self._snapshots.settings
        currency = self._snapshots.base.manifest.currency
        reading, picture = read_receipt(
            content, best_reader(settings), settings, currency=currency, today=self._now().date()
        )
        category = self.category(reading.merchant, [item.name for item in reading.items])
        foreign = reading.currency not in ("", currency)
        refused = self._evidence.refused(customer_id, "receipt")
        return Scanned(
            picture,
            reading,
            category,
            self.alike(customer_id, None if foreign else reading.total, reading.date, picture),
            () if refused or self._is_masked(reading.merchant, category) else self._told(reading),
        )

    def _told(self, reading: ReceiptReading) -> tuple[tuple[str, str], ...]:
        """Topics of the merchant and the goods; rows of tax, sums and payment tell of no need."""
        masked = self._snapshots.settings.consent.mask_sensitive_spending
        goods = [reading.merchant, *(item.name for item in reading.items)]
        return topics_said("\n".join(row for row in goods if is_ware(row)), masked=masked)

    def category(self, merchant: str, items: Sequence[str] = ()) -> str:
        """The kind of spending that the bank's model takes a merchant and its goods for."""
        learned = load_categoriser(self._snapshots.settings, self._snapshots.texts)
        for text in (merchant, f"{merchant} | {'; '.join(items)}"):
            row = pd.DataFrame(
                {
                    "category": pd.Series([None], dtype="str"),
                    "merchant": pd.Series([text], dtype="str"),
                    "description": pd.Series([None], dtype="str"),
                    "amount": [-1.0],
                }
            )
            codes, _ = categorise(row, learned)
            if (name := NAMES[int(codes[0])]) != "other":
                return str(name)
        return "other"

    def alike(
        self, customer_id: str, total: float | None, on: pd.Timestamp | None, picture: Picture
    ) -> tuple[str, ...]:
        """Why a purchase may be there already: the same picture, or one of its amount and day."""
        kept = self._snapshots.state.scans.of(customer_id)
        said = []
        if (kept["picture"] == _hash(picture)).any():
            said.append("This very picture was recorded before.")
        if total is None or on is None:
            return tuple(said)
        snapshot = self._snapshots.current()
        position = snapshot.bank.customer_position(customer_id)
        rows = snapshot.profiles.data.transaction_rows.of(position)
        mine = snapshot.bank["transactions"].iloc[rows]
        days = np.abs((mine["booked_at"].dt.normalize() - on.normalize()) / pd.Timedelta(days=1))
        within = days <= snapshot.settings.scans.alike_days
        same = mine[within & ((mine["amount"] + total).abs() < _CENT)]
        currency = snapshot.bank.manifest.currency
        for row in same.head(3).itertuples(index=False):
            whom = "" if pd.isna(row.merchant) else f" at {row.merchant}"
            amount = money(total, currency)
            said.append(f"{amount}{whom} on {day(row.booked_at)} is on record already.")
        return tuple(said)

    def confirm(
        self,
        customer_id: str,
        picture: Picture,
        *,
        submit_id: str,
        actor: str,
        merchant: str,
        amount: float,
        category: str,
        on: date | None,
        said: Sequence[tuple[str, str]] = (),
        another: bool = False,
    ) -> Added:
        """Record the purchase that a person checked, with its picture, all or nothing.

        Parameters
        ----------
        amount : float
            What was paid, positive, in the bank's currency.
        said : sequence of (topic, sentence)
            Topics that count as evidence of needs, as confirmed; none of a purchase that is
            sensitive, or without consent.
        another : bool
            A person says that it is another purchase than the one that `alike` names.

        Raises
        ------
        BadInput
            Names the field that cannot be used, or the purchase that is there already.
        """
        now, state = self._now(), self._snapshots.state
        currency = self._snapshots.base.manifest.currency
        row = record_forms.purchase(
            customer_id,
            amount=amount,
            category=category,
            merchant=merchant,
            currency=currency,
            now=now,
            on=on,
        )
        known = state.scans.read()["submit_id"] == submit_id  # a repeat is answered as it was
        if not another and not known.any():
            self._expect_another(customer_id, row, picture)
        if self._is_masked(merchant, category):
            said = ()
        rows = self._evidence.rows(
            customer_id, said, source="receipt", record_id=submit_id, actor=actor, on=on
        )
        kept = {
            "customer_id": customer_id,
            "submit_id": submit_id,
            "picture": _hash(picture),
            "merchant": row["merchant"],
            "total": -row["amount"],
        }

        def noted(added: Added) -> None:
            if not added.stored:
                return
            kept["record_id"] = added.record_id
            state.scans.keep(picture.jpeg, kept, now=now, actor=actor)
            state.evidence.add(rows, most=self._snapshots.settings.evidence.most)
            what = {"kind": "receipt"}
            self._trail.add(ADDED, actor=actor, at=now, customer=customer_id, what=what)

        return self._snapshots.add_record(
            "purchase", row, submit_id=submit_id, now=now, actor=actor, noted=noted
        )

    def of(self, customer_id: str) -> tuple[StoredScan, ...]:
        """The receipts that were kept of a customer, the newest first; sensitive are masked."""
        self._snapshots.base.customer_position(customer_id)
        state = self._snapshots.state
        rows = state.scans.of(customer_id).iloc[::-1]
        if rows.empty:
            return ()
        purchases = state.added.tables()["transactions"].set_index("transaction_id")
        bought = purchases.loc[rows["record_id"]].reset_index()
        return tuple(
            StoredScan(
                row.scan_id,
                row.record_id,
                row.recorded_at,
                MASKED if self._is_masked(row.merchant, paid.category) else row.merchant,
                float(row.total),
                paid.booked_at,
            )
            for row, paid in zip(
                rows.itertuples(index=False), bought.itertuples(index=False), strict=True
            )
        )

    def picture(self, customer_id: str, scan_id: str) -> bytes:
        """The picture of a customer's receipt, as JPG.

        Raises
        ------
        NotFound
            If the customer has no such picture, or it tells of sensitive spending.
        """
        shown = {one.scan_id for one in self.of(customer_id) if one.merchant != MASKED}
        if scan_id not in shown:
            raise NotFound("This customer has no such picture, or it is masked.")
        return self._snapshots.state.scans.picture(scan_id)

    def _expect_another(self, customer_id: str, row: dict[str, object], picture: Picture) -> None:
        """BadInput where what was typed, or its picture, is on record already."""
        paid, on = -float(str(row["amount"])), pd.Timestamp(str(row["booked_at"]))
        if there := self.alike(customer_id, paid, on, picture):
            raise BadInput(f"{there[0]} Say that it is another purchase to record it as well.")

    def _is_masked(self, merchant: str, category: str) -> bool:
        """Would the bank mask a purchase of this merchant and category?"""
        masked = self._snapshots.settings.consent.mask_sensitive_spending
        row = pd.DataFrame(
            {
                "category": pd.Series([category], dtype="str"),
                "merchant": pd.Series([merchant], dtype="str"),
                "description": pd.Series([None], dtype="str"),
                "attributes": pd.Series([None], dtype="str"),
            }
        )
        return masked and bool(is_sensitive(row)[0])


def _hash(picture: Picture) -> str:
    return hashlib.sha256(picture.jpeg).hexdigest()
