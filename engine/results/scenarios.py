"""What a list would be otherwise: why not, what if, and under other settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from engine.json_values import JsonRecord
from engine.results.offers import Comparison


@dataclass(frozen=True)
class Change:
    """One input that, changed alone, brings a product into the first three."""

    feature: str
    """A metric's name, "mood", or "need: ..." with the need."""
    label: str
    now: float
    needed: float
    """Its value today, and the nearest one that is enough. Metrics are 0-10, mood is -1 to 1, a
    need's is its share (0-1) of all that is known of the customer's needs."""
    size: float
    """The change as a share of the whole scale, 0-1."""
    rank: int
    """The product's place then."""
    sentence: str


@dataclass(frozen=True)
class WhyNot:
    """Why a product is not among the first of a customer's list."""

    customer_id: str
    product_id: str
    name: str
    list: str
    first: int
    status: str
    """"removed" by a rule, "low" in the ranking, or "top": it is among the first `first`
    already."""
    rank: int
    n_ranked: int
    """The product's place among all that may be offered and how many there are; of a removed one,
    the place that its score would give it."""
    rule: str
    reason: str
    """The rule that removed it, as people call it, and the fact; empty where none did."""
    comparison: Comparison | None
    """The last of the first ones against this product, by parts; None unless it is low."""
    changes: tuple[Change, ...]
    """Smallest first; empty where no single change is enough."""
    sentence: str

    @property
    def no_change(self) -> str:
        """What to say where a product is low and no single change is enough."""
        return (
            f"No single change of a metric, the mood or a need would bring it among the first "
            f"{self.first}."
        )

    def to_json(self) -> dict[str, Any]:
        """The answer as plain values."""
        return vars(self) | {
            "comparison": self.comparison.to_json() if self.comparison else None,
            "changes": [vars(change) for change in self.changes],
        }


@dataclass(frozen=True)
class Situation:
    """What the model reads of one customer and a what-if may change, as it is today."""

    metrics: Mapping[str, float]
    """churn, profit, risk, acumen, 0-10."""
    unknown: tuple[str, ...]
    """Metrics of which nothing is known: the model reads the middle, 5."""
    mood: float | None
    """-1 to 1; None without messages."""
    income: float | None
    balance: float | None
    """Bank's currency, a year and in all; they decide what may be offered. None where unknown."""
    income_label: str
    """Income, or the revenue of a company."""
    needs: pd.DataFrame
    """key, label, share (0-1; they sum to 1), strongest first."""
    known_needs: tuple[str, ...]
    """Goals that other customers of the bank have, to choose from."""
    currency: str


@dataclass(frozen=True)
class WhatIf:
    """One customer's list as it would be, beside today's; nothing of it is stored."""

    customer_id: str
    list: str
    table: pd.DataFrame
    """product_id, name, category, rank and rank_today (NaN where it is not on the list), move
    ("new", "out", "up", "down", "same"), score, score_today, confidence, confidence_today (0-1, NaN
    without history), fit, fit_today (0-1), reason (why it went out by a rule, else empty). In the
    order of the new list, then what went out."""
    changed: tuple[str, ...]
    sentence: str
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class LeverEffect(JsonRecord):
    """Today's lists and those under changed settings."""

    changes: pd.DataFrame
    """key, label, today, new: the settings that differ."""
    figures: pd.DataFrame
    """measure, label, unit (money, count, share), today, new."""
    products: pd.DataFrame
    """product_id, product, category, and the shares of all customers who get it as their first
    offer (first_today, first_new) and among their first `k` (any_today, any_new)."""
    groups: pd.DataFrame
    """Share of each group with a confident offer: attribute, group, n, rate_*, gap_* (to all other
    groups), low_*, high_*, for today and new."""
    gaps: pd.DataFrame
    """Largest gaps of a category's offers: attribute, group, category, gap_*, low_*, high_*."""
    k: int
    """First offers counted."""
    n: int
    n_bank: int
    """Customers weighed, and customers of the bank."""
    margin: float
    """Margin of error of a share, with 95 % certainty; 0 where everybody was weighed."""
    basis: str
    """"propensity", or "fit" where there is no history: what the expected value rests on."""
    currency: str
    model_version: str
    as_of: pd.Timestamp
    simulated: bool
    sentence: str
