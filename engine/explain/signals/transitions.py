"""Next steps in words: what holders of the same products took next."""

from collections.abc import Iterator

import numpy as np

from engine.explain.claims import TakenAfter
from engine.explain.evidence import CustomerEvidence, OfferEvidence
from engine.explain.signals.explanation import Behind, Reason, SignalWording
from engine.explain.signals.item_to_item import reason_from_held
from engine.ranking.signals.centring import centre

_NEXT = {True: "speaks for it", False: "speaks against it"}


def behind(customer: CustomerEvidence, product: int) -> list[Behind] | None:
    """What each product held adds to the log-odds of taking this one next, and who takes it."""
    signals = customer.evidence.ranker.signals
    model = signals.learned.transitions
    if model is None:
        return None
    mine = signals.audience[[customer.position]]
    terms = np.vstack([model.weights[customer.held], model.intercepts]).astype(np.float64)
    raw = centre(terms, mine)[:, product]
    labels = [
        (f"Holds {name}", _NEXT[bool(value > 0)])
        for name, value in zip(customer.held_names, raw, strict=False)
    ]
    labels.append(("Anybody who lacks it", "how often it is taken at all"))
    return [Behind(*label, float(value)) for label, value in zip(labels, raw, strict=True)]


def reasons(offer: OfferEvidence) -> Iterator[Reason]:
    yield from reason_from_held(
        offer, "transitions", offer.next_steps, TakenAfter, "often taken after it"
    )


WORDING = SignalWording(
    behind,
    reasons,
    "What customers with these products took next.",
    "What is taken next whatever is held, as nothing is held yet.",
)
