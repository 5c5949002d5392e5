"""One customer and the whole book: profile, metrics, stated wants, alerts, the portfolio."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import pandas as pd

from engine.json_values import JsonRecord
from engine.results.selections import Counted


class Mention(NamedTuple):
    """A part of the bank that a message names, and where: text[start:end] is the word."""

    aspect: str
    start: int
    end: int


@dataclass(frozen=True)
class Driver:
    """One signed contribution to a metric, in points of the 0-10 scale."""

    key: str
    label: str
    points: float
    detail: str = ""


@dataclass(frozen=True)
class Metric:
    """One of the four customer metrics: 5 plus its drivers' points."""

    name: str
    label: str
    value: float
    word: str
    known: bool
    drivers: tuple[Driver, ...]
    note: str = ""
    """For example "not for credit decisions"."""
    source: str = "scorecard"
    """Or "learned", from the bank's labels."""
    chance: float | None = None
    """What a learned metric of a 0/1 label promises, 0-1."""
    argument: str = ""
    """Why it is what it is, in at most 100 words, with the bank's ids of the records."""
    cited: tuple[str, ...] = ()
    """Those ids: of messages, transactions and products, or the customer's own number."""


@dataclass(frozen=True, eq=False)
class Profile(JsonRecord):
    """The 360-degree record of one customer, ready to show."""

    customer_id: str
    as_of: pd.Timestamp
    currency: str
    facts: Mapping[str, Any]
    """Columns of the customers table (no attributes); a missing value is None."""
    metrics: Mapping[str, Metric]
    segment: str
    insight: str
    months: pd.DataFrame
    """month, balance, income, spending, loan_balance, n_transactions; at most 24 rows."""
    months_dated: bool
    categories: pd.DataFrame
    """category, amount (money), over ("a month", of whole months, or "in 29 days"), share (0-1,
    sums to 1), n_transactions."""
    transactions: pd.DataFrame
    """booked_at, description, merchant, category, channel, payment_method, amount; newest first."""
    messages: pd.DataFrame
    """sent_at, kind, platform, text, topics, sentiment (-1..1, ours), word, source_label,
    engagement (-1..1) and brands (both the source's, missing where it gives none), resolved,
    repeated, used (False where consent does not allow its use), declared (what the source says that
    its writer feels about products: "positive", "neutral", "negative" or ""), mentions (tuple of
    Mention); newest first."""
    holdings: pd.DataFrame
    """product_id, name, category, opened_on."""
    accounts: pd.DataFrame
    """kind, balance, credit_limit, interest_rate, opened_on."""
    consents: pd.DataFrame
    """purpose, status, allowed, recorded_at, source."""
    record: pd.DataFrame
    """field, value, origin: every source field as it came in."""
    topics: pd.DataFrame
    """kind (topic, hashtag or brand), item, n_messages, n_customers: what the usable messages are
    about, the most frequent first within each kind."""
    mood: float | None
    mood_months: pd.DataFrame
    """month, mood (-1..1), n: of the messages that may be used and carry a date."""
    sentiment_source: str
    mood_aspects: pd.DataFrame
    """aspect, mood (-1..1), n, negative (of that class of sentiment): of the messages that may be
    used; the poorest first."""
    mood_indicative: bool
    """True until a model of the bank's own labels, or a trained transformer, reads the mood."""
    declared: pd.DataFrame = field(default_factory=pd.DataFrame)
    """label, n, share, low, high: what messages that may be used say of products, by the source's
    own word; empty where none does. Neither mood nor list reads it."""
    notes: tuple[str, ...] = ()
    figures: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Label -> (value, remark), both texts: "Credit score" -> ("780", "Excellent")."""


@dataclass(frozen=True)
class Preferences:
    """One customer's stated preferences; an empty text or tuple where nothing is on record."""

    customer_id: str
    income_level: str
    risk_tolerance: str
    goals: tuple[str, ...]
    services: tuple[str, ...]
    """As stored: also what is none of the known ones."""
    frequency: str
    income_choices: tuple[str, ...]
    risk_choices: tuple[str, ...]
    frequency_choices: tuple[str, ...]
    """What may be chosen; a risk tolerance in our words."""
    goal_choices: tuple[str, ...]
    """The known goals, and what is stored beside them, so that saving loses nothing."""
    service_choices: Mapping[str, tuple[str, ...]]
    """Group -> services; what is stored beside the known ones stands under "Other"."""


SEVERITIES: Final = ("high", "medium", "low", "good")
"""From act today to good news."""


@dataclass(frozen=True, eq=False)
class Alerts(JsonRecord):
    """The open alerts, most pressing first; each stands there once, until it is acknowledged."""

    as_of: pd.Timestamp
    table: pd.DataFrame
    """alert_id, customer_id, kind, raised_at, reason, action, severity, title, customer (name),
    relationship_manager; in the order of SEVERITIES and newest first within each. An alert on the
    whole bank (kind "fairness") has no customer, but attribute, list and category of the audit."""
    counts: Mapping[str, int]
    """Title -> number of open alerts, most first."""
    sentence: str
    """How many of what; says so, and why, where there is none."""
    n_acknowledged: int = 0
    """Alerts of the same customers that hold still but were acknowledged."""


@dataclass(frozen=True, eq=False)
class Insights:
    """The portfolio at a glance."""

    figures: Mapping[str, tuple[float, str, float | None]]
    """Label -> (value, unit, change or None): unit is "money", "share", "count" or "metric"."""
    sentences: tuple[str, ...]
    """Each with count, segment, evidence and action."""
    segments: pd.DataFrame
    """segment, churn_band, value_band, n, share, value_a_year, mean_churn, action, opens (address
    of the Selection that has the n customers)."""
    customers: pd.DataFrame
    """One row a customer for the map: customer_id, name, segment, churn, profit, value_a_year."""
    needs: pd.DataFrame
    """need, n, share, top_product, opens (of n)."""
    lift: pd.DataFrame
    """segment, product, product_id, n, n_may (of them may be offered it), rate, base_rate, lift,
    low, high, opens (of n_may)."""
    mood: pd.DataFrame
    """month, mood, n (empty where messages have no dates)."""
    topics: pd.DataFrame
    """kind (topic, hashtag or brand), item, n_messages, n_customers, opens (of the customers); of
    what several customers write of (engine.customers.topics.MIN_WRITERS)."""
    aspects: pd.DataFrame
    """aspect (a part of the bank that messages name), mood (-1..1), n, negative (of that class of
    sentiment, a count); the poorest first."""
    mood_indicative: bool
    """True until a model of the bank's own labels, or a trained transformer, reads the mood."""
    declared: pd.DataFrame = field(default_factory=pd.DataFrame)
    """label, n, share, low, high: what messages that may be used say of products, by the source's
    own word; empty where none does. Neither mood nor list reads it."""
    notes: tuple[str, ...] = ()
    behind_figures: Mapping[str, Counted] = field(default_factory=dict)
    """Label of a figure -> the customers whom it is of."""
    behind_sentences: tuple[tuple[Counted, ...], ...] = ()
    """Of each sentence, the customers whom its numbers count."""
