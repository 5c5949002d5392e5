"""A day's calls, one customer's call, and what was promised."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from engine.json_values import JsonRecord

OUTCOMES: Final = ("reached", "not reached")
"""Of a call that is logged."""


@dataclass(frozen=True)
class CallPart:
    """What one cause adds to the score of a call."""

    name: str
    label: str
    points: float
    """Natural logarithm of the factor by which it moves the call."""
    detail: str = ""


@dataclass(frozen=True)
class FollowUp:
    """Something that was promised to a customer for a day."""

    contact_id: str
    customer_id: str
    due: pd.Timestamp
    note: str
    actor: str
    recorded_at: pd.Timestamp


@dataclass(frozen=True)
class Call:
    """One customer of the day.

    `score` is the sum of the parts' points within 1e-9: the logarithm of urgency x value x chance,
    each against the middle of the book.
    """

    rank: int
    customer_id: str
    customer: str
    manager: str
    kind: str
    """ "promise", "case", "support" (help in place of a sale), "care" (something presses and
    nothing is offered) or "offer"."""
    line: str
    """The reason in one line."""
    score: float
    parts: tuple[CallPart, ...]
    avoid: tuple[str, ...]
    """What not to say."""
    last_contact: pd.Timestamp | None
    follow_ups: tuple[FollowUp, ...]
    """Due today or before."""
    value_a_year: float | None
    product_id: str | None
    product: str | None
    confidence: float | None
    fit: float | None


@dataclass(frozen=True, eq=False)
class Day(JsonRecord):
    """Whom one manager, or the whole bank, calls today: what was promised first."""

    today: pd.Timestamp
    as_of: pd.Timestamp
    """Of the bank's data."""
    manager: str | None
    """None for everybody's customers as one book."""
    managers: tuple[str, ...]
    """Whom the bank names; empty where it names nobody."""
    n_customers: int
    calls: tuple[Call, ...]
    n_waiting: int
    """Further customers who may be called, beyond the calls of the day."""
    left_out: Mapping[str, int]
    """Why -> customers who are not called today for that."""
    sentence: str
    notes: tuple[str, ...]
    """What the bank does not know, and what the order then rests on."""
    currency: str
    model_version: str


@dataclass(frozen=True, eq=False)
class CallCard(JsonRecord):
    """What to know before one customer is called."""

    customer_id: str
    line: str
    """Why now; or why not."""
    kind: str
    """As of a call of the day; "" where they are not called today."""
    parts: tuple[CallPart, ...]
    product_id: str | None
    product: str | None
    confidence: float | None
    topic: str
    """What the call is about: an unresolved case that cannot wait, else the offer; or ""."""
    talking_points: tuple[str, ...]
    """At most three: what is known of the case, or the reasons of the offer."""
    avoid: tuple[str, ...]
    follow_ups: tuple[FollowUp, ...]
    """Every open promise, also of later days."""
    last_contact: pd.Timestamp | None
    last_note: str
