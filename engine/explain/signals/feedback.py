"""Own feedback in words: each reaction of the customer to the product."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from engine.explain.claims import Reacted
from engine.explain.evidence import TELLING, CustomerEvidence, OfferEvidence, Reaction
from engine.explain.signals.explanation import Behind, Reason, SignalWording
from engine.explain.wording import day
from engine.labels import ACTION_LABELS
from engine.ranking.signals.feedback import MAX_UNITS, own_feedback

_VERBS: Final = {
    **{action: ACTION_LABELS[action] for action in ("accepted", "selected", "rated")},
    "clicked": "Clicked on",
    "postponed": "Postponed",
    "dismissed": "Dismissed",
}
"""Action that a reason may rest on -> how a sentence about it begins."""


def behind(customer: CustomerEvidence, product: int) -> list[Behind]:
    """Each of the customer's own reactions to this product, scaled where the signal is capped."""
    signals = customer.evidence.ranker.signals
    bank, events = signals.bank, signals.events
    on_it = (events["customer_id"] == bank.customer_ids[customer.position]) & (
        events["product_id"] == bank.product_ids[product]
    )
    reactions = []
    for place in np.flatnonzero(on_it.to_numpy(dtype=bool)):
        event = events.iloc[[place]]
        action, when = event["action"].iloc[0], event["recorded_at"].iloc[0]
        raw = float(own_feedback(bank, event)[customer.position, product])
        reactions.append(Behind(f"{str(action).capitalize()} on {day(when)}", "", raw))
    total = sum(one.raw for one in reactions)
    capped = float(np.clip(total, -MAX_UNITS, MAX_UNITS))
    scale = capped / total if total else 1.0
    return [one._replace(raw=one.raw * scale) for one in reactions if one.raw]


def reasons(offer: OfferEvidence) -> Iterator[Reason]:
    part = offer.parts.get("feedback", 0.0)
    reactions = [event for event in offer.events if event.action in _VERBS]
    if abs(part) < TELLING or not reactions:
        return
    last = sorted(reactions, key=_when)[-1]
    claim = Reacted(
        str(offer.customer["customer_id"]),
        str(offer.product["product_id"]),
        offer.name,
        last.action,
        _VERBS[last.action],
        last.recorded_at,
        last.reason if isinstance(last.reason, str) else "",
        last.rating,
    )
    yield Reason("feedback", (claim,), claim.fact, part)


def _when(reaction: Reaction) -> tuple[bool, pd.Timestamp]:
    """The order of events in time; one without a time counts as the latest."""
    undated = pd.isna(reaction.recorded_at)
    return undated, pd.Timestamp(0) if undated else reaction.recorded_at


WORDING = SignalWording(behind, reasons)
