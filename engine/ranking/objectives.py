"""A list's own aim: which of the products' scores it looks for, whoever the customer is."""

import numpy as np
import pandas as pd

from engine.ranking.signals.suitability import NEUTRAL
from engine.vocabulary import GROWTH, LISTS, RETENTION

AIMS = {
    GROWTH: {"value_customer": 0.6, "profit_margin": 0.4},
    RETENTION: {"retention_value": 0.7, "risk_customer": -0.3},
}
"""List -> the product scores that it looks for; less of one with a negative share is better
(own choice)."""


def objective(scores: pd.DataFrame, which: str) -> np.ndarray:
    """A list's own fixed aim, shape (n_products,), -1 to 1.

    Growth looks for value to the customer and margin for the bank, retention for products that
    bind and carry little risk.
    """
    if which not in AIMS:
        raise ValueError(f"There is no list {which!r}; lists are {GROWTH} and {RETENTION}.")
    level = sum(
        share * scores[column] if share > 0 else -share * (10 - scores[column])
        for column, share in AIMS[which].items()
    )
    return (level.to_numpy() - NEUTRAL) / 5


def objectives(scores: pd.DataFrame, weight: float) -> dict[str, np.ndarray]:
    """Each list's own part, shape (n_products,), in units of its spread over the catalogue."""
    by_list = {}
    for which in LISTS:
        aim = objective(scores, which)
        centre, spread = (aim.mean(), aim.std()) if aim.size else (0.0, 0.0)
        by_list[which] = weight * (aim - centre) / (spread if spread > 1e-9 else 1.0)
    return by_list
