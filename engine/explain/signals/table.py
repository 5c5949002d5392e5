"""Every signal by its name: the one place where a signal's explanation is registered."""

from collections.abc import Mapping
from typing import Final

from engine.explain.signals import (
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
from engine.explain.signals.explanation import Explanation

TABLE: Final[Mapping[str, Explanation]] = {
    "rules": rules.EXPLANATION,
    "needs": needs.EXPLANATION,
    "item_to_item": item_to_item.EXPLANATION,
    "transitions": transitions.EXPLANATION,
    "collaborative": collaborative.EXPLANATION,
    "suitability": suitability.EXPLANATION,
    "feedback": feedback.EXPLANATION,
    "mood": mood.EXPLANATION,
    "popularity": popularity.EXPLANATION,
}
"""In the order in which reasons of the same weight are told; a signal that is not here is shown as
a whole and gives no reason."""
