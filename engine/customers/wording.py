"""Figures in, the words that people read out: money, shares, counts, dates, lists."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

MISSING = "not known"


def money(value: float, currency: str) -> str:
    """ "USD 1,240" or "USD 12.50"; no cents from 100 on."""
    if pd.isna(value):
        return MISSING
    digits = 0 if abs(value) >= 100 or float(value).is_integer() else 2
    sign = "-" if round(value, digits) < 0 else ""
    return f"{sign}{currency} {abs(value):,.{digits}f}".strip()


def percent(share: float) -> str:
    """ "24 %", with one decimal below 10; what is there is never called 0."""
    if pd.isna(share):
        return MISSING
    points = 100 * abs(share)
    if 0 < round(points, 9) < 0.05:
        return "under 0.1 %"
    digits = 1 if 0 < round(points, 1) < 10 and round(points, 1) % 1 else 0
    return f"{'-' if share < 0 and round(points, digits) else ''}{points:.{digits}f} %"


def count(n: float, one: str, many: str | None = None) -> str:
    """ "1 ticket", "3 tickets"."""
    return f"{int(n):,} {one if int(n) == 1 else many or one + 's'}"


def day(moment: pd.Timestamp) -> str:
    """ "12 Mar 2026"."""
    return MISSING if pd.isna(moment) else f"{moment.day} {moment.strftime('%b %Y')}"


def listing(items: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def direction(change: float) -> str:
    """ "fell 24 %", "rose 8 %", "hardly changed"."""
    if abs(change) < 0.005:
        return "hardly changed"
    return f"{'fell' if change < 0 else 'rose'} {percent(abs(change))}"


def band(values: np.ndarray, medium: float, high: float, words: Sequence[str]) -> np.ndarray:
    """The three words for values under `medium`, under `high` and from `high` on."""
    return np.array(words)[np.searchsorted([medium, high], values, side="right")]
