"""Signed strengths of drivers in; a metric from 0 to 10 with points that sum to it out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from engine.errors import SettingsError

NEUTRAL: Final = 5.0


@dataclass(frozen=True, eq=False)
class Scorecard:
    """One metric of all customers.

    Attributes
    ----------
    value : ndarray of shape (n_customers,)
        0 to 10; 5 where nothing is known.
    known : ndarray of bool, shape (n_customers,)
        At least one driver is known.
    points : DataFrame of shape (n_customers, n_drivers)
        5 + the sum of a row is the value, within 1e-9.
    """

    value: np.ndarray
    known: np.ndarray
    points: pd.DataFrame


def score(strengths: pd.DataFrame, weights: Mapping[str, float]) -> Scorecard:
    """Weigh drivers, add them to 5 and clip.

    Parameters
    ----------
    strengths : DataFrame of shape (n_customers, n_drivers)
        From -1 to 1; NaN where a driver is not known, which counts as 0.
    weights : mapping
        Driver -> points at full strength, at least 0.

    Raises
    ------
    SettingsError
        If a driver has no weight, or one below 0, which would turn its meaning round.

    Notes
    -----
    value = clip(5 + sum(weight * strength), 0, 10). Where the clip bites, all points of the
    customer shrink by the same factor, so they still sum, and the value still never
    falls when a strength rises.
    """
    missing = [key for key in strengths.columns if not weights.get(key, -1.0) >= 0]
    if missing:
        raise SettingsError(
            f"Driver {missing[0]!r} has the weight {weights.get(missing[0])}; "
            "expected points of at least 0 in its table under [metrics]."
        )
    given = strengths.to_numpy(dtype=float)
    known = ~np.isnan(given).all(axis=1)
    points = np.nan_to_num(given) * [float(weights[key]) for key in strengths.columns]
    return from_points(pd.DataFrame(points, strengths.index, strengths.columns), known)


def from_points(given: pd.DataFrame, known: np.ndarray) -> Scorecard:
    """Add points to 5 and clip; see the notes of `score`."""
    points = given.to_numpy(dtype=float)
    sums = np.abs(points.sum(axis=1))
    shrink = np.divide(NEUTRAL, sums, out=np.ones_like(sums), where=sums > NEUTRAL)
    points = points * shrink[:, None] + 0.0  # no minus zero
    value = np.clip(NEUTRAL + points.sum(axis=1), 0.0, 2 * NEUTRAL)
    return Scorecard(value, known, pd.DataFrame(points, given.index, given.columns))


def evidence(share: np.ndarray, absent: float) -> np.ndarray:
    """Strength of a sign that can only speak for a metric: -absent at 0, rising to 1 at 1."""
    return -absent + (1 + absent) * np.clip(share, 0.0, 1.0)
