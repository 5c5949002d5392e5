"""Figures in, the words that stand for them: how something moved, and which of three bands."""

from collections.abc import Sequence

import numpy as np

from engine.figures import count, day, listing, money, percent

__all__ = [
    "band",
    "count",
    "day",
    "direction",
    "listing",
    "mean_income",
    "money",
    "percent",
    "shorten",
]


def direction(change: float) -> str:
    """ "fell 24 %", "rose 8 %", "hardly changed"."""
    if abs(change) < 0.005:
        return "hardly changed"
    return f"{'fell' if change < 0 else 'rose'} {percent(abs(change))}"


def mean_income(n: int, span: str = "") -> str:
    """What a year's income that nobody stated is worked out from, and of which months."""
    return f"12 times the mean income of {count(n, 'whole month')}{span}"


def shorten(text: str, most: int) -> str:
    """So many signs at most, the last one an ellipsis where something is left out."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def band(values: np.ndarray, medium: float, high: float, words: Sequence[str]) -> np.ndarray:
    """The three words for values under `medium`, under `high` and from `high` on."""
    return np.array(words)[np.searchsorted([medium, high], values, side="right")]
