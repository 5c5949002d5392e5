"""The item-to-item signal: what goes with the products held."""

from typing import TYPE_CHECKING

import numpy as np

from engine.ranking.signals.centring import scaled
from engine.ranking.signals.signal import Signal

if TYPE_CHECKING:
    from engine.ranking.signals.all_signals import Signals


def raw(signals: "Signals", rows: np.ndarray) -> np.ndarray | None:
    """What holders of the same products hold as well.

    Notes
    -----
    What goes with what has a long tail: a few pairs stand 10 deviations out and would pull the
    weight of all others towards 0, hence the inverse hyperbolic sine.
    """
    model = signals.learned.item_to_item
    if model is None:
        return None
    return np.arcsinh(scaled(model.scores(signals.bank.held[rows]), signals.audience[rows]))


SIGNAL = Signal(raw)
