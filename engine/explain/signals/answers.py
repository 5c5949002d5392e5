"""Answers of others in words: which groups were asked, and what they said."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from engine.explain.claims import AnsweredBy
from engine.explain.evidence import TELLING, Asked, CustomerEvidence, OfferEvidence
from engine.explain.signals.explanation import Behind, Reason, SignalWording
from engine.figures import figure
from engine.ranking.ranker import Ranker

_LINES: Final = {
    "product": "Asked about this product",
    "kind": "Asked about products of this kind",
    "segment": "Asked of the same segment",
    "spending": "Asked of those who spend alike",
    "own": "The customer's own answers to this kind",
}


def behind(customer: CustomerEvidence, product: int) -> list[Behind] | None:
    """What every group adds, and what the limit takes off again."""
    ranker = customer.evidence.ranker
    learned, groups = ranker.signals.learned.answers, ranker.signals.groups
    if learned is None:
        return None
    rows = np.array([customer.position])
    shares = {n: float(v[0, product]) for n, v in learned.shares(groups, rows).items()}
    counts = _counts(ranker, customer.position, product)
    lines = [Behind(_LINES[name], counts.get(name, ""), raw) for name, raw in shares.items() if raw]
    over = float(learned.raw(groups, rows)[0, product]) - sum(shares.values())
    if over:
        lines.append(Behind("Limit", f"at most {figure(learned.most)} either way", over))
    return lines


def _counts(ranker: Ranker, row: int, product: int) -> dict[str, str]:
    learned = ranker.signals.learned.answers
    assert learned is not None
    found = learned.counts(ranker.signals.groups, row, product)
    return {
        name: f"{c.answered:,} answered: {c.yes:,} yes, {c.no:,} no" for name, c in found.items()
    }


def reasons(offer: OfferEvidence) -> Iterator[Reason]:
    part, asked = offer.parts.get("answers", 0.0), offer.answered
    if abs(part) >= TELLING and asked is not None and asked.no == (part < 0):
        claim = claim_of(asked, offer.product)
        yield Reason("answers", (claim,), claim.fact, part)


def claim_of(asked: Asked, product: Mapping[str, Any]) -> AnsweredBy:
    """What was answered, as it is told of one row of the products table."""
    kind = product["category"]
    return AnsweredBy(
        str(product["product_id"]),
        str(product["name"]),
        asked.family,
        asked.group,
        str(kind) if isinstance(kind, str) else "",
        asked.asked,
        asked.said,
        asked.all_asked,
        asked.all_said,
        asked.no,
    )


WORDING = SignalWording(behind, reasons)
