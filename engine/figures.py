"""Money, shares, counts and days in; the one way in which people read each of them, out."""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

MISSING = "not known"
MINUS = "\u2212"


def with_article(words: str) -> str:
    """ "a fair", "an excellent": words that come from data, with their article."""
    return f"{'an' if words[:1].casefold() in {*'aeiou'} else 'a'} {words}"


def signed(value: float, digits: int = 2) -> str:
    """ "+0.25", "−1.50"; what rounds to nothing has no sign."""
    text = f"{value:+.{digits}f}"
    return text.replace("-", MINUS) if text.strip("+-0.") else text[1:]


def money(value: float, currency: str) -> str:
    """ "USD 1,240", "USD 12.50", "−USD 60"; no cents from 100 on."""
    if pd.isna(value):
        return MISSING
    digits = 0 if abs(value) >= 100 or float(value).is_integer() else 2
    sign = MINUS if round(value, digits) < 0 else ""
    return f"{sign}{f'{currency} '.lstrip()}{abs(value):,.{digits}f}"


def compact_money(value: float, currency: str) -> str:
    """Three digits at most from a thousand on: "USD 12.3k", "USD 4.1M"."""
    for size, unit in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size * (1 if size == 1e3 else 0.9995):
            scaled = abs(value) / size
            text = f"{scaled:.{0 if scaled >= 100 else 1}f}".removesuffix(".0")
            return f"{MINUS if value < 0 else ''}{f'{currency} '.lstrip()}{text}{unit}"
    return money(value, currency)


def percent(share: float) -> str:
    """ "24 %", with one decimal below 10; what is there is never called 0."""
    if pd.isna(share):
        return MISSING
    points = 100 * abs(share)
    if 0 < round(points, 9) < 0.05:
        return "under 0.1 %"
    digits = 1 if 0 < round(points, 1) < 10 and round(points, 1) % 1 else 0
    return f"{MINUS if share < 0 and round(points, digits) else ''}{points:.{digits}f} %"


def at_least(share: float) -> str:
    """ "12.41 %": two decimals, rounded up, for a share that must be reached."""
    return f"{math.ceil(round(10_000 * share, 6)) / 100:,.2f} %"


def money_at_least(value: float, currency: str) -> str:
    """As `money`, rounded up to what is shown, for an amount that must be reached."""
    size = 1 if abs(value) >= 100 else 100
    return money(math.ceil(round(size * value, 6)) / size, currency)


def change(share: float) -> str:
    """ "+24 %", "−1.3 %"."""
    text = percent(share)
    if text.startswith("under"):
        return f"{'up' if share > 0 else 'down'} by {text}"
    return f"+{text}" if share > 0 else text


def figure(value: float) -> str:
    """ "12,300", "99.5", "0.03": no decimals from 100 on, at most two below."""
    if value is None or not math.isfinite(value):
        return MISSING
    if abs(value) >= 100 or float(value).is_integer():
        return f"{round(value):,}".replace("-", MINUS)
    text = f"{value:.2f}".rstrip("0").rstrip(".").replace("-", MINUS)
    return "0" if text == f"{MINUS}0" else text


def count(n: float, one: str, many: str | None = None) -> str:
    """ "1 ticket", "3 tickets"."""
    return f"{int(n):,} {one if int(n) == 1 else many or one + 's'}"


def day(moment: Any) -> str:
    """ "12 Mar 2026"."""
    return MISSING if pd.isna(moment) else f"{moment.day} {moment:%b %Y}"


def moment(at: Any) -> str:
    """ "12 Mar 2026, 14:05 UTC"."""
    return MISSING if pd.isna(at) else f"{day(at)}, {at:%H:%M} UTC"


def listing(items: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
