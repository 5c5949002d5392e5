"""Suitability in words: what the metrics ask for against what the product is."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from engine.explain.claims import Appetite
from engine.explain.evidence import TELLING, CustomerEvidence, OfferEvidence
from engine.explain.product_facts import kind_of
from engine.explain.signals.explanation import Behind, Reason, SignalWording
from engine.explain.wording import figure, score
from engine.labels import PRODUCT_SCORE_LABELS
from engine.ranking.signals.suitability import asks, terms

_RISKY_KINDS = ("investment", "account")
"""Kinds of which a fitting risk speaks for a product: nobody takes a card for its risk."""
_GAPS = {
    "excess_risk": ("risk_customer", "at most {} accepted"),
    "value_shortfall": ("value_customer", "at least {} wanted"),
    "retention_shortfall": ("retention_value", "at least {} wanted"),
    "bank_risk_excess": ("risk_bank", "at most {} carried"),
    "goal_fit": ("risk_customer", "an appetite of {}"),
}
"""Gap between what is asked for and what a product is -> its score, and how it is measured."""
_TOWARDS_GOALS = "Risk in the direction of the goals"


def behind(customer: CustomerEvidence, product: int) -> list[Behind]:
    """Each gap between what the metrics ask for and what the product is."""
    signals = customer.evidence.ranker.signals
    metrics = signals.metrics(np.array([customer.position]))
    product_scores = signals.product_scores.iloc[[product]]
    asked, has = asks(metrics).iloc[0], product_scores.iloc[0]
    by_rule = customer.evidence.bank["products"]["scores_estimated"].fillna(False).iloc[product]
    how = " (estimated)" if by_rule else ""
    gaps = []
    for name, raw in terms(metrics, product_scores).items():
        column, against = _GAPS[name]
        to_goals = name == "goal_fit"
        label = _TOWARDS_GOALS if to_goals else PRODUCT_SCORE_LABELS[column]
        wanted = metrics["risk"].iloc[0] if to_goals else asked[column]
        detail = f"{score(has[column])}{how}, {against.format(score(wanted))}"
        gaps.append(Behind(label, detail, float(raw[0, 0])))
    return gaps


def reasons(offer: OfferEvidence) -> Iterator[Reason]:
    """Risk appetite against the product's risk, the axis on which a wrong offer does harm."""
    part = offer.parts.get("suitability", 0.0)
    appetite, risk = offer.profile["risk"], offer.product["risk_customer"]
    if pd.isna(risk) or not offer.profile.get("risk_known", True) or abs(part) < TELLING:
        return
    claim = Appetite(
        str(offer.customer["customer_id"]),
        float(appetite),
        str(offer.product["product_id"]),
        offer.name,
        float(risk),
        estimated=offer.product["scores_estimated"] is True,
        against=part < 0,
    )
    kind, service = kind_of(offer.product), offer.product["item_type"] == "service"
    if part > 0 and kind in _RISKY_KINDS and not (claim.too_much or service):
        how = "An estimated risk of" if claim.estimated else "Risk"
        short = f"{how} {figure(risk)} suits an appetite of {figure(round(appetite, 1))}"
        yield Reason("suitability", (claim,), short, part)
    elif part < 0 and (claim.too_much or (kind == "investment" and claim.too_little)):
        yield Reason("suitability", (claim,), claim.figures, part)


WORDING = SignalWording(behind, reasons, "What the metrics ask for against the product.")
