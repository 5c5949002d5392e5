"""What must come first, and what is to be recorded: steps, and proposals that only a click does."""

from typing import Final

import pandas as pd

from engine.assistant.periods import coming
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
_NOT: Final = frozenset({"not", "no", "never", "nothing", "none", "nobody", "longer", "without"})
_DECLINED: Final = frozenset(
    {"declined", "refused", "rejected", "decline", "declines", "refuses", "rejects", "against"}
)
_TOOK: Final = frozenset({"accepted", "took", "taken", "agreed", "yes", "accepts"})
_OBJECTS: Final = frozenset(
    {"object", "objects", "objected", "objection", "refuse", "refuses", "refused", "stop", "stops"}
    | {"withdraw", "withdraws", "withdrew", "unsubscribe", "opt", "opts", "opted", "against"}
)
_PHONE: Final = frozenset({"answer", "answered", "reach", "phone", "pick", "picked", "voicemail"})
_ASKS: Final = frozenset(
    {"is", "are", "was", "were", "did", "does", "do", "has", "have", "had", "who", "whom", "whose"}
    | {"which", "when", "what", "why", "how", "where"}
)
"""Words with which a question begins."""
_REQUESTS: Final = frozenset(
    {"can", "could", "would", "will", "please", "note", "record", "log", "remind", "put", "set"}
    | {"follow", "call", "schedule", "plan", "make"}
)
_STATE: Final = "Nothing is proposed"
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
    unclear = _asks(ask) or _at_another_time(ask)
    if not unclear and ask.product_id:
        several = len(ask.slots.products) > 1 or "but" in told
        twice = bool(told & _NOT) and bool(told & (_DECLINED | _TOOK))
        both = bool(told & _DECLINED) and bool(told & _TOOK)
        if several or twice or both:
            unclear = "say of one product alone that it was accepted, or that it was turned down"
    reached = bool(told & _REACHED) and not told & _NO
    missed = bool(told & _NOT) and bool(told & (_PHONE | _REACHED))
    if not unclear and not ask.product_id and not reached and not missed:
        unclear = "say which product it is of, or that you called and whether you reached them"
    if unclear:
        return _ask_back(ask, unclear)
    offer, seen = _answering(ask) if ask.product_id else (None, None)
    if ask.product_id:
        kind, verb = ("dismiss", "turned down") if told & _NO else ("accept", "accepted")
        label = f"Record: {ask.customer} {verb} {ask.product}"
    else:
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
    unclear = _asks(ask) or _at_another_time(ask)
    if not unclear and bool(told & _NOT) == bool(told & _OBJECTS):
        unclear = "say that they object to it, or that they do not want it, and only one of these"
    if unclear:
        return _ask_back(ask, unclear)
    purpose = SOCIAL if told & _SOCIAL else MARKETING if told & _MARKETING else PERSONALISATION
    label = f"Record: {ask.customer} objects to {PURPOSE_LABELS[purpose].lower()}"
    one = Proposal("objection", label, ask.customer_id, purpose=purpose)
    return _proposed(ask, one, "Customers, Consent")


def follow_up(ask: Asking) -> Answer:
    """A promise to come back on a day."""
    slots = ask.slots
    on = ask.today + pd.Timedelta(days=_FOLLOW_UP_DAYS)
    unclear = _asks(ask)
    if not unclear and set(slots.words) & _NOT and "forget" not in slots.words:
        unclear = "there is a “no” in it; say when you come back to them"
    if not unclear and (len(slots.times) > 1 or slots.left or slots.amount is not None):
        unclear = "say one day on which you come back to them, as in on 3 January or next Tuesday"
    asked = slots.period
    if not unclear and asked is not None:
        time = coming(slots.when, ask.today) if slots.when else asked
        if time is None or time.first < ask.today:
            unclear = f"{asked.label} is past or does not say one day; name the day"
        else:
            on = time.first
    if unclear:
        return _ask_back(ask, unclear)
    label = f"Promise: come back to {ask.customer} on {day(on)}"
    one = Proposal("promise", label, ask.customer_id, on=on)
    return _proposed(ask, one, "My day", "day")


def _asks(ask: Asking) -> str:
    """What to say where it is a question rather than something to be recorded; "" else."""
    words = ask.slots.words
    mark = ask.question.rstrip().endswith("?") and not set(words) & _REQUESTS
    if mark or (words and words[0] in _ASKS and "forget" not in words):
        return "it reads as a question; to record something, say what happened"
    return ""


def _at_another_time(ask: Asking) -> str:
    """What to say where a day is named of what would be recorded as of now; "" else."""
    slots = ask.slots
    if slots.left or any(not one.label.startswith("today") for one in slots.times):
        return "it would be recorded as of now, and a time was named; say it without one"
    return ""


def _ask_back(ask: Asking, why: str) -> Answer:
    return ask.asked_back(f"{_STATE}: {why}")


def _proposed(ask: Asking, one: Proposal, link: str, page: str = "") -> Answer:
    return ask.answer(
        "a proposal",
        "Nothing is recorded yet. Press the button to do it",
        page=page,
        link=link,
        proposals=(one,),
    )
