"""Mood in words: unhappy messages against how hard a product sells."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from engine.explain.claims import Unhappy
from engine.explain.evidence import TELLING, CustomerEvidence, OfferEvidence
from engine.explain.signals.explanation import Behind, Reason, SignalWording
from engine.figures import signed
from engine.ranking.signals.mood import mood_signal, pressure

_UNHAPPY = -0.2
"""Mood from which messages are called unhappy (own choice)."""


def behind(customer: CustomerEvidence, product: int) -> list[Behind]:
    """An unhappy mood against how hard the product sells."""
    felt = customer.profile["mood"]
    if pd.isna(felt) or felt >= 0:
        return []
    selling = pressure(customer.evidence.bank)
    raw = mood_signal(np.array([felt]), selling[[product]])[0, 0]
    what = "a service" if selling[product] < 0 else f"sales pressure {selling[product]:.1f} of 1"
    return [Behind("Unhappy messages", f"mood {signed(felt, 1)} of −1 to 1, {what}", float(raw))]


def reasons(offer: OfferEvidence) -> Iterator[Reason]:
    """What serves instead of selling, where messages are unhappy.

    That a sale can wait is said once for the whole list (engine.explain.actions).
    """
    part, mood = offer.parts.get("mood", 0.0), offer.profile["mood"]
    if part > TELLING and mood <= _UNHAPPY and offer.product["item_type"] == "service":
        claim = Unhappy(str(offer.customer["customer_id"]), mood, offer.name)
        yield Reason("mood", (claim,), claim.fact, part)


WORDING = SignalWording(behind, reasons)
