"""Figures in, the words that stand for them: how something moved, and which of three bands."""

from collections.abc import Sequence

import numpy as np

from engine.figures import count, day, listing, money, percent

__all__ = ["band", "count", "day", "direction", "listing", "money", "percent"]


def direction(change: float) -> str:
    """ "fell 24 %", "rose 8 %", "hardly changed"."""
    if abs(change) < 0.005:
        return "hardly changed"
    return f"{'fell' if change < 0 else 'rose'} {percent(abs(change))}"


def band(values: np.ndarray, medium: float, high: float, words: Sequence[str]) -> np.ndarray:
    """The three words for values under `medium`, under `high` and from `high` on."""
    return np.array(words)[np.searchsorted([medium, high], values, side="right")]
