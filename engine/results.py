"""What the engine answers with: frozen records that a page, the command line or a file can show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from engine.plain import plain


@dataclass(frozen=True)
class BankSummary:
    """What stands on every page: whose data, of which day, scored by which version."""

    bank_id: str
    name: str
    currency: str
    as_of: pd.Timestamp
    simulated: bool
    n_customers: int
    n_products: int
    model_version: str
    grade: str
    """A letter, "simulated (A)", or "not gradable: no dated adoptions"."""
    degraded: tuple[str, ...] = ()
    """One short sentence per part that runs on a fallback ("sentiment: lexicon only")."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Driver:
    """One signed contribution to a metric, in points of the 0-10 scale."""

    key: str
    label: str
    points: float
    detail: str = ""


@dataclass(frozen=True)
class Metric:
    """One of the four customer metrics: 5 plus its drivers' points (decision 21)."""

    name: str
    label: str
    value: float
    word: str
    known: bool
    drivers: tuple[Driver, ...]
    note: str = ""
    """For example "not for credit decisions"."""


@dataclass(frozen=True, eq=False)
class Profile:
    """The 360-degree record of one customer, ready to show.

    Attributes
    ----------
    facts : mapping
        Columns of the customers table (no attributes); a missing value is None.
    months : DataFrame
        month, balance, income, spending, loan_balance, n_transactions; at most 24 rows.
    categories : DataFrame
        category, amount (money a month), share (0-1, sums to 1), n_transactions.
    transactions : DataFrame
        booked_at, description, merchant, category, amount; newest first.
    messages : DataFrame
        sent_at, kind, platform, text, topics, sentiment (-1..1, ours), word, source_label,
        resolved, repeated, used (False where consent does not allow its use); newest first.
    holdings : DataFrame
        product_id, name, category, opened_on.
    accounts : DataFrame
        kind, balance, credit_limit, interest_rate, opened_on.
    consents : DataFrame
        purpose, status, allowed, recorded_at, source.
    record : DataFrame
        field, value, origin: every source field as it came in.
    figures : mapping
        Label -> (value, remark), both texts: "Credit score" -> ("780", "Excellent").
    """

    customer_id: str
    as_of: pd.Timestamp
    currency: str
    facts: Mapping[str, Any]
    metrics: Mapping[str, Metric]
    segment: str
    insight: str
    months: pd.DataFrame
    months_dated: bool
    categories: pd.DataFrame
    transactions: pd.DataFrame
    messages: pd.DataFrame
    holdings: pd.DataFrame
    accounts: pd.DataFrame
    consents: pd.DataFrame
    record: pd.DataFrame
    mood: float | None
    sentiment_source: str
    notes: tuple[str, ...] = ()
    figures: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The whole record as plain values; tables are lists of objects, missing is null."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}


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
    personalised: bool = True
    currency: str = "USD"

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
            "notes": [*self.notes, *([self.action] if self.action else [])],
        }


@dataclass(frozen=True, eq=False)
class TrainingReport:
    """What a retraining did."""

    version_id: str
    promoted: bool
    verdict: str
    """One sentence: which was kept and why."""
    n_events: int
    n_adoptions: int
    champion: Mapping[str, float]
    challenger: Mapping[str, float]
    table: pd.DataFrame
    """system, metric, value, low, high, n: challenger beside champion and simple baselines."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class FairnessReport:
    """Selection rates by group for one attribute.

    Attributes
    ----------
    attribute : str
        "gender", "age band" or "income band".
    overall : DataFrame
        group, n, n_with_offer, rate, low, high: who got any offer.
    table : DataFrame
        category, group, n_eligible, n_recipients, share_of_recipients, share_of_eligible,
        gap (percentage points / 100), low, high, p_value, alert (bool), judged (bool), note.
    alerts : tuple of str
        One sentence per alert.
    sentence : str
        What the table means.
    """

    attribute: str
    list: str
    overall: pd.DataFrame
    table: pd.DataFrame
    alerts: tuple[str, ...]
    sentence: str
    min_n: int
    alert_gap: float
    n: int
    model_version: str
    as_of: pd.Timestamp
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class BlindingReport:
    """Whether scores change when only gender, age, name or place change."""

    table: pd.DataFrame
    """attribute, n_customers, n_changed, largest_difference."""
    n_changed: int
    sentence: str


@dataclass(frozen=True, eq=False)
class Insights:
    """The portfolio at a glance.

    Attributes
    ----------
    figures : mapping
        Label -> (value, unit, change or None): unit is "money", "share", "count" or "metric".
    sentences : tuple of str
        Each with count, segment, evidence and action (F114).
    segments : DataFrame
        segment, churn_band, value_band, n, share, value_a_year, mean_churn, action.
    customers : DataFrame
        One row a customer for the map: customer_id, name, segment, churn, profit, value_a_year.
    needs : DataFrame
        need, n, share, top_product.
    lift : DataFrame
        segment, product, n, rate, base_rate, lift, low, high.
    mood : DataFrame
        month, mood, n (empty where messages have no dates).
    """

    figures: Mapping[str, tuple[float, str, float | None]]
    sentences: tuple[str, ...]
    segments: pd.DataFrame
    customers: pd.DataFrame
    needs: pd.DataFrame
    lift: pd.DataFrame
    mood: pd.DataFrame
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class FeedbackStatistics:
    """What people said and did.

    Attributes
    ----------
    totals : mapping
        n_interactions, n_feedback, mean_feedback, click_rate, selection_rate (F158; NaN if n = 0).
    funnel : DataFrame
        stage, n.
    by_product : DataFrame
        product_id, name, n, mean_rating, n_rated, n_accepted, n_dismissed, acceptance.
    by_segment, by_actor : DataFrame
        group, n_decisions, n_accepted, acceptance, low, high.
    by_reason : DataFrame
        action, reason, n: why offers were turned down.
    """

    totals: Mapping[str, float]
    funnel: pd.DataFrame
    by_product: pd.DataFrame
    by_segment: pd.DataFrame
    by_actor: pd.DataFrame
    by_reason: pd.DataFrame = field(default_factory=pd.DataFrame)
