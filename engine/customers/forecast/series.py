"""The grid of monthly figures in; the whole months of one figure that forecasts stand on out."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from engine.customers.months import YEAR, Months

BALANCE: Final = "balance"
SPENDING: Final = "spending"
FIGURES: Final = (BALANCE, SPENDING)
"""What is forecast."""

_MIN_TREND: Final = 3


@dataclass(frozen=True, eq=False)
class Series:
    """One figure of all customers.

    Attributes
    ----------
    figure : str
    values : ndarray of shape (n_customers, n_months)
        NaN where nothing is known; from the bank's first known month to its last whole one.
    months : DatetimeIndex of length n_months
    dated : bool
        False where the source gave no dates and the series was laid to end at the bank's day.
    """

    figure: str
    values: np.ndarray
    months: pd.DatetimeIndex
    dated: bool

    @property
    def floor(self) -> float:
        """The least that the figure can be: spending is never negative, a balance may be."""
        return 0.0 if self.figure == SPENDING else -np.inf


def series_of(months: Months, figure: str) -> Series:
    """Cut a figure to the months of which the bank knows anything; none may be left."""
    values = months.figures[figure]
    known = np.flatnonzero(months.complete & (~np.isnan(values)).any(axis=0))
    kept = slice(known[0], known[-1] + 1) if len(known) else slice(0, 0)
    return Series(figure, values[:, kept], months.months[kept], months.dated)


def slopes(values: np.ndarray) -> np.ndarray:
    """Trend of the last 12 months by least squares, money a month, shape (n_customers,) (F53).

    NaN under 3 known months.
    """
    year = values[:, -YEAR:]
    known = ~np.isnan(year)
    n = known.sum(axis=1)
    when = np.where(known, np.arange(year.shape[1], dtype=float), 0.0)
    count = np.maximum(n, 1)
    centred = np.where(known, when - (when.sum(axis=1) / count)[:, None], 0.0)
    spread = (centred**2).sum(axis=1)
    product = (centred * np.where(known, year, 0.0)).sum(axis=1)
    return np.divide(product, spread, out=np.full(len(n), np.nan), where=n >= _MIN_TREND)
