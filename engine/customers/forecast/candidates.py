"""Monthly histories of all customers in; what each candidate method says of the next months out."""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from engine.customers.forecast import smoothing
from engine.customers.forecast.series import trend
from engine.customers.forecast.smoothing import Smoothing

LAST_VALUE: Final = "last_value"
LEVEL: Final = "level"
DRIFT: Final = "drift"
SEASONAL: Final = "seasonal"
LAGS: Final = "lags"
SMOOTHING: Final = "smoothing"
COMPAT: Final = "compat"

LABELS: Final = {
    LAST_VALUE: "last value",
    LEVEL: "mean of 12 months, last value where a trend is clear",
    DRIFT: "drift",
    SEASONAL: "same month a year before",
    LAGS: "linear regression on lags",
    SMOOTHING: "exponential smoothing",
    COMPAT: "linear regression, 11 fixed lags (compat)",
}
"""Every candidate, the simplest first; `compat` is shown beside the others and never chosen."""

COMPAT_WEIGHTS: Final = (
    0.4808882, -0.4080127, 0.2575858, -0.6216132, 0.1786845, -0.0641142,
    0.4493840, -0.2606134, 0.0051874, -0.0001161, 0.9803827,
)  # fmt: skip
"""Coefficients of an earlier system, oldest month first, known to four decimals; the further
digits are the smallest change, under .00002, that gives the one forecast known of it, 34560.05."""
COMPAT_INTERCEPT: Final = -10.19

_YEAR: Final = 12
_MIN_KNOWN: Final = 3
_TREND_LEVEL: Final = 0.05
_MAX_LAGS: Final = 6
_MIN_WINDOWS: Final = 20
_WIDEST: Final = 5.0
_RIDGE: Final = 1e-3


class FittedMethods(NamedTuple):
    """What was learned from the histories up to one month.

    Attributes
    ----------
    lags : tuple of float or None
        Intercept, then a weight for each lag, oldest first; of histories over their mean.
    """

    lags: tuple[float, ...] | None = None
    smoothing: Smoothing | None = None


def fit_lags(history: np.ndarray) -> tuple[float, ...] | None:
    """One linear regression for all customers on their last months.

    Parameters
    ----------
    history : ndarray of shape (n_customers, n_months)

    Returns
    -------
    tuple of float or None
        None where there are fewer than 20 whole windows.

    Notes
    -----
    A window is divided by the mean size of its lags, so that the large do not outweigh the small;
    a next month of more than 5 times that counts as 5. As many lags as half the months, at most 6;
    ridge of a thousandth. Source: own choice.
    """
    n_lags = min(_MAX_LAGS, history.shape[1] // 2)
    if n_lags < 1:
        return None
    windows = np.lib.stride_tricks.sliding_window_view(history, n_lags + 1, axis=1)
    windows = windows.reshape(-1, n_lags + 1)
    windows = windows[~np.isnan(windows).any(axis=1)]
    size = np.abs(windows[:, :-1]).mean(axis=1)
    windows = windows[size > 0] / size[size > 0, None]
    if len(windows) < _MIN_WINDOWS:
        return None
    inputs = np.column_stack([np.ones(len(windows)), windows[:, :-1]])
    target = np.clip(windows[:, -1], -_WIDEST, _WIDEST)
    gram = inputs.T @ inputs + _RIDGE * len(windows) * np.eye(n_lags + 1)
    return tuple(float(w) for w in np.linalg.solve(gram, inputs.T @ target))


def predict(name: str, history: np.ndarray, horizon: int, fitted: FittedMethods) -> np.ndarray:
    """What one candidate says of the months after the last column.

    Parameters
    ----------
    name : str
        A key of `LABELS`.
    history : ndarray of shape (n_customers, n_months)
        NaN where nothing is known.
    horizon : int
        Months ahead, at most 12.

    Returns
    -------
    ndarray of shape (n_customers, horizon)
        NaN where the history does not reach for this candidate or its last month is unknown.
    """
    if not history.shape[1]:
        return np.full((len(history), horizon), np.nan)
    if name in _PLAIN:
        values = _PLAIN[name](history, horizon)
    else:
        values = _LEARNED[name](history, horizon, fitted)
    return np.where(np.isnan(history[:, -1:]), np.nan, values)


def trending(history: np.ndarray) -> np.ndarray:
    """Where the last 12 months have a slope that chance seldom makes, bool of shape (n_customers,).

    Notes
    -----
    A t-test of the least-squares slope at the 5 % level. To test first and then take the model of
    a level or of a walk forecasts better than either alone (Diebold and Kilian 2000).
    """
    from scipy.special import stdtrit

    slope, error, n = trend(history)
    least = stdtrit(np.maximum(n - 2, 1), 1 - _TREND_LEVEL / 2)
    return (n >= _MIN_KNOWN) & (np.abs(slope) > least * error)


def _last_value(history: np.ndarray, horizon: int) -> np.ndarray:
    return np.repeat(history[:, -1:], horizon, axis=1)


def _level(history: np.ndarray, horizon: int) -> np.ndarray:
    """The mean of the last year, or the last value of a history that does not keep a level."""
    year = history[:, -_YEAR:]
    n = (~np.isnan(year)).sum(axis=1)
    mean = np.divide(np.nansum(year, axis=1), n, out=np.full(len(n), np.nan), where=n >= _MIN_KNOWN)
    level = np.where(trending(history), history[:, -1], mean)
    return np.repeat(level[:, None], horizon, axis=1)


def _drift(history: np.ndarray, horizon: int) -> np.ndarray:
    known = ~np.isnan(history)
    first = known.argmax(axis=1)
    span = history.shape[1] - 1 - first
    rise = history[:, -1] - history[np.arange(len(history)), first]
    enough = known.sum(axis=1) >= _MIN_KNOWN
    step = np.divide(rise, span, out=np.full(len(rise), np.nan), where=enough & (span > 0))
    return history[:, -1:] + step[:, None] * np.arange(1, horizon + 1)


def _seasonal(history: np.ndarray, horizon: int) -> np.ndarray:
    if history.shape[1] < _YEAR:
        return np.full((len(history), horizon), np.nan)
    return history[:, -_YEAR:][:, :horizon]


def _lags(history: np.ndarray, horizon: int, fitted: FittedMethods) -> np.ndarray:
    if fitted.lags is None:
        return np.full((len(history), horizon), np.nan)
    intercept, *weights = fitted.lags
    size = np.abs(history[:, -len(weights) :]).mean(axis=1, keepdims=True)
    return _autoregression(history, horizon, np.array(weights), intercept * size)


def _compat(history: np.ndarray, horizon: int) -> np.ndarray:
    return _autoregression(history, horizon, np.array(COMPAT_WEIGHTS), COMPAT_INTERCEPT)


def _smoothing(history: np.ndarray, horizon: int, fitted: FittedMethods) -> np.ndarray:
    if fitted.smoothing is None:
        return np.full((len(history), horizon), np.nan)
    return smoothing.forecast(history, horizon, fitted.smoothing)


def _autoregression(
    history: np.ndarray, horizon: int, weights: np.ndarray, intercept: np.ndarray | float
) -> np.ndarray:
    """Each month from the months before it, forecasts included; NaN where a lag is missing."""
    if history.shape[1] < len(weights):
        return np.full((len(history), horizon), np.nan)
    months = history[:, -len(weights) :]
    for _ in range(horizon):
        lags = months[:, -len(weights) :]
        months = np.hstack([months, (lags @ weights)[:, None] + intercept])
    return months[:, len(weights) :]


_PLAIN: Final[dict[str, Callable[[np.ndarray, int], np.ndarray]]] = {
    LAST_VALUE: _last_value,
    LEVEL: _level,
    DRIFT: _drift,
    SEASONAL: _seasonal,
    COMPAT: _compat,
}
_LEARNED: Final[dict[str, Callable[[np.ndarray, int, FittedMethods], np.ndarray]]] = {
    LAGS: _lags,
    SMOOTHING: _smoothing,
}
