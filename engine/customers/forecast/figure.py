"""One customer's months and the bank's choice in; what is expected, in figures and words, out."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from engine.customers import wording
from engine.customers.finances.months import UNDATED, YEAR
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
    fallback = bool(used) and bool(_why(row, used, choice, settings))
    own = bool(len(ahead)) and _surprised(series, row, choice, settings)
    whole = bool(len(series.months)) and _month(series.months[-1]) in choice.unusual
    position_, text = _position(row, ahead)
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
        position=position_,
        position_text=text,
        unusual_last_month=own or (whole and bool(len(ahead))),
        unusual_for_bank=whole,
        compat=json_value(compat[0, 0]) if compat.size else None,
        axis=_axis(history, ahead),
        tested=tested(choice, currency, settings.level),
        sentence=_sentence(label, ahead, currency, settings.level),
        notes=(*notes, *_warnings(series, choice, own=own, whole=whole and bool(len(ahead)))),
    )


def _ahead(
    series: MonthlySeries, row: np.ndarray, choice: ChosenMethod, settings: ForecastSettings
) -> tuple[pd.DataFrame, str, list[str]]:
    """The months ahead, the method that gave them ("" for none), and what to know about it."""
    known = row[~np.isnan(row)]
    if not len(known):
        return _frame(series, ()), "", [f"No monthly {series.figure} is known."]
    if np.isnan(row[0, -1]):
        last = series.months[np.flatnonzero(~np.isnan(row[0]))[-1]]
        note = f"The last known month is {last:%B %Y}; nothing is forecast from there."
        return _frame(series, ()), "", [note]
    used, values = _answer(row, choice, settings, len(known))
    why = _why(row, used, choice, settings)
    notes = [why] if why else []
    low, high = _between(row, values, used, choice)
    if np.isnan(low).any():
        notes.append("No interval: too few past months of this bank can be compared.")
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


def _why(row: np.ndarray, used: str, choice: ChosenMethod, settings: ForecastSettings) -> str:
    """Why the bank's method does not serve this history and what does; "" where it does."""
    n_known = int((~np.isnan(row)).sum())
    if _constant(row):
        return "Every known month is the same, so the last value is repeated."
    if n_known < settings.min_months:
        n = wording.count(n_known, "month is", "months are")
        why = f"Only {n} known, fewer than any method was tested on"
    elif used != choice.order[0]:
        why = f"The history has gaps or is too short for {LABELS[choice.order[0]]}"
    else:
        return ""
    return f"{why}; used instead: {_method_in_words(used, row)}."


def _method_in_words(used: str, row: np.ndarray) -> str:
    if not used:
        return NONE
    if used != LEVEL:
        return LABELS[used]
    if trending(row)[0]:
        return "last value, as the trend is clear"
    n = int((~np.isnan(row[:, -YEAR:])).sum())
    return f"mean of the last {n} months"


def _position(row: np.ndarray, ahead: pd.DataFrame) -> tuple[float | None, str]:
    """Where the next month lies between the least and most of the last 12 known months."""
    year = row[:, -YEAR:][~np.isnan(row[:, -YEAR:])]
    if ahead.empty or not len(year) or year.min() == year.max():
        return None, UNDEFINED
    value = (ahead["value"].iloc[0] - year.min()) / (year.max() - year.min())
    position = float(np.clip(value, 0.0, 1.0))
    return (
        position,
        f"{wording.percent(position)} of the way from the least to the most of the last year",
    )


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


def tested(choice: ChosenMethod, currency: str, level: float) -> str:
    """How good the bank's method was, in one sentence."""
    chosen = next((row for row in choice.table if row["chosen"]), None)
    if chosen is None or not chosen["n"]:
        return "Not tested: too few past months are known."
    held = chosen["coverage"]
    interval = (
        ""
        if held is None
        else (f"; the {wording.percent(level)} interval held {wording.percent(held)}")
    )
    return (
        f"Tested on {wording.count(chosen['n'], 'past month')} of "
        f"{wording.count(choice.n_customers, 'customer')}: mean error "
        f"{wording.money(chosen['mae'], currency)}{interval}."
    )


def _sentence(label: str, ahead: pd.DataFrame, currency: str, level: float) -> str:
    if ahead.empty:
        return f"{label} cannot be forecast."
    first = ahead.iloc[0]
    text = f"{label} in {first['month']:%B %Y}: about {wording.money(first['value'], currency)}"
    if np.isnan(first["low"]):
        return f"{text}."
    low, high = (wording.money(first[end], currency) for end in ("low", "high"))
    if low == high:
        return f"{text}."
    return f"{text}; {low} to {high} with a chance of {wording.percent(level)}."


def _warnings(series: MonthlySeries, choice: ChosenMethod, *, own: bool, whole: bool) -> list[str]:
    notes = []
    if whole:
        last = series.months[-1]
        share = wording.percent(choice.unusual[_month(last)])
        notes.append(
            f"{last:%B %Y} was unusual for the whole bank ({share} of the customers were outside "
            "what was expected); what follows it may be as well."
        )
    elif own:
        notes.append(f"{series.months[-1]:%B %Y} was unusual for this customer.")
    if not series.dated:
        notes.append(UNDATED)
    return notes


def _month(when: pd.Timestamp) -> str:
    return when.strftime("%Y-%m-%d")
