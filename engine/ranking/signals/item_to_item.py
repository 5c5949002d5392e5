"""The item-to-item signal: what goes with the products held."""

import numpy as np

from engine.models.item_to_item import ItemToItem
from engine.ranking.signals.centring import scaled


def raw(model: ItemToItem | None, held: np.ndarray, audience: np.ndarray) -> np.ndarray | None:
    """What holders of the same products hold as well; None where nothing was learned.

    Notes
    -----
    What goes with what has a long tail: a few pairs stand 10 deviations out and would pull the
    weight of all others towards 0, hence the inverse hyperbolic sine.
    """
    return None if model is None else np.arcsinh(scaled(model.scores(held), audience))
