"""Gaps of today and under changed settings in; why a second person has to agree to them, out."""

import unicodedata
from math import isnan
from typing import Final

import pandas as pd

from engine.customers.claims import Claim, kind
from engine.figures import percent
from engine.settings import FairnessSettings
from engine.vocabulary import PROGRAM

__all__ = ["Claim", "is_named", "same_person", "worse"]

_NOBODY: Final = frozenset({"", "command line", PROGRAM})
"""What stands in the log where nobody said who they are."""


@kind
def wider(
    attribute: str,
    group: str,
    category: str,
    gap_today: float,
    gap_new: float,
    low: float,
    high: float,
    tolerance: float,
) -> str:
    """A gap that changed settings bring above the tolerance, or widen there; `gap_today` is NaN
    where nobody is offered the category today."""
    ends = sorted(abs(end) if low * high > 0 else end for end in (low, high))
    before = f"today {100 * abs(gap_today):.1f} {'below' if gap_today < 0 else 'above'}"
    return (
        f"{category}: the share of customers with {attribute} “{group}” among those offered it "
        f"would be {100 * abs(gap_new):.1f} points {'below' if gap_new < 0 else 'above'} their "
        f"share among the eligible [{100 * ends[0]:.1f}, {100 * ends[1]:.1f}], "
        f"{'today nobody is offered it' if isnan(gap_today) else before}; the tolerance is "
        f"{percent(tolerance)}"
    )


def worse(gaps: pd.DataFrame, rule: FairnessSettings) -> Claim | None:
    """The widest gap that changed settings bring above `alert_gap`, or widen there; None for none.

    What widens it by no more than `least_widening` does not count: a list that moves for one
    customer moves a gap too.

    Parameters
    ----------
    gaps : DataFrame
        `Parity.judged`: attribute, group, category, gap_today, gap_new, low_new, high_new.
    """
    size = gaps["gap_new"].abs()
    beyond = (gaps["low_new"] > 0) | (gaps["high_new"] < 0)
    same_side = gaps["gap_today"] * gaps["gap_new"] > 0
    before = gaps["gap_today"].abs().where(same_side, 0.0)
    wider_now = size > before + rule.least_widening + 1e-9
    found = gaps[beyond & (size > rule.alert_gap + 1e-12) & wider_now]
    if found.empty:
        return None
    row = found.loc[size[found.index].idxmax()]
    return wider(
        attribute=str(row["attribute"]),
        group=str(row["group"]),
        category=str(row["category"]),
        gap_today=float(row["gap_today"]),
        gap_new=float(row["gap_new"]),
        low=float(row["low_new"]),
        high=float(row["high_new"]),
        tolerance=rule.alert_gap,
    )


def same_person(one: str, other: str) -> bool:
    """Is it one name, however it is written?"""
    return _plain(one) == _plain(other)


def is_named(actor: str) -> bool:
    """Does it say which person?"""
    return _plain(actor) not in _NOBODY


def _plain(name: str) -> str:
    """Without case, width and other forms of the same letters, and spaces around or doubled."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(folded.split())
