"""Item-to-item in words: each product held, and what holders of it take."""

from collections.abc import Iterator

import numpy as np

from engine.explain.claims import FromHeld, HeldTogether
from engine.explain.evidence import TELLING, CustomerEvidence, Neighbour, OfferEvidence
from engine.explain.signals.explanation import Behind, Reason, SignalWording
from engine.ranking.signals.centring import centre, spread

_TOGETHER = {True: "speaks for it", False: "speaks against it"}


def behind(customer: CustomerEvidence, product: int) -> list[Behind] | None:
    """Each product held: what holders of it take, against the other products.

    The raw value is the inverse hyperbolic sine of a scaled sum; it is divided among the products
    held in proportion to their terms of that sum.
    """
    signals = customer.evidence.ranker.signals
    model = signals.learned.item_to_item
    if model is None:
        return None
    mine = signals.audience[[customer.position]]
    weights = model.weights[customer.held].astype(np.float64)
    terms = centre(weights, mine)
    total = terms.sum(axis=0)
    deviation = float(spread(total[None, :], mine)[0, 0])
    scaled = total[product] / deviation
    factor = (np.arcsinh(scaled) / scaled if abs(scaled) > 1e-12 else 1.0) / deviation
    return [
        Behind(f"Holds {name}", _TOGETHER[bool(term > 0)], float(term * factor))
        for name, term in zip(customer.held_names, terms[:, product], strict=True)
    ]


def reasons(offer: OfferEvidence) -> Iterator[Reason]:
    yield from reason_from_held(
        offer, "item_to_item", offer.neighbours, HeldTogether, "often held together"
    )


def reason_from_held(
    offer: OfferEvidence,
    name: str,
    held: tuple[Neighbour, ...],
    claim_of: type[FromHeld],
    short: str,
) -> Iterator[Reason]:
    """The reason of a signal that reads what is held: the first product of which it is true."""
    part = offer.parts.get(name, 0.0)
    speaking = [one for one in held if one.counts.often]
    if part > TELLING and speaking:
        first, product_id = speaking[0], str(offer.product["product_id"])
        claim = claim_of(first.product_id, first.name, product_id, offer.name, first.counts)
        yield Reason(name, (claim,), f"Holds {first.name}; {short}", part)


WORDING = SignalWording(behind, reasons, "What goes with the products held, in shares.")
