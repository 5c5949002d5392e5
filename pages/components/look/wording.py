"""How things are written: money, shares, dates, metrics, and data that must stay text."""

import re
from typing import Any

import pandas as pd

DASH = "–"
NBSP = "\u00a0"
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


def money(value: float | None, currency: str) -> str:
    """Currency code, thousands separators, cents only below 100: as the engine's sentences say."""
    if is_missing(value):
        return DASH
    sign = "−" if value < 0 else ""
    amount = abs(float(value))
    digits = 0 if amount >= 100 or amount == int(amount) else 2
    return f"{sign}{currency}{NBSP}{amount:,.{digits}f}"


def compact_money(value: float | None, currency: str) -> str:
    """Three digits at most: USD 12.3k, USD 4.1M."""
    if is_missing(value):
        return DASH
    sign, amount = ("−" if value < 0 else ""), abs(float(value))
    for size, unit in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if amount >= size:
            scaled = amount / size
            return f"{sign}{currency}{NBSP}{scaled:.{0 if scaled >= 100 else 1}f}{unit}"
    return money(value, currency)


def share(value: float | None) -> str:
    """Per cent of a 0-1 share, one decimal below 10."""
    if is_missing(value):
        return DASH
    percent = 100 * float(value)
    digits = 1 if abs(percent) < 10 and percent != 0 else 0
    return f"{percent:.{digits}f}{NBSP}%".replace("-", "−")


def points(value: float | None) -> str:
    """Signed points of a 0-10 metric or of a score."""
    return DASH if is_missing(value) else f"{value:+.2f}".replace("-", "−")


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
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def counted(n: float, noun: str) -> str:
    """ "no dependants", "1 dependant", "1,200 dependants"."""
    return f"{count(n) if n else 'no'} {noun}{'' if n == 1 else 's'}"


def day(value: Any) -> str:
    """A date as 12 Mar 2026."""
    if is_missing(value):
        return DASH
    stamp = pd.Timestamp(value)
    return f"{stamp.day} {stamp:%b %Y}"


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
    """A relative change for a metric's delta, with the plain minus that Streamlit looks for."""
    if is_missing(value):
        return None
    digits = 1 if abs(value) < 0.1 else 0
    return f"{100 * value:+.{digits}f}{NBSP}%"


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
