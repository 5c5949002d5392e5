"""One customer's months and the bank's choice in; what is expected, in figures and words, out."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd

from engine.customers import claims_ahead
from engine.customers.claims import Claim
from engine.customers.finances.months import YEAR
from engine.customers.forecast.candidates import (
    COMPAT,
    LABELS,
    LAST_VALUE,
    LEVEL,
    predict,
    trending,
)
from engine.customers.forecast.choose import FALLBACKS, ChosenMethod
from engine.customers.forecast.intervals import levels, scales
from engine.customers.forecast.series import MonthlySeries, trend
from engine.json_values import json_value
from engine.results.money import Forecast
from engine.settings import ForecastSettings

NONE: Final = "none"
UNDEFINED: Final = "undefined"
_MARGIN: Final = 0.1


def forecast_of(
    series: MonthlySeries,
    choice: ChosenMethod,
    position: int,
    currency: str,
    settings: ForecastSettings,
) -> Forecast:
    """What is expected of one figure of one customer, in a millisecond.

    Parameters
    ----------
    choice : ChosenMethod
        What serves this figure of the bank.
    position : int
        Row of the customer.
    """
    row = series.amounts[position : position + 1]
    label = series.figure.capitalize()
    ahead, used, notes = _ahead(series, row, choice, settings)
    warnings = _warnings(series, choice, row, settings, known=bool(len(ahead)))
    fallback = bool(used) and bool(_why(label, row, used, choice, settings))
    whole = bool(len(series.months)) and _month(series.months[-1]) in choice.unusual
    way = _way(label, row, ahead)
    compat = predict(COMPAT, row, 1, choice.fitted)
    known = ~np.isnan(row[0])
    history = pd.DataFrame({"month": series.months[known], "value": row[0, known]})
    slope = trend(row)[0][0]
    return Forecast(
        figure=series.figure,
        label=label,
        history=history,
        months=ahead,
        level=settings.level,
        method=_method_in_words(used, row),
        fallback=fallback,
        slope=json_value(slope),
        position=way.figures["share"] if way else None,
        position_text=way.text if way else UNDEFINED,
        unusual_last_month=any(one.kind.startswith("odd_") for one in warnings),
        unusual_for_bank=whole,
        compat=json_value(compat[0, 0]) if compat.size else None,
        axis=_axis(history, ahead),
        tested=f"{tested(choice, currency, settings.level).text}.",
        sentence=f"{_expected(label, ahead, used, currency, settings.level).text}.",
        notes=tuple(f"{claim.text}." for claim in (*notes, *warnings)),
    )


def claims_of(
    series: MonthlySeries,
    choice: ChosenMethod,
    position: int,
    currency: str,
    settings: ForecastSettings,
) -> Iterator[Claim]:
    """What `forecast_of` says of one customer's figure."""
    row, label = series.amounts[position : position + 1], series.figure.capitalize()
    ahead, used, notes = _ahead(series, row, choice, settings)
    yield _expected(label, ahead, used, currency, settings.level)
    yield tested(choice, currency, settings.level)
    yield from notes
    yield from _warnings(series, choice, row, settings, known=bool(len(ahead)))
    if way := _way(label, row, ahead):
        yield way


def _ahead(
    series: MonthlySeries, row: np.ndarray, choice: ChosenMethod, settings: ForecastSettings
) -> tuple[pd.DataFrame, str, list[Claim]]:
    """The months ahead, the method that gave them ("" for none), and what to know about it."""
    known, label = row[~np.isnan(row)], series.figure.capitalize()
    if not len(known):
        return _frame(series, ()), "", [claims_ahead.none_known(figure=label)]
    if np.isnan(row[0, -1]):
        last = series.months[np.flatnonzero(~np.isnan(row[0]))[-1]]
        return _frame(series, ()), "", [claims_ahead.ends_early(figure=label, month=last)]
    used, values = _answer(row, choice, settings, len(known))
    why = _why(label, row, used, choice, settings)
    notes = [why] if why else []
    low, high = _between(row, values, used, choice)
    if np.isnan(low).any():
        notes.append(claims_ahead.no_interval())
    values, low, high = (np.maximum(v, series.floor) for v in (values, low, high))
    return _frame(series, values, low, high), used, notes


def _answer(
    row: np.ndarray, choice: ChosenMethod, settings: ForecastSettings, n_known: int
) -> tuple[str, np.ndarray]:
    """The first method that answers; last value always does."""
    names: Sequence[str] = (*choice.order, *FALLBACKS)
    if n_known < settings.min_months:
        names = FALLBACKS
    if _constant(row):
        names = (LAST_VALUE,)
    for name in names:
        values = predict(name, row, settings.horizon, choice.fitted)[0]
        if not np.isnan(values).any():
            return name, values
    return LAST_VALUE, predict(LAST_VALUE, row, settings.horizon, choice.fitted)[0]


def _constant(row: np.ndarray) -> bool:
    known = row[~np.isnan(row)]
    return len(known) > 1 and bool((known == known[0]).all())


def _between(
    row: np.ndarray, values: np.ndarray, used: str, choice: ChosenMethod
) -> tuple[np.ndarray, np.ndarray]:
    """The interval of each month ahead; it holds the forecast itself."""
    scale = scales(row, choice.typical)[0]
    level = levels(row)
    pairs = [
        (np.nan, np.nan) if one is None else one.of(level)[0]
        for one in choice.between[used][: len(values)]
    ]
    low, high = (values + scale * np.array(ends) for ends in zip(*pairs, strict=True))
    return np.minimum(low, values), np.maximum(high, values)


def _surprised(
    series: MonthlySeries, row: np.ndarray, choice: ChosenMethod, settings: ForecastSettings
) -> bool:
    """Whether the last month lies far outside what the months before it let expect."""
    before = row[:, :-1]
    n_known = int((~np.isnan(before)).sum())
    if n_known < settings.min_months or np.isnan(before[0, -1]):
        return False
    used, values = _answer(before, choice, settings, n_known)
    low, high = _between(before, values, used, choice)
    off = row[0, -1] - np.maximum(values[0], series.floor)
    width = (high - values if off > 0 else values - low)[0]
    return bool(abs(off) > settings.unusual_width * width)


def _why(
    label: str, row: np.ndarray, used: str, choice: ChosenMethod, settings: ForecastSettings
) -> Claim | None:
    """Why the bank's method does not serve this history and what does; None where it does."""
    n_known = int((~np.isnan(row)).sum())
    if _constant(row):
        return claims_ahead.months_alike(figure=label)
    method = _method_in_words(used, row)
    if n_known < settings.min_months:
        return claims_ahead.few_months(figure=label, n=n_known, used=method)
    if used != choice.order[0]:
        return claims_ahead.unfit(figure=label, method=LABELS[choice.order[0]], used=method)
    return None


def _method_in_words(used: str, row: np.ndarray) -> str:
    if not used:
        return NONE
    if used != LEVEL:
        return LABELS[used]
    if trending(row)[0]:
        return "last value, as the trend is clear"
    n = int((~np.isnan(row[:, -YEAR:])).sum())
    return f"mean of the last {n} months"


def _way(label: str, row: np.ndarray, ahead: pd.DataFrame) -> Claim | None:
    """Where the next month lies between the least and most of the last 12 known months."""
    year = row[:, -YEAR:][~np.isnan(row[:, -YEAR:])]
    if ahead.empty or not len(year) or year.min() == year.max():
        return None
    value = float(ahead["value"].iloc[0])
    share = float(np.clip((value - year.min()) / (year.max() - year.min()), 0.0, 1.0))
    return claims_ahead.on_the_way(figure=label, share=share, value=value)


def _frame(
    series: MonthlySeries,
    values: Sequence[float] | np.ndarray,
    low: Sequence[float] | np.ndarray = (),
    high: Sequence[float] | np.ndarray = (),
) -> pd.DataFrame:
    last = np.datetime64(series.months[-1] if len(series.months) else "NaT", "M")
    months = (last + np.arange(1, len(values) + 1)).astype("datetime64[us]")
    figures = {"value": values, "low": low, "high": high}
    return pd.DataFrame({"month": months} | {k: np.asarray(v, float) for k, v in figures.items()})


def _axis(history: pd.DataFrame, ahead: pd.DataFrame) -> tuple[float, float]:
    """A tenth below the least and above the most that the chart shows."""
    shown = np.append(history["value"].to_numpy(), ahead.iloc[:, 1:].to_numpy())
    shown = shown[~np.isnan(shown)]
    if not len(shown):
        return 0.0, 1.0
    low, high = float(shown.min()), float(shown.max())
    return low - _MARGIN * abs(low), high + _MARGIN * abs(high)


def tested(choice: ChosenMethod, currency: str, level: float) -> Claim:
    """How good the bank's method was."""
    chosen = next((row for row in choice.table if row["chosen"]), None)
    if chosen is None or not chosen["n"]:
        return claims_ahead.untested()
    held = np.nan if chosen["coverage"] is None else chosen["coverage"]
    return claims_ahead.tested(
        figure=choice.figure.capitalize(), n=chosen["n"], n_customers=choice.n_customers,
        mae=chosen["mae"], level=level, held=held, used=choice.order[0], currency=currency,
    )  # fmt: skip


def _expected(label: str, ahead: pd.DataFrame, used: str, currency: str, level: float) -> Claim:
    if ahead.empty:
        return claims_ahead.not_forecast(figure=label)
    first = ahead.iloc[0]
    return claims_ahead.expected(
        figure=label, month=first["month"], value=first["value"], low=first["low"],
        high=first["high"], level=level, used=used, currency=currency,
    )  # fmt: skip


def _warnings(
    series: MonthlySeries,
    choice: ChosenMethod,
    row: np.ndarray,
    settings: ForecastSettings,
    *,
    known: bool,
) -> list[Claim]:
    """An odd last month of the bank, or else of the customer; months without dates."""
    notes = []
    last = series.months[-1] if len(series.months) else pd.NaT
    if known and _month(last) in choice.unusual:
        notes.append(claims_ahead.odd_for_bank(month=last, share=choice.unusual[_month(last)]))
    elif known and _surprised(series, row, choice, settings):
        notes.append(claims_ahead.odd_for_customer(month=last))
    return notes if series.dated else [*notes, claims_ahead.undated()]


def _month(when: pd.Timestamp) -> str:
    return when.strftime("%Y-%m-%d")
