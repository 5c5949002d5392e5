"""Similar customers in words: a taste as a mix of the products held."""

from collections.abc import Iterator

import numpy as np

from engine.explain.claims import HeldByAlike
from engine.explain.evidence import TELLING, CustomerEvidence, OfferEvidence
from engine.explain.signals.explanation import Behind, Reason, SignalWording
from engine.ranking.signals.centring import centre, spread


def behind(customer: CustomerEvidence, product: int) -> list[Behind] | None:
    """The customer's taste as a mix of the products held, and what no holding explains.

    A factorization knows no holdings, only a point for each customer. The point is written as the
    nearest mix of the held products' points (non-negative least squares) plus a rest, and each
    term's product with the product's point is its share.
    """
    from scipy.optimize import nnls

    signals = customer.evidence.ranker.signals
    model, known = signals.learned.factorization, signals.learned.known
    if model is None or known is None:
        return None
    if not known[customer.position]:
        return []
    mine = signals.audience[[customer.position]]
    taste = model.customer_factors[customer.position].astype(np.float64)
    points = model.product_factors.astype(np.float64)
    held = points[customer.held]
    mix = nnls(held.T, taste)[0] if len(held) else np.zeros(0)
    bias = model.product_bias.astype(np.float64)
    terms = np.vstack([mix[:, None] * (held @ points.T), (taste - mix @ held) @ points.T, bias])
    centred = centre(terms, mine)
    raw = centred[:, product] / float(spread(centred.sum(axis=0)[None, :], mine)[0, 0])
    labels = [(f"Holds {name}", "taste of customers alike") for name in customer.held_names]
    labels += [
        ("Taste that no holding explains", "what the model learned of this customer"),
        ("Liked by everybody", "however alike"),
    ]
    return [Behind(*label, float(value)) for label, value in zip(labels, raw, strict=True)]


def reasons(offer: OfferEvidence) -> Iterator[Reason]:
    part = offer.parts.get("collaborative", 0.0)
    if part > TELLING and offer.alike is not None and offer.alike.often:
        customer_id, product_id = (
            str(offer.customer["customer_id"]),
            str(offer.product["product_id"]),
        )
        claim = HeldByAlike(customer_id, product_id, offer.name, offer.alike)
        yield Reason("collaborative", (claim,), "Similar customers often hold it", part)


WORDING = SignalWording(
    behind,
    reasons,
    "The customer's taste as a mix of the products held.",
    "What customers with the same needs take, as nothing is held yet.",
)
