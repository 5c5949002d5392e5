"""Segments of customers who are alike: all of them, one in full, two side by side."""

from dataclasses import dataclass
from typing import Final

import pandas as pd

from engine.json_values import JsonRecord
from engine.results.selections import Counted

FOUND: Final = "found group"
CUT: Final = "part of a cut"
WHOLE: Final = "all of its kind"
BY_RULE: Final = "by rule"
NOT_KNOWN: Final = "little known"
HOW: Final = (FOUND, CUT, WHOLE, BY_RULE, NOT_KNOWN)
"""What a segment is: a group that was found among customers; a part into which customers who vary
without gaps were cut for convenience; all customers of an audience that is not divided; one by
churn and value; customers of whom too little is known."""


@dataclass(frozen=True, eq=False)
class SegmentMap(JsonRecord):
    """Customers of one audience in two dimensions."""

    audience: str
    n: int
    """Customers on the map; `points` are at most 2,000 of them."""
    points: pd.DataFrame
    """customer_id, name, number, segment, x, y (standard deviations)."""
    axes: tuple[str, str]
    """What lies to the right, and above; with the share of the variance."""


@dataclass(frozen=True, eq=False)
class Segmentation(JsonRecord):
    """The segments of a bank."""

    as_of: pd.Timestamp
    edition: int
    currency: str
    simulated: bool
    is_found: bool
    """Whether groups were found among customers of any kind, more than one cloud would give."""
    is_divided: bool
    """Whether the segments are such groups or parts of a cut; else those by churn and value."""
    sentences: tuple[str, ...]
    """What was found, or why nothing was."""
    table: pd.DataFrame
    """number, segment, how (one of HOW), audience, n, share, value_a_year and value_at_risk (sums;
    NaN where nobody's is known), risk_share (of the bank's), mean_churn, mood, returns (Jaccard
    index), apart (what sets it apart, in a sentence), was (its name before), opens (address of its
    customers)."""
    value_at_risk: float
    """Of the bank, a year; NaN where churn or value is known of nobody."""
    formula: str
    """How value at risk is worked out."""
    maps: tuple[SegmentMap, ...]
    moves: pd.DataFrame
    """from_number, from_segment, to_number, to_segment, n, opens: since the edition before."""
    edition_before: int | None
    method: tuple[str, ...]
    """How the segments were made, what is not known, what was left out."""


@dataclass(frozen=True, eq=False)
class SegmentProfile(JsonRecord):
    """One segment in full."""

    number: int
    segment: str
    how: str
    """What it is, one of HOW."""
    whom: str
    """Whom it is held against: "all retail customers"."""
    counted: Counted
    sentences: tuple[str, ...]
    figures: pd.DataFrame
    """figure, label, unit, middle (median or mean), n (known), value, low, high (95 %), of_all,
    apart, apart_low, apart_high (standard deviations), makes (whether segments are made by it), and
    as texts said, interval, said_of_all."""
    products: pd.DataFrame
    """product, product_id, n, rate, base_rate, lift, low, high; surest lifts first."""
    at_risk: pd.DataFrame
    """The 10 customers with the most value at risk: customer_id, name, value_a_year, churn,
    value_at_risk."""


@dataclass(frozen=True, eq=False)
class SegmentComparison(JsonRecord):
    """Two segments side by side."""

    first: str
    second: str
    how_first: str
    how_second: str
    """What they are, each one of HOW."""
    n_first: int
    n_second: int
    sentences: tuple[str, ...]
    """What surely differs, most first."""
    figures: pd.DataFrame
    """figure, label, first, second (texts with intervals), first_value, first_low, first_high,
    second_value, second_low, second_high, apart, low, high (standard deviations), sure, makes
    (whether it made one of the segments, and so differs by construction)."""
    products: pd.DataFrame
    """product, first, first_low, first_high, second, second_low, second_high (shares who hold it),
    difference, low, high, sure (of all products compared, at most 1 in 20 of these by chance)."""
