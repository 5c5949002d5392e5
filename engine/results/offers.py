"""A list of offers, where each score comes from, the products, and who would want one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd

from engine.json_values import JsonRecord, json_value
from engine.labels import part_label


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
    """What boost and cap would make of it; kept in the JSON, shown nowhere."""
    boost: float
    cap: float | None
    marks: tuple[str, ...]
    """Boost and cap in words, to stand beside the confidence: "+15 by the bank's rule"."""
    word: str
    """High, fair or low."""
    word_meaning: str
    """What the word has meant so far, among customers who took something."""
    fit: float
    propensity: float | None
    expected_value: float | None
    """Money a year: `value_if_taken` times the chance; None where no margin is set. Without
    history it is of the fit, orders a list, and is no expectation: see `expected`."""
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
    """Rates, fees and limits as readable text."""
    value_if_taken: float | None = None
    """What the product earns the bank in a year if it is taken; None where no margin is set."""
    value_assumption: str = ""
    """Where that comes from, in one sentence."""
    moved: str = ""
    """How a price on groups or an experiment moved it, in one sentence; "" where none did."""
    arm: str = ""
    """The customer's arm in the experiment that ran; "" where none did."""
    notice: str = ""
    """What the customer must be told where credit is offered to them personally; "" else."""
    includes: tuple[str, ...] = ()
    """Of an investment, an insurance or a pension: what of this customer is within its target
    market; empty of other products."""
    excludes: tuple[str, ...] = ()
    """Of the same: for whom it is not, so what of a customer would exclude them."""
    model_version: str = ""
    """That made the list; what is said about the offer is stored with it, whatever serves then."""

    @property
    def expected(self) -> float | None:
        """`expected_value` where a chance is known; else there is none to state."""
        return self.expected_value if self.value_basis == "propensity" else None


_PRINTED: Final = (
    *("product_id", "name", "category", "rank", "score", "confidence", "display_confidence"),
    *("marks", "fit", "propensity", "value_if_taken", "expected_value", "value_assumption"),
    *("parts", "reasons", "checks", "moved", "notice"),
    *("includes", "excludes"),
)
"""What is printed of an offer."""


@dataclass(frozen=True)
class Removal:
    """One product that the guard left out, and why."""

    product_id: str
    name: str
    rule: str
    reason: str


@dataclass(frozen=True)
class SupportAction:
    """Help in place of a sale: what a call is about, and what on record asks for it."""

    kind: str
    """Kind of help: "payment plan", "bereavement", "budgeting", "fraud", "complaint",
    "vulnerability" or "specialist"."""
    sign: str
    """The rule of the guard that asks for it."""
    text: str
    """As a call is named: "Call about a payment plan: ..."."""


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
    support: tuple[SupportAction, ...] = ()
    """Help that takes the place of credit, most telling first; empty for most."""
    personalised: bool = True
    currency: str = "USD"
    basis: object = field(default=None, repr=False, compare=False)
    """What the engine worked it out from; its receipt is written from that. Not for showing."""

    def to_json(self) -> dict[str, Any]:
        """The printed shape; `recommendation` and `confidence` repeat the first offer."""
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
            "value_unit": f"{self.currency} a year",
            "offers": [
                {
                    **{name: json_value(getattr(offer, name)) for name in _PRINTED},
                    "expected_value": json_value(offer.expected),
                }
                for offer in self.offers
            ],
            "removed": [
                {"product_id": r.product_id, "rule": r.rule, "reason": r.reason}
                for r in self.removed
            ],
            "support": [vars(one) for one in self.support],
            "notes": [*self.notes, *(text for text in (self.likely_next, self.action) if text)],
        }


@dataclass(frozen=True)
class Line:
    """One thing that stands behind a part."""

    label: str
    detail: str
    """Its figures with their units; may be empty."""
    points: float
    """Its share of the part, in units of the score."""


@dataclass(frozen=True)
class Part:
    """One part of a score."""

    name: str
    """A key of `Offer.parts`."""
    points: float
    lines: tuple[Line, ...]
    """Largest first; they sum to `points` within 1e-9. Empty for a part of 0 points that nothing
    stands behind."""
    note: str = ""
    """How to read the lines, or why there are none; may be empty."""

    @property
    def label(self) -> str:
        """What people call it."""
        return part_label(self.name)

    def shown(self, most: int = 8) -> tuple[Line, ...]:
        """At most so many lines; the smaller ones as one, so that the sum stays."""
        if len(self.lines) <= most:
            return self.lines
        rest = self.lines[most - 1 :]
        points = sum(line.points for line in rest)
        return (*self.lines[: most - 1], Line(f"{len(rest)} smaller ones", "", points))


@dataclass(frozen=True)
class Explanation:
    """One score of one customer and one product, taken apart.

    `score` is the sum of the parts' points within 1e-9.
    """

    customer_id: str
    product_id: str
    name: str
    list: str
    score: float
    parts: tuple[Part, ...]

    def to_json(self) -> dict[str, Any]:
        """Parts with their lines."""
        return {
            "customer_id": self.customer_id,
            "product_id": self.product_id,
            "list": self.list,
            "score": self.score,
            "parts": [
                {
                    "part": part.name,
                    "points": part.points,
                    "lines": [vars(line) for line in part.lines],
                    "note": part.note,
                }
                for part in self.parts
            ],
        }


@dataclass(frozen=True)
class Comparison:
    """Two products of one customer side by side."""

    first: str
    second: str
    gap: float
    """Score of the first minus that of the second."""
    table: pd.DataFrame
    """part (label), first, second, difference (points of the score); the largest difference first.
    The differences sum to `gap` within 1e-9."""
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """The difference by parts."""
        return {
            "first": self.first,
            "second": self.second,
            "gap": self.gap,
            "parts": self.table.to_dict("records"),
            "sentence": self.sentence,
        }


@dataclass(frozen=True, eq=False)
class Affinity(JsonRecord):
    """How near the texts of products are to what is known of a customer's needs; no mood."""

    customer_id: str
    n_products: int
    """Products of the customer's audience, among which these are the nearest and the farthest."""
    table: pd.DataFrame
    """product_id, product, end ("nearest" or "farthest"), affinity (cosine of needs and product,
    less its mean over the bank's customers: 0 is usual), phrase (the need that moved it most);
    nearest first, as many of either end. Empty where `why` says so."""
    why: str = ""
    meaning: str = (
        "Affinity: how near a product's text is to what is known of the customer's needs, against "
        "the bank's usual customer (0). It is no mood: it says nothing of what the customer feels, "
        "and nothing of whether the product may be offered."
    )


@dataclass(frozen=True, eq=False)
class ProductSheet(JsonRecord):
    """What is known of a product."""

    product_id: str
    name: str
    category: str
    tier: str
    item_type: str
    audience: str
    description: str
    """"" where the bank does not say."""
    features: tuple[str, ...]
    conditions: tuple[str, ...]
    """What it has, and what it asks of a customer."""
    meant_for: tuple[str, ...]
    not_for: tuple[str, ...]
    """Its target market, by the rules that judge every customer."""
    terms: Mapping[str, str]
    """Label -> text: rates, fees, amounts, its own for each kind of product."""
    n_holders: int | None
    share: float | None
    """Of the customers of its audience, how many hold it (0-1)."""
    scores: Mapping[str, float]
    """The product's ratings, 0-10, where they are known."""
    scores_estimated: bool
    """They were worked out from the product's terms, not given by the bank."""
    tone: float | None = None
    """Sentiment of the description, -1 to 1; None without one. It is the bank's own text: it says
    nothing of what customers feel, and nothing scores or is offered by it."""
    tone_word: str = ""
    """One of the five words of sentiment."""
    tone_by: str = ""
    """The model that read it."""


@dataclass(frozen=True, eq=False)
class ProspectList(JsonRecord):
    """Customers who may be offered a product, the most fitting first."""

    table: pd.DataFrame
    """rank, customer_id, name, segment, relationship_manager, score, confidence (NaN without
    history), fit, propensity (NaN without history), value_if_taken, expected_value (money a
    year, NaN where no margin is set; the latter also without history), churn_band, value_band,
    reason, last_contact, notice (what has to stand beside an offer of credit, "" beside any
    other)."""
    product_id: str
    product: str
    category: str
    list: str
    """The list whose aim is part of the score."""
    n_allowed: int
    """Customers who may be offered it."""
    n_matching: int
    """Of those, how many the filters leave; the table has the first of them."""
    removed: pd.DataFrame
    """rule, label, n: whom it may not be offered to, by the first rule against it."""
    filters: dict[str, str]
    basis: str
    """"propensity" or "fit": what the expected value rests on."""
    currency: str
    value_assumption: str
    bank: str
    model_version: str
    as_of: pd.Timestamp
    simulated: bool
    notes: tuple[str, ...] = ()

    @property
    def about(self) -> tuple[tuple[str, str | int], ...]:
        """What the list was made from, line by line."""
        chosen = "; ".join(f"{name}: {value}" for name, value in self.filters.items())
        return (
            ("Product", f"{self.product} ({self.product_id})"),
            ("Category", self.category),
            ("Bank", f"{self.bank}, simulated" if self.simulated else self.bank),
            ("Data as of", f"{self.as_of:%d %b %Y}"),
            ("Model version", self.model_version),
            ("Filters", chosen or "none"),
            ("May be offered it", self.n_allowed),
            ("Match the filters", self.n_matching),
            ("In this list", len(self.table)),
            ("Value if taken", f"{self.value_assumption}; {self.currency} a year"),
            (
                "Expected value",
                f"propensity x value if taken, {self.currency} a year; none without history",
            ),
            *(("Note", note) for note in self.notes),
        )
