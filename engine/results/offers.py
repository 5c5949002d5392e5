"""One list for one customer, with everything that stands behind each offer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Offer:
    """One product of a list, with everything that stands behind it.

    `score` is the sum of `parts` within 1e-9. `confidence` is the calibrated chance that this is
    the next product given that one is taken, None where history is missing; `fit` is the
    percentile (0-1) of the score within the bank.
    """

    product_id: str
    name: str
    category: str
    tier: str | None
    description: str
    rank: int
    score: float
    confidence: float | None
    display_confidence: float | None
    boost: float
    cap: float | None
    word: str
    """High, fair or low."""
    word_meaning: str
    """What the word has meant so far, for example "of such offers 54 % were taken (n = 210)"."""
    fit: float
    propensity: float | None
    expected_value: float
    value_basis: str
    """"propensity" or "fit"."""
    parts: Mapping[str, float]
    short_reason: str
    """Under 60 characters."""
    reasons: tuple[str, ...]
    checks: tuple[str, ...] = ()
    """Eligibility that is unknown: "check first: ..."."""
    passed: tuple[str, ...] = ()
    """Eligibility that was checked and holds."""
    scores: Mapping[str, float] = field(default_factory=dict)
    """The product's five scores 0-10, for tiles."""
    scores_estimated: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)
    """Rates, fees and limits as readable text (F185)."""


@dataclass(frozen=True)
class Removal:
    """One product that the guard left out, and why."""

    product_id: str
    name: str
    rule: str
    reason: str


@dataclass(frozen=True)
class Recommendation:
    """One list for one customer.

    `action` is filled when there is something better to do than to sell: a service action, an
    objection, or nothing that is good enough; then it says so in one sentence.
    """

    customer_id: str
    as_of: pd.Timestamp
    list: str
    model_version: str
    receipt_id: str
    insight: str
    offers: tuple[Offer, ...]
    removed: tuple[Removal, ...]
    notes: tuple[str, ...] = ()
    action: str = ""
    likely_next: str = ""
    """Of which products the next one is one with 90 % certainty, before the guard."""
    personalised: bool = True
    currency: str = "USD"
    basis: object = field(default=None, repr=False, compare=False)
    """What the engine worked it out from; its receipt is written from that. Not for showing."""

    def to_json(self) -> dict[str, Any]:
        """The shape of decisions.md; `recommendation` and `confidence` repeat the first offer."""
        first = self.offers[0] if self.offers else None
        return {
            "customer_id": self.customer_id,
            "as_of": self.as_of.date().isoformat(),
            "list": self.list,
            "model_version": self.model_version,
            "receipt_id": self.receipt_id,
            "insight": self.insight,
            "recommendation": first.name if first else None,
            "confidence": first.confidence if first else None,
            "offers": [
                {
                    "product_id": o.product_id,
                    "name": o.name,
                    "category": o.category,
                    "rank": o.rank,
                    "score": o.score,
                    "confidence": o.confidence,
                    "display_confidence": o.display_confidence,
                    "fit": o.fit,
                    "propensity": o.propensity,
                    "expected_value": o.expected_value,
                    "parts": dict(o.parts),
                    "reasons": list(o.reasons),
                    "checks": list(o.checks),
                }
                for o in self.offers
            ],
            "removed": [
                {"product_id": r.product_id, "rule": r.rule, "reason": r.reason}
                for r in self.removed
            ],
            "notes": [*self.notes, *(text for text in (self.likely_next, self.action) if text)],
        }
