"""What a person typed into a form for a record: fields in, a checked row of the bank out."""

import math
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final, Required, TypedDict

import pandas as pd

from engine.bank.tables import join_list
from engine.errors import BadInput
from engine.vocabulary import LIST_SEPARATOR, SPENDING_CATEGORIES

MAX_AMOUNT: Final = 100_000_000.0
"""Largest amount of one purchase, in the bank's currency (own choice: a typing mistake above)."""
MAX_TEXT: Final = 4_000
"""Longest text of a message, in characters: what the sentiment model reads (own choice)."""
MAX_NAME: Final = 200
"""Longest merchant, channel, platform or topic, in characters (own choice)."""
MAX_TOPICS: Final = 20
"""Most topics of one message (own choice)."""
EARLIEST: Final = pd.Timestamp("1970-01-01")


class PurchaseFields(TypedDict, total=False):
    """What a form for a purchase asks for; what was paid is positive."""

    amount: Required[float]
    category: Required[str]
    merchant: Required[str]
    channel: str
    payment_method: str
    on: date | None


class TicketFields(TypedDict, total=False):
    """What a form for a support contact asks for."""

    text: Required[str]
    topics: Iterable[str]
    repeated: bool
    resolved: bool
    on: date | None


class PostFields(TypedDict, total=False):
    """What a form for a post asks for."""

    platform: Required[str]
    text: Required[str]
    topics: Iterable[str]
    on: date | None


def purchase(
    customer_id: str,
    *,
    amount: float,
    category: str,
    merchant: str,
    currency: str,
    now: datetime,
    channel: str = "",
    payment_method: str = "",
    on: date | None = None,
) -> dict[str, Any]:
    """A row of transactions; what was paid is given positive and stored as money out.

    Raises
    ------
    BadInput
        Names the field, what was got and what was expected.
    """
    if category not in SPENDING_CATEGORIES:
        known = ", ".join(SPENDING_CATEGORIES)
        raise BadInput(f"Got the category {category!r}; expected one of {known}.")
    return {
        "customer_id": customer_id,
        "booked_at": _day(on, now),
        "amount": -_amount(amount),
        "currency": currency,
        "merchant": short("merchant", merchant, needed=True),
        "category": category,
        "payment_method": short("payment method", payment_method),
        "channel": short("channel", channel),
    }


def ticket(
    customer_id: str,
    *,
    text: str,
    now: datetime,
    topics: Iterable[str] = (),
    repeated: bool = False,
    resolved: bool = False,
    on: date | None = None,
) -> dict[str, Any]:
    """A row of messages for a support contact; see `purchase` for what is raised."""
    return {
        "customer_id": customer_id,
        "sent_at": _day(on, now),
        "kind": "ticket",
        "text": _text(text),
        "topics": _topics(topics),
        "resolved": bool(resolved),
        "repeated": bool(repeated),
    }


def post(
    customer_id: str,
    *,
    platform: str,
    text: str,
    now: datetime,
    topics: Iterable[str] = (),
    on: date | None = None,
) -> dict[str, Any]:
    """A row of messages for a post in social media; the text stays text, whatever it holds."""
    return {
        "customer_id": customer_id,
        "sent_at": _day(on, now),
        "kind": "post",
        "platform": short("platform", platform, needed=True),
        "text": _text(text),
        "topics": _topics(topics),
    }


def _day(on: date | None, now: datetime) -> pd.Timestamp:
    today = pd.Timestamp(now).normalize()
    try:
        day = today if on is None else pd.Timestamp(on).normalize()
    except (TypeError, ValueError) as error:
        raise BadInput(f"Got the date {on!r}; expected a day such as 2026-11-21.") from error
    if pd.isna(day) or day.tzinfo is not None or not EARLIEST <= day <= today:
        raise BadInput(
            f"Got the date {on}; expected a day from {EARLIEST.date()} to today, {today.date()}."
        )
    return day


def _amount(amount: float) -> float:
    try:
        value = round(float(amount), 2)
    except (TypeError, ValueError) as error:
        raise BadInput(f"Got the amount {amount!r}; expected a number.") from error
    if not (math.isfinite(value) and 0 < value <= MAX_AMOUNT):
        raise BadInput(
            f"Got the amount {amount:,}; expected what was paid, from 0.01 to {MAX_AMOUNT:,.0f}."
        )
    return value


def _text(text: str) -> str:
    text = str(text or "").strip()
    if not text or len(text) > MAX_TEXT:
        raise BadInput(f"The text has {len(text):,} characters; expected 1 to {MAX_TEXT:,}.")
    return text


def short(what: str, text: str, *, needed: bool = False) -> str | None:
    """A short text without spaces around it; None when it is empty and may be."""
    text = str(text or "").strip()
    if len(text) > MAX_NAME or (needed and not text):
        low = int(needed)
        raise BadInput(f"The {what} has {len(text):,} characters; expected {low} to {MAX_NAME:,}.")
    return text or None


def _topics(topics: Iterable[str]) -> str | None:
    if isinstance(topics, str):
        raise BadInput(f"Got the topics {topics!r} as one text; expected a list of topics.")
    names = list(dict.fromkeys(name for t in topics if (name := short("topic", t))))
    if len(names) > MAX_TOPICS:
        raise BadInput(f"Got {len(names)} topics; expected at most {MAX_TOPICS}.")
    mark = LIST_SEPARATOR.strip()
    if wrong := [name for name in names if mark in name]:
        raise BadInput(f"The topic {wrong[0]!r} holds {mark!r}, which separates topics; remove it.")
    return join_list(names)
