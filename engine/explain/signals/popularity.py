"""Popularity in words: how often customers with as many products take it."""

from collections.abc import Iterator

import numpy as np

from engine.explain.claims import Popular
from engine.explain.evidence import TELLING, CustomerEvidence, OfferEvidence
from engine.explain.signals.explanation import Behind, Reason, SignalWording
from engine.explain.wording import percent
from engine.ranking.signals import popularity


def behind(customer: CustomerEvidence, product: int) -> list[Behind] | None:
    """How often customers with as many products took it when they could have."""
    signals, rows = customer.evidence.ranker.signals, [customer.position]
    popular = popularity.raw(
        signals.learned.popularity,
        signals.bank.held[rows],
        signals.audience[rows],
        signals.segment(rows),
    )
    if popular is None:
        return None
    raw = float(popular[0, product])
    rates = popularity.of_group(
        signals.learned.popularity, signals.bank.held[rows], signals.segment(rows)
    )
    detail = f"in {percent(float(np.exp(rates[0, product])))} of the times that it could have been"
    others = "Taken by customers with as many products"
    if signals.learned.segments:
        others = "Taken last by customers with as many products in the same segment"
    return [Behind(others, detail, raw)]


def reasons(offer: OfferEvidence) -> Iterator[Reason]:
    part = offer.parts.get("popularity", 0.0)
    product_id = str(offer.product["product_id"])
    held = offer.n_holders, offer.n_customers, offer.held_before
    claim = Popular(product_id, offer.name, *held)
    if part > TELLING and claim.may_be_said:
        yield Reason("popularity", (claim,), f"Held by {claim.share}", part)


WORDING = SignalWording(behind, reasons)
