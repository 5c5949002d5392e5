"""Popularity in words: how often customers with as many products take it."""

from collections.abc import Iterator

import numpy as np

from engine.explain.evidence import CustomerEvidence, OfferEvidence
from engine.explain.signals.explanation import TELLING, Behind, Reason, SignalWording
from engine.ranking.signals import popularity


def behind(customer: CustomerEvidence, product: int) -> list[Behind] | None:
    """How often customers with as many products take it, against the other products."""
    signals, rows = customer.evidence.ranker.signals, [customer.position]
    popular = popularity.raw(
        signals.learned.popularity, signals.bank.held[rows], signals.audience[rows]
    )
    if popular is None:
        return None
    raw = float(popular[0, product])
    detail = f"{np.exp(raw):.1f} times as often as a usual product"
    return [Behind("Taken by customers with as many products", detail, raw)]


def reasons(offer: OfferEvidence) -> Iterator[Reason]:
    part = offer.parts.get("popularity", 0.0)
    if part > TELLING and offer.n_holders:
        share = f"{offer.n_holders:,} of {offer.n_customers:,} customers"
        text = f"Does not hold {offer.name} yet; {share} do"
        yield Reason("popularity", text, f"Held by {share}", part)


WORDING = SignalWording(behind, reasons)
