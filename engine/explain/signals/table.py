"""Every signal by its name: the one place where a signal's explanation is registered."""

from collections.abc import Mapping
from typing import Final

from engine.explain.signals import (
    answers,
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
from engine.explain.signals.explanation import SignalWording

TABLE: Final[Mapping[str, SignalWording]] = {
    "rules": rules.WORDING,
    "needs": needs.WORDING,
    "item_to_item": item_to_item.WORDING,
    "transitions": transitions.WORDING,
    "collaborative": collaborative.WORDING,
    "suitability": suitability.WORDING,
    "feedback": feedback.WORDING,
    "answers": answers.WORDING,
    "mood": mood.WORDING,
    "popularity": popularity.WORDING,
}
"""In the order in which reasons of the same weight are told; a signal that is not here is shown as
a whole and gives no reason."""
