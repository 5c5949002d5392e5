"""The grid of monthly figures in; the whole months of one figure that forecasts stand on out."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from engine.customers.finances.months import YEAR, Months

BALANCE: Final = "balance"
SPENDING: Final = "spending"
FIGURES: Final = (BALANCE, SPENDING)
"""What is forecast."""

_MIN_TREND: Final = 3


@dataclass(frozen=True, eq=False)
class MonthlySeries:
    """One figure of all customers.

    Attributes
    ----------
    amounts : ndarray of shape (n_customers, n_months)
        NaN where nothing is known; from the bank's first known month to its last whole one.
    months : DatetimeIndex of length n_months
    dated : bool
        False where the source gave no dates and the series was laid to end at the bank's day.
    """

    figure: str
    amounts: np.ndarray
    months: pd.DatetimeIndex
    dated: bool

    @property
    def floor(self) -> float:
        """The least that the figure can be: spending is never negative, a balance may be."""
        return 0.0 if self.figure == SPENDING else -np.inf


def series_of(months: Months, figure: str) -> MonthlySeries:
    """Cut a figure to the months of which the bank knows anything; none may be left."""
    values = months.figures[figure]
    known = np.flatnonzero(months.complete & (~np.isnan(values)).any(axis=0))
    kept = slice(known[0], known[-1] + 1) if len(known) else slice(0, 0)
    return MonthlySeries(figure, values[:, kept], months.months[kept], months.dated)


def trend(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Trend of the last 12 months by least squares.

    Parameters
    ----------
    values : ndarray of shape (n_customers, n_months)

    Returns
    -------
    slope : ndarray of shape (n_customers,)
        Money a month; NaN under 3 known months.
    error : ndarray of shape (n_customers,)
        Its standard error.
    n : ndarray of shape (n_customers,)
        Known months.
    """
    year = values[:, -YEAR:]
    known = ~np.isnan(year)
    n = known.sum(axis=1)
    count = np.maximum(n, 1)[:, None]

    def centred(figures: np.ndarray) -> np.ndarray:
        kept = np.where(known, figures, 0.0)
        return np.where(known, kept - kept.sum(axis=1, keepdims=True) / count, 0.0)

    when, what = centred(np.arange(year.shape[1], dtype=float)), centred(year)
    spread = (when**2).sum(axis=1)
    nothing = np.full(len(n), np.nan)
    slope = np.divide((when * what).sum(axis=1), spread, out=nothing, where=n >= _MIN_TREND)
    rest = (what - np.nan_to_num(slope)[:, None] * when) ** 2
    variance = rest.sum(axis=1) / np.maximum(n - 2, 1)
    return slope, np.sqrt(variance / np.maximum(spread, 1.0)), n
