"""How one signal is worked out, and how a blend is to treat it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.ranking.signals.all_signals import Signals


@dataclass(frozen=True)
class Signal:
    """One signal, as it stands in the table of signals."""

    raw: Callable[["Signals", np.ndarray], np.ndarray | None]
    """(signals, rows) -> ndarray of shape (len(rows), n_products), higher is better; None where the
    signal is off."""
    centred: bool = True
    """Standardised around its mean; False where 0 means "nothing is known"."""
    scaled: bool = True
    """Divided by its deviation; False where its units mean something already, or where it is too
    sparse for a deviation."""
    fitted: bool = True
    """False where the weight stays the fixed one: too few customers show it in any history."""
