"""A customer's needs in; the products whose texts are nearest to them and farthest, out."""

from typing import Final

import numpy as np
import pandas as pd

from engine.bank.audience import in_audience
from engine.customers.interests import TOPIC_ITEMS
from engine.ranking.signals.needs import Needs, phrase
from engine.ranking.signals.said import Said
from engine.results import Affinity
from engine.scoring.recommendation import told_apart
from engine.snapshot.snapshot import Snapshot

EACH: Final = 5
"""Products at either end."""
_COLUMNS: Final = ("product_id", "product", "end", "affinity", "phrase")


def affinity(snapshot: Snapshot, customer_id: str) -> Affinity:
    """The nearest and the farthest products; see `engine.results.Affinity`.

    Raises
    ------
    NotFound
        If there is no such customer.
    """
    bank, needs = snapshot.bank, snapshot.signals.needs
    row = bank.customer_position(customer_id)
    if not bool(snapshot.consents.iloc[row]["personalisation_allowed"]):
        return _nothing(customer_id, "No personal recommendations are allowed: none is worked out.")
    told = snapshot.signals.said
    if not len(needs.interests_of(row)) and (told is None or told.of(row).empty):
        return _nothing(customer_id, "No needs are known: no product is nearer than another.")
    scores = snapshot.signals.needs_of(np.array([row]))[0]
    places = np.flatnonzero(in_audience(bank)[row])
    ordered = places[np.argsort(-scores[places], kind="stable")]
    each = min(EACH, len(ordered) // 2)
    shown = np.concatenate([ordered[:each], ordered[len(ordered) - each :]])
    ends = ["nearest"] * each + ["farthest"] * each
    products = bank["products"].iloc[shown]
    table = pd.DataFrame(
        {
            "product_id": products["product_id"].to_numpy(dtype=object),
            "product": told_apart(products),
            "end": ends,
            "affinity": scores[shown],
            "phrase": [
                _moved_by(needs, told, row, at, end) for at, end in zip(shown, ends, strict=True)
            ],
        },
        columns=list(_COLUMNS),
    )
    return Affinity(customer_id, len(ordered), table)


def _moved_by(needs: Needs, told: Said | None, row: int, product: int, end: str) -> str:
    """The need, known or said, that brings a product nearest, or takes it farthest."""
    mine = needs.interests_of(row)
    moved = mine["share"].to_numpy() * needs.similarity[mine["phrase"].to_numpy(), product]
    names = [phrase(kind, item) for kind, item in zip(mine["kind"], mine["item"], strict=True)]
    if told is not None:
        said = told.of(row).groupby(["phrase", "topic"], sort=True).size()
        for (code, topic), n in said.items():
            moved = np.append(moved, n * told.share * told.likeness[code, product])
            names.append(phrase("topic", TOPIC_ITEMS.get(topic, topic)))
    return names[int(np.argmax(moved) if end == "nearest" else np.argmin(moved))]


def _nothing(customer_id: str, why: str) -> Affinity:
    return Affinity(customer_id, 0, pd.DataFrame(columns=list(_COLUMNS)), why)
