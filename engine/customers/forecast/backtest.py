"""Monthly histories in; what each candidate would have said at every past month, judged, out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from engine.customers.forecast import smoothing
from engine.customers.forecast.candidates import (
    LABELS,
    LAST_VALUE,
    LEVEL,
    FittedMethods,
    fit_lags,
    predict,
)
from engine.customers.forecast.intervals import (
    bounds,
    levels,
    months_begun,
    moved,
    quantiles,
    scales,
    typical_change,
)
from engine.customers.forecast.series import MonthlySeries
from engine.settings import ForecastSettings

_REFIT: Final = 4
"""Origins between two fits of the smoothing parameters, which hardly move (own choice)."""


@dataclass(frozen=True, eq=False)
class RollingForecasts:
    """Forecasts at rolling origins: each saw only the months before it.

    Attributes
    ----------
    origins : ndarray of shape (n_origins,)
        Column of the series that is the first month ahead.
    actual : ndarray of shape (n_customers, n_origins, horizon)
    forecast : mapping of str to ndarray of that shape
        By candidate; NaN where it could not answer.
    scale : ndarray of shape (n_customers, n_origins)
        How much the figure usually moved, as known at the origin; NaN for who began less
        than `min_months` before, so that one of them does not outweigh all others.
    moved : ndarray of bool, shape (n_customers, n_origins)
        Whether it had moved at all.
    level : ndarray of that shape
        How large the figure was in the year before.
    """

    origins: np.ndarray
    actual: np.ndarray
    forecast: Mapping[str, np.ndarray]
    scale: np.ndarray
    moved: np.ndarray
    level: np.ndarray

    def errors(self, name: str, ahead: int = 0) -> np.ndarray:
        """Actual less forecast `ahead` + 1 months ahead, shape (n_customers, n_origins)."""
        return self.actual[:, :, ahead] - self.forecast[name][:, :, ahead]

    def scaled(self, name: str, ahead: int = 0) -> np.ndarray:
        """Errors over each customer's scale."""
        return self.errors(name, ahead) / self.scale

    def telling(self, name: str, ahead: int = 0) -> np.ndarray:
        """The scaled errors that intervals are made of, NaN for a figure that never moved.

        The many whose balance stands still would make the intervals of all others too narrow.
        """
        return np.where(self.moved, self.scaled(name, ahead), np.nan)


def fit(history: np.ndarray, curve: smoothing.Smoothing | None = None) -> FittedMethods:
    """Learn what the candidates need; a curve that is given is not fitted again."""
    return FittedMethods(fit_lags(history), curve or smoothing.fit(history))


def roll(series: MonthlySeries, settings: ForecastSettings) -> RollingForecasts:
    """Forecast every month from the 7th on from the months before it.

    A customer takes part in an origin with at least `min_months` known months, the last included.
    """
    values, horizon = series.amounts, settings.horizon
    n, n_months = values.shape
    origins = np.arange(settings.min_months, n_months)
    shape = (n, len(origins), horizon)
    actual = np.full(shape, np.nan)
    forecast = {name: np.full(shape, np.nan) for name in LABELS}
    scale, changed = np.full(shape[:2], np.nan), np.zeros(shape[:2], dtype=bool)
    level = np.full(shape[:2], np.nan)
    fitted = FittedMethods()
    for j, origin in enumerate(origins):
        history = values[:, :origin]
        enough = (~np.isnan(history)).sum(axis=1) >= settings.min_months
        history = np.where((enough & ~np.isnan(history[:, -1]))[:, None], history, np.nan)
        fitted = fit(history, fitted.smoothing if j % _REFIT else None)
        for name, forecasts in forecast.items():
            forecasts[:, j] = np.maximum(predict(name, history, horizon, fitted), series.floor)
        measured = scales(history, typical_change(history))
        begun = months_begun(history) >= settings.min_months
        scale[:, j] = np.where(begun, measured, np.nan)
        changed[:, j] = moved(history)
        level[:, j] = levels(history)
        ahead = values[:, origin : origin + horizon]
        actual[:, j, : ahead.shape[1]] = ahead
    return RollingForecasts(origins, actual, forecast, scale, changed, level)


def unusual_origins(rolled: RollingForecasts, settings: ForecastSettings) -> np.ndarray:
    """Which share of the customers was outside in each month that stands out.

    Returns
    -------
    ndarray of shape (n_origins,)
        0 for an ordinary month.

    Notes
    -----
    A customer is outside where the month left the interval of last value and that of level, so
    that the return to normal after an odd month is not odd as well. A month is unusual where more
    than `unusual_share` is outside; the second such month in a row is how things are now.
    """
    scaled = [rolled.scaled(name) for name in (LAST_VALUE, LEVEL)]
    telling = [rolled.telling(name) for name in (LAST_VALUE, LEVEL)]
    share_outside = np.zeros(len(rolled.origins))
    for j in range(1, len(share_outside)):
        usual = [errors[:, :j][:, share_outside[:j] == 0] for errors in telling]
        between = [quantiles(errors, settings.level) for errors in usual]
        known = ~np.isnan(scaled[0][:, j] + scaled[1][:, j])
        if None in between or known.sum() < settings.min_forecasts or share_outside[j - 1]:
            continue
        outside = [
            (errors[known, j] < pair[0]) | (errors[known, j] > pair[1])
            for errors, pair in zip(scaled, between, strict=True)
        ]
        share = (outside[0] & outside[1]).mean()
        share_outside[j] = share if share > settings.unusual_share else 0.0
    return share_outside


def covered(rolled: RollingForecasts, name: str, odd: np.ndarray, level: float) -> np.ndarray:
    """Whether the next month fell into the interval that stood at its origin.

    Returns
    -------
    ndarray of shape (n_customers, n_origins)
        1 or 0, NaN where there was no forecast or no earlier error to make an interval of. Odd
        months never feed an interval.
    """
    scaled, telling = rolled.scaled(name), rolled.telling(name)
    is_covered = np.full(scaled.shape, np.nan)
    for j in range(1, scaled.shape[1]):
        before = np.flatnonzero(~odd[:j])
        between = bounds(telling[:, before], rolled.level[:, before], level)
        if between is not None:
            low, high = between.of(rolled.level[:, j]).T
            inside = (scaled[:, j] >= low) & (scaled[:, j] <= high)
            is_covered[:, j] = np.where(np.isnan(scaled[:, j]), np.nan, inside)
    return is_covered


def row(
    label: str,
    actual: np.ndarray,
    forecast: np.ndarray,
    reference: np.ndarray,
    scale: np.ndarray,
    inside: np.ndarray,
) -> dict[str, Any]:
    """Figures of one candidate over some origins; every array is (n_customers, n_origins).

    Returns
    -------
    dict
        method, n, mae, smape (0-2), relative (mean scaled error over that of last value on the
        same forecasts), beats_last_value (share of customers with a smaller mean error), coverage
        (share of months inside the interval), n_intervals. None where there is nothing to judge.
    """
    error = np.abs(actual - forecast)
    known = ~np.isnan(error)
    base = np.where(known, np.abs(actual - reference), np.nan)
    size = np.abs(actual) + np.abs(forecast)
    relative = np.divide(2 * error, size, out=np.where(known, 0.0, np.nan), where=size > 0)
    mine, theirs = np.nansum(error, axis=1), np.nansum(base, axis=1)
    judged = known.any(axis=1)
    intervals = known & ~np.isnan(inside)
    whole = np.nansum(base / scale)
    return {
        "method": label,
        "n": int(known.sum()),
        "mae": _mean(error),
        "smape": _mean(relative),
        "relative": float(np.nansum(error / scale) / whole) if whole > 0 else None,
        "beats_last_value": float((mine < theirs)[judged].mean()) if judged.any() else None,
        "coverage": float(inside[intervals].mean()) if intervals.any() else None,
        "n_intervals": int(intervals.sum()),
    }


def sample(series: MonthlySeries, most: int) -> MonthlySeries:
    """At most so many customers, spread evenly; the same ones every time."""
    n = len(series.amounts)
    if n <= most:
        return series
    chosen = np.unique(np.linspace(0, n - 1, most).round().astype(np.int64))
    return MonthlySeries(series.figure, series.amounts[chosen], series.months, series.dated)


def _mean(values: np.ndarray) -> float | None:
    known = ~np.isnan(values)
    return float(values[known].mean()) if known.any() else None
