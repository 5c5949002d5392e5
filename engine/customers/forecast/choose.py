"""One figure of all customers in; the method that serves it, with its errors and intervals, out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from engine.customers.forecast.backtest import (
    RollingForecasts,
    covered,
    fit,
    roll,
    row,
    sample,
    unusual_origins,
)
from engine.customers.forecast.candidates import COMPAT, LABELS, LAST_VALUE, LEVEL, FittedMethods
from engine.customers.forecast.intervals import Bounds, bounds, typical_change
from engine.customers.forecast.series import MonthlySeries
from engine.customers.forecast.smoothing import Smoothing
from engine.settings import ForecastSettings

FALLBACKS: Final = (LEVEL, LAST_VALUE)
"""For a history that is too short for the chosen method, or for any test."""
ANEW: Final = "chosen anew each month"
_SURE: Final = 1.96
"""Standard errors by which the best must lead a simpler method: 95 % confidence."""


@dataclass(frozen=True)
class ChosenMethod:
    """What serves one figure of one bank, and how good it was.

    Attributes
    ----------
    order : tuple of str
        The chosen method, then the others from best to worst; the first that answers is used.
    typical : float
        The bank's typical monthly change, as a share of the figure.
    between : mapping
        Method -> for each month ahead, the scaled errors between which intervals lie or None.
    unusual : mapping
        ISO month -> share of customers outside their intervals in a month that is unusual for the
        bank as a whole.
    table : tuple of mapping
        A row for each candidate (engine.customers.forecast.backtest.row), unusual months left out.
    apart : tuple of mapping
        The same rows for each unusual month, with `month`.
    first, last : str
        ISO months that the table is about, "" where there were none.
    n_customers : int
        On whom it was judged.
    """

    figure: str
    order: tuple[str, ...]
    fitted: FittedMethods
    typical: float
    between: Mapping[str, tuple[Bounds | None, ...]]
    unusual: Mapping[str, float]
    table: tuple[Mapping[str, Any], ...]
    apart: tuple[Mapping[str, Any], ...]
    first: str
    last: str
    n_customers: int

    @property
    def tested(self) -> bool:
        """Whether any month could be forecast and compared."""
        return bool(self.first)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "ChosenMethod":
        """From `dataclasses.asdict` after a way through JSON."""
        lags, curve = stored["fitted"]
        between = {
            name: tuple(_bounds(one) if one else None for one in ahead)
            for name, ahead in stored["between"].items()
        }
        fitted = FittedMethods(tuple(lags) if lags else None, Smoothing(*curve) if curve else None)
        kept = {**stored, "fitted": fitted, "between": between}
        return cls(**kept | {name: tuple(stored[name]) for name in ("order", "table", "apart")})


def _bounds(stored: Sequence[Any]) -> Bounds:
    cuts, pairs = stored
    return Bounds(tuple(cuts), tuple((low, high) for low, high in pairs))


def choose(series: MonthlySeries, settings: ForecastSettings) -> ChosenMethod:
    """Judge every candidate at rolling origins and take the simplest that none clearly beats.

    Notes
    -----
    The measure is the mean absolute error over each customer's scale (Hyndman and Koehler 2006),
    so that every customer counts the same. A simpler method is taken unless the best one beats it
    with 95 % confidence, paired over customers. Months that are unusual for the bank neither
    choose a method nor make an interval; they are reported apart.
    """
    series = sample(series, settings.max_customers)
    rolled = roll(series, settings)
    share = unusual_origins(rolled, settings)
    odd = share > 0
    inside = {name: covered(rolled, name, odd, settings.level) for name in LABELS}
    order = ranked(rolled, ~odd, settings)
    months = series.months[rolled.origins].strftime("%Y-%m-%d")
    compared = ~np.isnan(rolled.errors(LAST_VALUE))
    seen = compared.any(axis=0) & ~odd
    return ChosenMethod(
        figure=series.figure,
        order=order,
        fitted=fit(series.amounts),
        typical=typical_change(series.amounts),
        between=_between(rolled, odd, settings),
        unusual={months[j]: float(share[j]) for j in np.flatnonzero(odd)},
        table=_rows(rolled, inside, order[0], ~odd, odd, settings) if seen.any() else (),
        apart=tuple(
            {**line, "month": months[j]}
            for j in np.flatnonzero(odd)
            for line in _rows(rolled, inside, order[0], np.arange(len(odd)) == j, odd, settings)
        ),
        first=str(months[seen][0]) if seen.any() else "",
        last=str(months[seen][-1]) if seen.any() else "",
        n_customers=int(compared.any(axis=1).sum()),
    )


def ranked(
    rolled: RollingForecasts, used: np.ndarray, settings: ForecastSettings
) -> tuple[str, ...]:
    """The chosen method first, then the others from best to worst by mean scaled error.

    Each is compared with last value on the forecasts that both made, so that one that needs a
    longer history is not judged on other months. `used` are the origins that count.
    """
    errors = {name: np.abs(rolled.scaled(name)[:, used]) for name in LABELS if name != COMPAT}
    relative = {}
    for name, own in errors.items():
        known = ~np.isnan(own)
        base = errors[LAST_VALUE][known].sum()
        if known.sum() >= settings.min_forecasts and base > 0:
            relative[name] = own[known].sum() / base
    if not relative:
        return (LAST_VALUE, LEVEL)
    by_error = sorted(relative, key=lambda name: (relative[name], list(LABELS).index(name)))
    best = errors[by_error[0]]
    first = next(name for name in LABELS if name in relative and not _beaten(errors[name], best))
    return (first, *(name for name in by_error if name != first))


def _beaten(errors: np.ndarray, best: np.ndarray) -> bool:
    """Whether the best method is better with 95 % confidence, customers being independent."""
    lead = np.nansum(errors - best, axis=1)
    return bool(lead.sum() > _SURE * np.sqrt((lead**2).sum()))


def _between(
    rolled: RollingForecasts, odd: np.ndarray, settings: ForecastSettings
) -> dict[str, tuple[Bounds | None, ...]]:
    """For each method and month ahead, where its scaled errors lie; odd months left out."""
    n = len(rolled.origins)
    between = {}
    for name in LABELS:
        months = []
        for ahead in range(settings.horizon):
            hit = np.append(odd, np.zeros(ahead, dtype=bool))[ahead:][:n]
            errors, level = rolled.telling(name, ahead)[:, ~hit], rolled.level[:, ~hit]
            months.append(bounds(errors, level, settings.level))
        between[name] = tuple(months)
    return between


def _rows(
    rolled: RollingForecasts,
    inside: Mapping[str, np.ndarray],
    chosen: str,
    used: np.ndarray,
    odd: np.ndarray,
    settings: ForecastSettings,
) -> tuple[dict[str, Any], ...]:
    """A row for each candidate over some origins, and one for the choice made anew each month."""
    actual, reference = rolled.actual[:, used, 0], rolled.forecast[LAST_VALUE][:, used, 0]
    scale = rolled.scale[:, used]
    told = {name: rolled.forecast[name][:, :, 0] for name in LABELS}
    again, held = _anew(rolled, told, inside, odd, settings)
    rows = [
        row(LABELS[name], actual, told[name][:, used], reference, scale, inside[name][:, used])
        | {"chosen": name == chosen}
        for name in LABELS
    ]
    last = row(ANEW, actual, again[:, used], reference, scale, held[:, used])
    return (*rows, {**last, "chosen": False})


def _anew(
    rolled: RollingForecasts,
    told: Mapping[str, np.ndarray],
    inside: Mapping[str, np.ndarray],
    odd: np.ndarray,
    settings: ForecastSettings,
) -> tuple[np.ndarray, np.ndarray]:
    """What would have been said had the choice been made each month on the months before it."""
    forecast = np.full(rolled.scale.shape, np.nan)
    held = np.full(rolled.scale.shape, np.nan)
    for j in range(len(odd)):
        before = np.arange(len(odd)) < j
        for name in ranked(rolled, before & ~odd, settings):
            silent = np.isnan(forecast[:, j])
            forecast[silent, j] = told[name][silent, j]
            held[silent, j] = inside[name][silent, j]
    return forecast, held
