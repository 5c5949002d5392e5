"""Every signal by its name: the one place where a signal is registered for ranking.

To add one: its name in engine/vocabulary.py, its label in engine/labels.py, its weight and emphasis
in settings.toml, a module here, a module in engine/explain/signals, and a line in both tables.
"""

from collections.abc import Mapping
from typing import Final

from engine.ranking.signals import (
    collaborative,
    feedback,
    item_to_item,
    mood,
    needs,
    popularity,
    rules,
    suitability,
    transitions,
)
from engine.ranking.signals.signal import Signal

TABLE: Final[Mapping[str, Signal]] = {
    "needs": needs.SIGNAL,
    "collaborative": collaborative.SIGNAL,
    "item_to_item": item_to_item.SIGNAL,
    "transitions": transitions.SIGNAL,
    "suitability": suitability.SIGNAL,
    "mood": mood.SIGNAL,
    "rules": rules.SIGNAL,
    "popularity": popularity.SIGNAL,
    "feedback": feedback.SIGNAL,
}
NOT_FITTED: Final = tuple(name for name, signal in TABLE.items() if not signal.fitted)
"""Signals whose weight stays the fixed one."""
