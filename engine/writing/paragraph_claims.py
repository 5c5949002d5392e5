"""What a paragraph about a customer says beside the line: kinds of claims with their words."""

from typing import Any

from engine.customers.claims import kind
from engine.figures import day, percent


@kind
def churn_index(value: float, word: str) -> str:
    """The index of leaving, 0 to 10, and its band; "" where a word would play an open case down."""
    return f"Churn index {value:.1f} of 10{f' ({word})' if word else ''}"


@kind
def last_reached(on: Any) -> str:
    """Day of the last contact on record, whoever began it."""
    return f"last contact on {day(on)}"


@kind
def next_offer(product: str, share: float, fit: bool) -> str:
    """The first offer of the list that opens: its confidence, or its fit without history."""
    return f"Next offer: {product}, {'fit' if fit else 'confidence'} {percent(share)}"
