"""What must come first, and what is to be recorded: steps, and proposals that only a click does."""

from typing import Final

import pandas as pd

from engine.figures import day
from engine.labels import PURPOSE_LABELS
from engine.results import Answer, Offer, Proposal
from engine.services.assistant.asking import Asking
from engine.vocabulary import MARKETING, PERSONALISATION, SOCIAL

_FOLLOW_UP_DAYS: Final = 7
"""Days to a follow-up of which no day was said (own choice)."""
_ANY_PLACE: Final = 20
"""Places of the list on which an answered offer is looked for (own choice)."""
_NO: Final = frozenset(
    {"not", "no", "declined", "refused", "turned", "rejected", "decline", "never", "against"}
)
_REACHED: Final = frozenset({"called", "reached", "spoke", "talked", "spoken", "phoned"})
_SOCIAL: Final = frozenset({"social", "media", "posts", "post"})
_MARKETING: Final = frozenset(
    {"advertising", "adverts", "marketing", "mail", "mails", "unsubscribe"}
)


def fraud(ask: Asking) -> Answer:
    """Freeze, report, call; no offer."""
    return ask.answer(
        "the bank's duty when fraud is suspected",
        "This sounds like fraud or a loss. Do this first, before anything else",
        lines=(
            "Freeze: block the card or the account now, in the bank's own system.",
            "Report: tell the fraud desk; payments that were not authorised can be disputed.",
            "Call: ring the customer back on the number on record, never on one from a message; "
            "ask for no PIN, password or code.",
        ),
        notes=("Nothing is offered until this is settled.",),
        link="Customers, Transactions" if ask.customer_id else "Customers",
        proposals=_call_back(ask),
    )


def distress(ask: Asking) -> Answer:
    """Listen, hand over; no offer."""
    return ask.answer(
        "the bank's duty to customers in need",
        "This sounds like somebody in distress. Do this first, before anything else",
        lines=(
            "If a life may be in danger, call the emergency number now and stay on the line.",
            "Freeze: stop reminders, collections and offers until somebody has spoken to them.",
            "Report: hand over to the colleagues for vulnerable customers; write down only what "
            "they need.",
            "Call: agree when you ring again, and keep it.",
        ),
        notes=("Nothing is offered until this is settled.",),
        link="Customers, Timeline" if ask.customer_id else "Customers",
        proposals=_call_back(ask),
    )


def _call_back(ask: Asking) -> tuple[Proposal, ...]:
    if not ask.customer_id:
        return ()
    return (Proposal("promise", "Promise to call back today", ask.customer_id, on=ask.today),)


def outcome(ask: Asking) -> Answer:
    """An answer to an offer, or that somebody was called."""
    told = set(ask.slots.words)
    offer, seen = _answering(ask) if ask.product_id else (None, None)
    if ask.product_id:
        kind, verb = ("dismiss", "turned down") if told & _NO else ("accept", "accepted")
        label = f"Record: {ask.customer} {verb} {ask.product}"
    else:
        reached = bool(told & _REACHED) and not told & _NO
        kind, word = "log", "reached" if reached else "not reached"
        label = f"Log the call: {ask.customer}, {word}"
    one = Proposal(
        kind,
        label,
        ask.customer_id,
        ask.product_id,
        outcome="" if kind != "log" else ("reached" if reached else "not reached"),
        offer=offer,
        seen=seen,
    )
    return _proposed(ask, one, "Recommendations, Offers", "recommendations")


def _answering(ask: Asking) -> tuple[Offer | None, str]:
    """The offer as it stands on the list, None where it does not; the last answer about it."""
    last = ask.sources.feedback.answers(ask.customer_id).get(ask.product_id)
    given = ask.sources.offers.recommend(ask.customer_id, k=_ANY_PLACE)
    offer = next((one for one in given.offers if one.product_id == ask.product_id), None)
    return offer, "" if last is None else last.event_id


def objection(ask: Asking) -> Answer:
    """An objection to one of the purposes."""
    told = set(ask.slots.words)
    purpose = SOCIAL if told & _SOCIAL else MARKETING if told & _MARKETING else PERSONALISATION
    label = f"Record: {ask.customer} objects to {PURPOSE_LABELS[purpose].lower()}"
    one = Proposal("objection", label, ask.customer_id, purpose=purpose)
    return _proposed(ask, one, "Customers, Consent")


def follow_up(ask: Asking) -> Answer:
    """A promise to come back on a day."""
    asked = ask.slots.period
    on = asked.first if asked and asked.ahead else ask.today + pd.Timedelta(days=_FOLLOW_UP_DAYS)
    if on < ask.today:
        on = ask.today + pd.Timedelta(days=_FOLLOW_UP_DAYS)
    label = f"Promise: come back to {ask.customer} on {day(on)}"
    one = Proposal("promise", label, ask.customer_id, on=on)
    return _proposed(ask, one, "My day", "day")


def _proposed(ask: Asking, one: Proposal, link: str, page: str = "") -> Answer:
    return ask.answer(
        "a proposal",
        "Nothing is recorded yet. Press the button to do it",
        page=page,
        link=link,
        proposals=(one,),
    )
