"""A customer in; what is used of them, for which purposes, and what they may ask for, out."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd

from engine.experiment_plan import NO_CONTACT, OWN_LIST, RANDOM
from engine.figures import count, day
from engine.labels import CREDIT_NOTICE, PURPOSE_LABELS
from engine.results import Notice
from engine.services.exports import notice_html
from engine.snapshot.snapshot import Snapshot, Snapshots
from engine.state import erasure as of_state
from engine.vocabulary import MARKETING, MASKED, PERSONALISATION, REFUSED, SOCIAL, UNKNOWN

KEPT: Final = {
    "customers": "Your details, such as name, address, age, income and goals",
    "accounts": "Your accounts and their balances",
    "holdings": "Products that you have or had",
    "transactions": "Payments to and from your accounts",
    "foreign_transactions": "Payments in other currencies",
    "standing_orders": "Standing orders and direct debits of your accounts",
    "months": "Monthly sums of your accounts",
    "messages": "What you wrote or said to us, and posts",
    "contacts": "When we spoke to you",
    "events": "Offers that you were shown, and what you answered",
    "labels": "What became of earlier products",
    "consents": "What you allowed and what you refused",
}
"""Table -> what it holds, in a customer's words."""
_USES: Final = {
    PERSONALISATION: "choosing products for you from your data",
    MARKETING: "offering products to you",
    SOCIAL: "reading your public posts",
}
_RIGHTS: Final = (
    "See and get a copy of all that is kept of you, and of what was worked out from it.",
    "Have wrong data corrected.",
    "Object to personal offers, to marketing or to the use of posts. It holds from the same "
    "moment; without the first two nothing is learned from your data either.",
    "Have a kind of product never offered to you.",
    "Ask that a person looks at a decision, and say what you think of it.",
    "Have your data erased, as far as no law says that they are kept.",
    "Complain to the data protection authority where you live.",
)


_FIGURES: Final = (
    "Four figures of 0 to 10: how likely you are to leave, what the relationship earns, how much "
    "risk suits you, and how well you know financial matters."
)
_BLIND: Final = (
    "Gender, age, name, where you live and marital status move no offer up or down; age and place "
    "count only where a product has such a condition."
)
_ORDERED: Final = (
    "A program compares what you have, need and answered with what other customers took, and "
    "puts products into an order."
)
_BY_ARM: Final = {
    OWN_LIST: "you are offered the first products of a list of the bank, which is the same for "
    "everybody and rests on nothing that is known of you.",
    RANDOM: "products that you are offered are drawn by chance, not by what is known of you.",
}
"""Arm of an experiment -> by what its customers are offered something."""
_COMPARED: Final = (
    "The bank compares ways of choosing offers, and chance alone decided which of them is yours."
)
_NOTHING: Final = "Nothing: personal recommendations are not allowed."


class Notices:
    """Tells a customer what is used of them and why (Regulation (EU) 2016/679, articles 13 to 15,
    21 and 22)."""

    def __init__(self, snapshots: Snapshots, now: Callable[[], datetime]):
        self._snapshots = snapshots
        self._now = now

    def of(self, customer_id: str) -> Notice:
        """The notice of one customer; NotFound if there is no such customer."""
        snapshot = self._snapshots.current()
        bank = snapshot.bank
        at = bank.customer_position(customer_id)
        customer, consents = bank["customers"].iloc[at], snapshot.consents.iloc[at]
        is_personal = bool(consents[f"{PERSONALISATION}_allowed"])
        name, manager = (customer[c] for c in ("name", "relationship_manager"))
        desk = self._snapshots.settings.governance.contact
        person = f"{manager}, who looks after you" if isinstance(manager, str) else "your branch"
        ask = f"Ask {desk}, or {person}." if desk else f"Ask {person}."
        return Notice(
            customer_id=customer_id,
            name=name if isinstance(name, str) else customer_id,
            bank=bank.manifest.name,
            today=pd.Timestamp(self._now()).normalize(),
            as_of=bank.as_of,
            kept=self._kept(snapshot, customer_id),
            purposes=_purposes(snapshot, at),
            worked_out=_worked_out(snapshot, at) if is_personal else (_NOTHING,),
            offers=_offers(snapshot, at, self._now())
            if is_personal
            else ("You get no personal offers.",),
            never=_never(snapshot, at),
            rights=_RIGHTS,
            ask=ask,
        )

    def export(self, customer_id: str) -> bytes:
        """The notice as a page of HTML that prints."""
        return notice_html.exported(self.of(customer_id))

    def _kept(self, snapshot: Snapshot, customer_id: str) -> tuple[tuple[str, int, str], ...]:
        """What is kept, table by table, imported rows before recorded ones."""
        base = self._snapshots.base
        recorded = of_state.rows_of(self._snapshots.state, customer_id)
        own = snapshot.log
        n_events = int((own["customer_id"] == customer_id).sum())
        imported = f"from the bank's own files of {day(base.as_of)}"
        rows = []
        for table, what in KEPT.items():
            if table not in base.tables:
                continue
            n = int((base.rows(table).column("customer_id") == customer_id).sum())
            here = n_events - n if table == "events" else len(recorded.get(table, ()))
            rows += [(what, n, imported)] if n else []
            rows += [(what, here, "recorded in this program")] if here else []
        return tuple(rows)


def _purposes(snapshot: Snapshot, at: int) -> tuple[tuple[str, str], ...]:
    rows = snapshot.bank["consents"]
    mine = rows[rows["customer_id"] == snapshot.bank.customer_ids[at]]
    said = []
    for purpose, use in _USES.items():
        status = snapshot.consents[purpose].iloc[at]
        is_allowed = snapshot.consents[f"{purpose}_allowed"].iloc[at]
        known = mine.loc[mine["purpose"] == purpose, "recorded_at"].dropna()
        since = f" on {day(known.max())}" if len(known) and status != UNKNOWN else ""
        if status == UNKNOWN:
            stands = f"you have not said; it is {'used' if is_allowed else 'not used'} until you do"
        elif status == REFUSED:
            stands = f"you refused{since}; it is not done"
        else:
            stands = f"you allowed it{since}"
        said.append((f"{PURPOSE_LABELS[purpose]} ({use})", stands))
    return tuple(said)


def _worked_out(snapshot: Snapshot, at: int) -> tuple[str, ...]:
    told = [_FIGURES]
    phrases = np.flatnonzero(snapshot.signals.needs.interests["position"].to_numpy() == at)
    if len(phrases):
        n = count(len(phrases), "need or interest", "needs or interests")
        told.append(f"{n}, from your goals, messages and payments.")
    told.append("How your money may go on, and payments that come back.")
    return tuple(told)


def _offers(snapshot: Snapshot, at: int, now: datetime) -> tuple[str, ...]:
    is_sold_to = snapshot.consents[f"{MARKETING}_allowed"].iloc[at]
    arms = None if snapshot.choices.arms is None else snapshot.choices.arms.now(now)
    arm = "" if arms is None else arms.arm(at)
    if arms is not None and arm == NO_CONTACT:
        until = day(pd.Timestamp(arms.plan.last_day))
        return (f"Until {until} you are offered nothing. {_COMPARED}",)
    order = _ORDERED
    if arms is not None and arm in _BY_ARM:
        until = day(pd.Timestamp(arms.plan.last_day))
        order = f"Until {until} {_BY_ARM[arm]} {_COMPARED}"
    return (
        f"{order} Rules take out what you may not or should not be offered.",
        "A person of the bank decides what is offered to you; the program grants and refuses no "
        "credit.",
        f"An offer of credit bears the words: {CREDIT_NOTICE}.",
        *(() if is_sold_to else ("You are offered services alone, nothing that is sold.",)),
    )


def _never(snapshot: Snapshot, at: int) -> tuple[str, ...]:
    rows = snapshot.profiles.data.transaction_rows.of(at)
    paid = snapshot.bank.rows("transactions").take(rows, ["merchant"])["merchant"]
    n_masked = int((paid == MASKED).sum())
    told = [_BLIND]
    if snapshot.settings.consent.mask_sensitive_spending:
        told.append(
            "Payments that tell of health, belief, union, politics or sex life are masked: only "
            f"their amounts count ({count(n_masked, 'payment')} of yours)."
        )
    if not snapshot.consents[f"{SOCIAL}_allowed"].iloc[at]:
        told.append("Your public posts are not read.")
    return tuple(told)
