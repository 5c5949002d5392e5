"""A brief's money in; three charts as lines, bars and texts on a plate of 100 by 60, out.

The plate knows neither PDF nor HTML: each draws the same shapes.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.figures import compact_money, percent
from engine.results import Brief

WIDTH, HEIGHT = 100.0, 60.0
"""Of a plate; y grows downwards."""
INK, PALE, FIRST, SECOND = "#333333", "#c9ced6", "#1f5f99", "#d9822b"
_LEFT, _RIGHT, _TOP, _BOTTOM = 17.0, 98.0, 9.0, 53.0
_MONTHS = 12
_CATEGORIES = 6
_LONGEST = 20
"""Signs of a category's name."""
SMALL = 4.2
"""Height of letters."""


@dataclass(frozen=True)
class Stroke:
    """A line through points; a single one is a dot."""

    points: tuple[tuple[float, float], ...]
    colour: str = INK
    width: float = 0.9


@dataclass(frozen=True)
class Bar:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    colour: str


@dataclass(frozen=True)
class Word:
    """A text; `anchor` is "start", "middle" or "end"; y is its base line."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    colour: str = INK


Shape = Stroke | Bar | Word


@dataclass(frozen=True)
class Chart:
    """One chart, with a title that names what is drawn and its unit."""

    title: str
    shapes: tuple[Shape, ...]


def charts(brief: Brief) -> tuple[Chart, ...]:
    """Balance, income and spending a month, spending by category; what is missing is said."""
    last = brief.months["month"].max()
    recent = brief.months[brief.months["month"] > last - pd.DateOffset(months=_MONTHS)]
    return (
        Chart(f"Balance by month, {brief.currency}", _balance(brief.months, brief.currency)),
        Chart(f"Income and spending a month, {brief.currency}", _flows(recent, brief.currency)),
        Chart("Share of spending by category", _shares(brief.categories)),
    )


def _nothing(what: str) -> tuple[Shape, ...]:
    return (Word(WIDTH / 2, HEIGHT / 2, f"No {what} on record", "middle"),)


def _balance(months: pd.DataFrame, currency: str) -> tuple[Shape, ...]:
    known = months[months["balance"].notna()]
    if known.empty:
        return _nothing("balance of months")
    place, at = _places(known["month"])
    low, high = min(0.0, known["balance"].min()), max(0.0, known["balance"].max())
    rise, shapes = _scale(low, high, currency)
    # A month without a figure parts the line: nothing is drawn where nothing is known.
    runs = np.split(np.arange(len(at)), np.flatnonzero(np.diff(at) > 1) + 1)
    level = known["balance"].to_numpy(dtype=float)
    x = [_LEFT + (_RIGHT - _LEFT) * (one + 0.5) / place for one in at]
    lines = [Stroke(tuple((x[i], rise(level[i])) for i in run), FIRST) for run in runs]
    return (*shapes, *lines, *_ends(known["month"], x))


def _flows(months: pd.DataFrame, currency: str) -> tuple[Shape, ...]:
    known = months[months[["income", "spending"]].notna().any(axis=1)]
    if known.empty:
        return _nothing("income and spending")
    place, at = _places(known["month"])
    rise, shapes = _scale(0.0, float(known[["income", "spending"]].max().max()), currency)
    step = (_RIGHT - _LEFT) / place
    drawn: list[Shape] = list(shapes)
    for n, (name, colour) in enumerate((("income", FIRST), ("spending", SECOND))):
        for one, value in zip(at, known[name].to_numpy(dtype=float), strict=True):
            if value > 0:
                top = rise(value)
                left = _LEFT + step * (one + 0.12 + 0.38 * n)
                drawn.append(Bar(left, top, step * 0.38, rise(0.0) - top, colour))
        said = name.capitalize() if known[name].notna().any() else f"No {name} on record"
        drawn += [
            Bar(_LEFT + 34 * n, 1.5, 3, 3, colour),
            Word(_LEFT + 34 * n + 4.5, 4.7, said),
        ]
    middles = [_LEFT + step * (one + 0.5) for one in at]
    return (*drawn, *_ends(known["month"], middles))


def _shares(categories: pd.DataFrame) -> tuple[Shape, ...]:
    if categories.empty:
        return _nothing("spending by category")
    top = categories.head(_CATEGORIES)
    names, shares = top["category"].astype(str).tolist(), top["share"].tolist()
    if len(categories) > len(top):
        names.append(f"{len(categories) - len(top)} others")
        shares.append(float(categories["share"].iloc[len(top) :].sum()))
    begin, step, most = 44.0, (HEIGHT - 4) / (_CATEGORIES + 1), max(*shares, 1e-9)
    shapes: list[Shape] = []
    for n, (name, share) in enumerate(zip(names, shares, strict=True)):
        y = 2 + step * n
        long = (_RIGHT - 14 - begin) * max(share, 0.0) / most
        shapes += [
            Word(begin - 2, y + step * 0.62, _cut(name), "end"),
            Bar(begin, y + step * 0.12, max(long, 0.3), step * 0.66, FIRST),
            Word(begin + long + 1.5, y + step * 0.62, percent(share)),
        ]
    return tuple(shapes)


def _cut(name: str) -> str:
    name = name[:1].upper() + name[1:]
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1].rstrip()}…"


def _places(months: pd.Series) -> tuple[int, np.ndarray]:
    """How many months the axis has, and which of them each row is; gaps keep their room."""
    number = months.dt.year.to_numpy() * 12 + months.dt.month.to_numpy()
    return int(number.max() - number.min()) + 1, number - number.min()


def _scale(low: float, high: float, currency: str) -> tuple:
    """From a figure to its y, and the lines of the axis with what they stand for."""
    step = _step((high - low) or 1.0)
    first, last = math.floor(low / step), max(math.ceil(high / step), math.floor(low / step) + 1)

    def rise(value: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * (value / step - first) / (last - first)

    shapes: list[Shape] = []
    for tick in range(first, last + 1):
        y = rise(tick * step)
        colour = INK if tick == 0 else PALE
        text = compact_money(tick * step, currency).replace(f"{currency} ", "")
        shapes += [
            Stroke(((_LEFT, y), (_RIGHT, y)), colour, 0.25),
            Word(_LEFT - 1.5, y + SMALL / 3, text, "end"),
        ]
    return rise, shapes


def _step(span: float) -> float:
    """1, 2 or 5 times a power of ten, so that 3 to 5 lines stand."""
    rough = span / 4
    power = 10.0 ** math.floor(math.log10(rough))
    return power * next(n for n in (1, 2, 5, 10) if n * power >= rough * 0.999)


def _ends(months: pd.Series, x: Sequence[float]) -> list[Shape]:
    """The first and the last month under the axis."""
    first, last = (f"{months.iloc[n]:%b %Y}" for n in (0, -1))
    y = _BOTTOM + SMALL + 1.2
    if len(months) == 1:
        return [Word(x[0], y, first, "middle")]
    return [Word(_LEFT, y, first), Word(_RIGHT, y, last, "end")]
