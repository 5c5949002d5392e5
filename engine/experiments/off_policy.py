"""Rows shown with a known chance, and what came of them, in; how another choice would do, out.

Three estimators of the mean reward of a target policy from rows that a logging policy chose at
random: inverse propensity scores (Horvitz and Thompson, JASA 47, 1952), the same with weights that
sum to 1 (Swaminathan and Joachims, NeurIPS 2015), and doubly robust ones (Dudik, Langford and Li,
ICML 2011). The effective number of rows is that of Kish, (sum w)^2 / sum w^2.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.errors import BadInput
from engine.rates import LEVEL, Estimate

LEAST: Final = 100.0
"""Effective rows under which nothing is estimated: a few rows with large weights would decide."""


@dataclass(frozen=True)
class OffPolicy:
    """Mean reward of a target policy, by three estimators; NaN where it is refused."""

    n: int
    effective: float
    """Rows that as many equal weights would have."""
    ips: Estimate
    snips: Estimate
    doubly_robust: Estimate
    refused: str = ""
    """Why nothing is estimated, in one sentence; "" where it is."""


def off_policy(
    reward: np.ndarray,
    logged: np.ndarray,
    target: np.ndarray,
    predicted: np.ndarray,
    predicted_target: np.ndarray,
    *,
    level: float = LEVEL,
) -> OffPolicy:
    """Estimate a target policy from n rows.

    Parameters
    ----------
    reward : ndarray of float64, shape (n,)
        What came of what was shown.
    logged : ndarray of float64, shape (n,)
        The chance with which it was shown, above 0 and at most 1.
    target : ndarray of float64, shape (n,)
        The chance with which the target policy shows the same.
    predicted, predicted_target : ndarray of float64, shape (n,)
        What a model expects of what was shown, and on average of what the target policy shows. It
        may not have been fitted on these rows.

    Raises
    ------
    BadInput
        If a chance is out of range.
    """
    if np.any((logged <= 0) | (logged > 1)) or np.any((target < 0) | (target > 1)):
        raise BadInput("A chance of being shown lies above 0 and is at most 1.")
    effective, n = float(effective_rows(target / logged)), len(reward)
    if effective < LEAST:
        none = Estimate(*(np.array(np.nan),) * 3)
        return OffPolicy(n, effective, none, none, none, _refusal(n, effective))
    found = estimates(reward, logged, target, predicted, predicted_target, level=level)
    return OffPolicy(n, effective, **found)


def effective_rows(weight: np.ndarray) -> np.ndarray:
    """Rows that as many equal weights would have, over the last axis; 0 for no weight at all."""
    total, squares = weight.sum(axis=-1), (weight**2).sum(axis=-1)
    return np.where(squares > 0, total**2 / np.where(squares > 0, squares, 1.0), 0.0)


def estimates(
    reward: np.ndarray,
    logged: np.ndarray,
    target: np.ndarray,
    predicted: np.ndarray,
    predicted_target: np.ndarray,
    *,
    level: float = LEVEL,
) -> dict[str, Estimate]:
    """The estimators over the last axis of arrays of one shape; nothing is refused.

    Intervals are normal: of a mean, and of a ratio by the delta method.
    """
    from scipy.special import ndtri

    z, n = ndtri(0.5 + level / 2), reward.shape[-1]
    weight = target / logged
    total = weight.sum(axis=-1)
    some = np.where(total > 0, total, 1.0)

    def of(rows: np.ndarray) -> Estimate:
        mean = rows.mean(axis=-1)
        half = z * rows.std(axis=-1, ddof=1) / np.sqrt(n)
        return Estimate(mean, mean - half, mean + half)

    value = (weight * reward).sum(axis=-1) / some
    spread = (weight**2 * (reward - value[..., None]) ** 2).sum(axis=-1)
    half = z * np.sqrt(spread) / some
    return {
        "ips": of(weight * reward),
        "snips": Estimate(value, value - half, value + half),
        "doubly_robust": of(predicted_target + weight * (reward - predicted)),
    }


def _refusal(n: int, effective: float) -> str:
    if not n:
        return (
            "Nothing was shown with a known chance yet: only what is drawn at random has one. "
            "Run an experiment with the arm 'random'."
        )
    return (
        f"{n:,} rows were shown with a known chance, and they count as {effective:,.0f} for this "
        f"choice; under {LEAST:,.0f} nothing is estimated."
    )
