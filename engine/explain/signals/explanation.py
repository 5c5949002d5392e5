"""How one signal is put into words: what its raw value is the sum of, and its reasons."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from engine.explain.evidence import CustomerEvidence, OfferEvidence

TELLING: Final = 0.05
"""A part below this is noise and gives no reason (units of the score, own choice)."""


class Behind(NamedTuple):
    """One thing behind a raw value; `raw` is its share, in the signal's own units."""

    label: str
    detail: str
    raw: float


@dataclass(frozen=True)
class Reason:
    """One reason."""

    part: str
    """The part of the score that it explains."""
    text: str
    """A sentence without a full stop that names a fact of the customer and one of the product."""
    short: str
    """The same in at most `reasons.SHORT` characters."""
    points: float
    """Its share of the part; negative where it speaks against."""


@dataclass(frozen=True)
class SignalWording:
    """One signal, as it stands in the table of explanations."""

    behind: Callable[[CustomerEvidence, int], list[Behind] | None]
    """(customer, position of the product) -> what sums to the raw value; None where the signal is
    off, so that its part is shown as a whole."""
    reasons: Callable[[OfferEvidence], Iterator[Reason]]
    """Evidence of one offer -> its reasons, none where it has nothing to say."""
    note: str = ""
    """How the lines are to be read."""
    note_for_newcomers: str = ""
    """The same for a customer who holds nothing, where it differs."""
