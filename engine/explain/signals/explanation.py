"""How one signal is put into words: what its raw value is the sum of, and its reasons."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from engine.explain.claims import Claim, said
from engine.explain.evidence import CustomerEvidence, OfferEvidence


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
    claims: tuple[Claim, ...]
    """What it says: of the customer, of the product, or of both."""
    short: str
    """The same in at most `reasons.SHORT` characters."""
    points: float
    """Its share of the part; negative where it speaks against."""

    @property
    def text(self) -> str:
        """A sentence without a full stop that names a fact of the customer and the product."""
        return said(self.claims)


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
