"""How things are written: money, shares, dates, metrics, and data that must stay text."""

import re
from typing import Any

import pandas as pd

from engine.figures import MINUS, percent, signed
from engine.figures import change as changed
from engine.figures import compact_money as compact_amount
from engine.figures import day as written_day
from engine.figures import money as amount_of_money

DASH = "–"
NBSP = "\u00a0"
MIME = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
"""Kind of file -> what a browser is told that it is."""
GOOD_MOOD = 0.25
"""Sentiment from which a mood is called good, and poor on the other side (own choice)."""


def is_missing(value: Any) -> bool:
    """None, NaN, NaT or an empty text."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    return bool(pd.isna(value)) if pd.api.types.is_scalar(value) else False


def escape(value: Any, *, signs: str = r"\\`*_\[\]<>$:~#|!&") -> str:
    """Make a text from data safe where markdown is read: it stays the characters it is.

    Parameters
    ----------
    value : object
        Anything shown; a missing value becomes an en dash.
    signs : str
        What gets a backslash, as a character class of a regular expression.

    Returns
    -------
    str
        One line; markdown, directives, math and HTML signs carry a backslash.
    """
    if is_missing(value):
        return DASH
    text = " ".join(str(value).split())
    text = re.sub(r"(?i)\b(https?|www|mailto|javascript)(?=[:.])", "\\1\u2060", text)
    # An address would become a link; "MAP@7" is none.
    text = re.sub(r"(?<=[-.+\w])@(?=[-\w]+\.[-\w])", "@\u2060", text)
    text = re.sub(f"([{signs}])", r"\\\1", text)
    return re.sub(r"^(\d*)([-+=.)])", r"\1\\\2", text)


def badge_text(value: Any) -> str:
    """`escape` for st.badge, which itself puts the backslash before brackets."""
    return escape(value, signs=r"\\`*_<>$:~#|!&")


def figure_text(value: Any) -> str:
    """Make a text from data safe inside a Plotly figure, which reads a little HTML."""
    if is_missing(value):
        return DASH
    text = " ".join(str(value).split())
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _solid(text: str) -> str:
    """A figure that does not break between its number and its unit."""
    return text.replace(" ", NBSP)


def money(value: float | None, currency: str) -> str:
    """Money as the engine's sentences say it."""
    return DASH if is_missing(value) else _solid(amount_of_money(float(value), currency))


def compact_money(value: float | None, currency: str) -> str:
    """Three digits at most: USD 12.3k, USD 4.1M."""
    return DASH if is_missing(value) else _solid(compact_amount(float(value), currency))


def share(value: float | None) -> str:
    """Per cent of a 0-1 share."""
    return DASH if is_missing(value) else _solid(percent(float(value)))


def points(value: float | None, digits: int = 2) -> str:
    """Signed points of a 0-10 metric, of a score, or of whatever else differs."""
    return DASH if is_missing(value) else signed(float(value), digits)


def two(value: float | None) -> str:
    """A figure with two decimals."""
    return DASH if is_missing(value) else f"{value:.2f}"


def metric(value: float | None) -> str:
    """A 0-10 metric with one decimal."""
    return DASH if is_missing(value) else f"{value:.1f}"


def count(value: float | None) -> str:
    """A number with thousands separators; a mean of counts keeps one decimal."""
    if is_missing(value):
        return DASH
    text = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
    return text.replace("-", MINUS)


def counted(n: float, noun: str) -> str:
    """ "no dependants", "1 dependant", "1,200 dependants"."""
    return f"{count(n) if n else 'no'} {noun}{'' if n == 1 else 's'}"


def day(value: Any) -> str:
    """A date as 12 Mar 2026."""
    return DASH if is_missing(value) else written_day(pd.Timestamp(value))


def moment(value: Any) -> str:
    """A date with its time in UTC, as 12 Mar 2026, 14:05."""
    return DASH if is_missing(value) else f"{day(value)}, {pd.Timestamp(value):%H:%M}"


def mood(value: float | None) -> str:
    """A sentiment of -1 to 1 as a word."""
    if is_missing(value):
        return DASH
    if value >= GOOD_MOOD:
        return "Good"
    return "Poor" if value <= -GOOD_MOOD else "Neutral"


def change(value: float | None) -> str | None:
    """A relative change for a metric's delta."""
    return None if is_missing(value) else _solid(changed(float(value)))


def amount(value: float | None, unit: str, currency: str) -> str:
    """A portfolio figure by its unit: money, share, count or metric."""
    if unit == "money":
        return compact_money(value, currency)
    return {"share": share, "count": count, "two": two}.get(unit, metric)(value)


def label(name: Any) -> str:
    """A short name of ours ("income band", "n_events") as a label in sentence case."""
    if is_missing(name):
        return DASH
    text = str(name).replace("_", " ").strip()
    return text[:1].upper() + text[1:]
