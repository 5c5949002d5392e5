"""A list's own aim: which of the products' scores it looks for, whoever the customer is."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from engine.ranking.signals import Signals
from engine.ranking.signals.suitability import NEUTRAL
from engine.settings import RankingSettings
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


def aim_weight(which: str, measured: Mapping[str, float], ranking: RankingSettings) -> float:
    """Weight of a list's own aim, in units of one standardised signal.

    Parameters
    ----------
    measured : mapping of str to float
        By list, the weight that the version found to cost no accuracy that shows (`Blend.aims`);
        a list without one has `objective_weight`.
    ranking : RankingSettings
        Its `objective_times` counts that weight so many times up to 1; what lies above 1 counts
        `objective_weight`, so that a bank can ask for more than costs nothing.
    """
    times, most = ranking.objective_times, ranking.objective_weight
    return measured.get(which, most) * min(times, 1.0) + most * max(times - 1.0, 0.0)


def aim_unit(signals: Signals, which: str, ranking: RankingSettings) -> np.ndarray:
    """What a step of 1 in a list's aim is at weight 1, shape (n_products,).

    In units of the aim's spread over the catalogue; less where the scores are estimated.
    """
    spread = objective(signals.product_scores, which).std() if signals.bank.n_products else 0.0
    return signals.score_trust(ranking) / (spread if spread > 1e-9 else 1.0)


def objectives(
    signals: Signals, measured: Mapping[str, float], ranking: RankingSettings
) -> dict[str, np.ndarray]:
    """Each list's own part, shape (n_products,)."""
    by_list = {}
    for which in LISTS:
        aim = objective(signals.product_scores, which)
        centred = aim - aim.mean() if aim.size else aim
        weight = aim_weight(which, measured, ranking)
        by_list[which] = weight * aim_unit(signals, which, ranking) * centred
    return by_list
