"""Histories in; one set of smoothing parameters (statsmodels) and all forecasts at once out."""

import warnings
from typing import Final, NamedTuple

import numpy as np

N_FITTED: Final = 12
"""Histories that the parameters are fitted on, spread evenly over the bank (own choice)."""
MIN_FITTED: Final = 6
"""Months that a history needs to take part in the fit (own choice)."""
_START: Final = 3
"""The level starts at the mean of this many first months, the trend at 0 (own choice)."""


class Smoothing(NamedTuple):
    """Parameters of a damped trend (Gardner and McKenzie 1985), each 0-1."""

    level: float
    trend: float
    damping: float


def fit(history: np.ndarray) -> Smoothing | None:
    """Fit a few histories one by one and take the median of each parameter.

    Parameters
    ----------
    history : ndarray of shape (n_customers, n_months)
        NaN where nothing is known; the last column is the latest month.

    Returns
    -------
    Smoothing or None
        None where there are under 6 months or no history is whole and moves.

    Notes
    -----
    A year or two of months say little about three parameters of one customer; the median over
    customers is steadier, and one recursion then forecasts all customers.
    """
    if history.shape[1] < MIN_FITTED:
        return None
    known = ~np.isnan(history).any(axis=1)
    moving = np.flatnonzero(known & (np.ptp(np.where(known[:, None], history, 0.0), axis=1) > 0))
    if not len(moving):
        return None
    chosen = moving[np.unique(np.linspace(0, len(moving) - 1, N_FITTED).round().astype(int))]
    fitted = [_fit_one(history[i] / np.abs(history[i]).mean()) for i in chosen]
    return Smoothing(*(float(np.median(column)) for column in zip(*fitted, strict=True)))


def _fit_one(values: np.ndarray) -> Smoothing:
    """Maximum likelihood of one history, from a fixed start of level and trend."""
    from statsmodels.tools.sm_exceptions import ConvergenceWarning
    from statsmodels.tsa.holtwinters import Holt

    model = Holt(
        values,
        damped_trend=True,
        initialization_method="known",
        initial_level=values[:_START].mean(),
        initial_trend=0.0,
    )
    with warnings.catch_warnings():
        # A search that ends at a bound of the parameters is an answer, and a median follows.
        warnings.simplefilter("ignore", ConvergenceWarning)
        parameters = model.fit(use_brute=False).params
    names = ("smoothing_level", "smoothing_trend", "damping_trend")
    return Smoothing(*(float(parameters[name]) for name in names))


def forecast(history: np.ndarray, horizon: int, parameters: Smoothing) -> np.ndarray:
    """Run the recursion over all customers at once.

    Returns
    -------
    ndarray of shape (n_customers, horizon)
        NaN where fewer than 3 months are known. A gap lets the level run on with its trend.
    """
    known = ~np.isnan(history)
    seen = np.cumsum(known, axis=1)
    first = np.where(known & (seen <= _START), history, 0.0)
    n_first = np.minimum(seen[:, -1], _START) if history.shape[1] else np.zeros(len(history))
    level = np.divide(
        first.sum(axis=1), n_first, out=np.full(len(history), np.nan), where=n_first >= _START
    )
    trend = np.zeros(len(history))
    alpha, beta, phi = parameters
    for column in range(history.shape[1]):
        started = seen[:, column] > 0
        expected = level + phi * trend
        value = np.where(known[:, column], history[:, column], expected)
        now = np.where(started, alpha * value + (1 - alpha) * expected, level)
        slope = beta * (now - level) + (1 - beta) * phi * trend
        trend = np.where(started, np.where(known[:, column], slope, phi * trend), trend)
        level = now
    steps = np.cumsum(phi ** np.arange(1, horizon + 1))
    return level[:, None] + trend[:, None] * steps
