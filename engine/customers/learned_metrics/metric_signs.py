"""A metric and an input in; the sign that must hold whatever the labels say out."""

from typing import Final

from engine.customers.columns import plain_name

_EITHER_WAY: Final = {"churn": frozenset({"products", "tenure"})}
"""Drivers of a scorecard that may mean either, once all columns are read: whether many products
or long years keep a customer is for the labels to say."""
_WORDS: Final = {"churn": {"complaint": 1, "complaints": 1, "complain": 1, "satisfaction": -1}}


def sign(metric: str, name: str) -> int:
    """1 where more of an input never means less of the metric, -1 where never more, else 0.

    Drivers of the scorecard keep their meaning; a complaint never lowers churn, nor does a lower
    satisfaction or balance.
    """
    if "." not in name:
        return 0 if name in _EITHER_WAY.get(metric, ()) else 1
    if metric == "churn" and name.startswith("months.balance."):
        return -1
    words = plain_name(name).split("_")
    return next((to for word, to in _WORDS.get(metric, {}).items() if word in words), 0)
