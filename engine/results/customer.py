"""One customer: metrics with their drivers, and the whole record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from engine.json_values import plain


@dataclass(frozen=True)
class Driver:
    """One signed contribution to a metric, in points of the 0-10 scale."""

    key: str
    label: str
    points: float
    detail: str = ""


@dataclass(frozen=True)
class Metric:
    """One of the four customer metrics: 5 plus its drivers' points (decision 21)."""

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
    """Why it is what it is, in at most 100 words, with the bank's ids of the records (F45)."""
    cited: tuple[str, ...] = ()
    """Those ids: of messages, transactions and products, or the customer's own number."""


@dataclass(frozen=True, eq=False)
class Profile:
    """The 360-degree record of one customer, ready to show.

    Attributes
    ----------
    facts : mapping
        Columns of the customers table (no attributes); a missing value is None.
    months : DataFrame
        month, balance, income, spending, loan_balance, n_transactions; at most 24 rows.
    categories : DataFrame
        category, amount (money a month), share (0-1, sums to 1), n_transactions.
    transactions : DataFrame
        booked_at, description, merchant, category, channel, payment_method, amount; newest first.
    messages : DataFrame
        sent_at, kind, platform, text, topics, sentiment (-1..1, ours), word, source_label,
        resolved, repeated, used (False where consent does not allow its use); newest first.
    holdings : DataFrame
        product_id, name, category, opened_on.
    accounts : DataFrame
        kind, balance, credit_limit, interest_rate, opened_on.
    consents : DataFrame
        purpose, status, allowed, recorded_at, source.
    record : DataFrame
        field, value, origin: every source field as it came in.
    mood_months : DataFrame
        month, mood (-1..1), n: of the messages that may be used and carry a date.
    figures : mapping
        Label -> (value, remark), both texts: "Credit score" -> ("780", "Excellent").
    """

    customer_id: str
    as_of: pd.Timestamp
    currency: str
    facts: Mapping[str, Any]
    metrics: Mapping[str, Metric]
    segment: str
    insight: str
    months: pd.DataFrame
    months_dated: bool
    categories: pd.DataFrame
    transactions: pd.DataFrame
    messages: pd.DataFrame
    holdings: pd.DataFrame
    accounts: pd.DataFrame
    consents: pd.DataFrame
    record: pd.DataFrame
    mood: float | None
    mood_months: pd.DataFrame
    sentiment_source: str
    notes: tuple[str, ...] = ()
    figures: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The whole record as plain values; tables are lists of objects, missing is null."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}
