"""Money, per cent and duration texts of product sheets in, their ends out."""

import re
from collections.abc import Callable, Mapping

import pandas as pd

from engine.bank.parsing.cell_parsing import each_unique, text

Ends = tuple[float | None, float | None]

_LONGEST = 1000
"""Characters of a text that are read; its white space is single, so that no pattern is slow."""

_AMOUNT = r"(\d[\d,]*(?:\.\d+)?)"
_MONEY = re.compile(rf"[$€£¥₹]\s*{_AMOUNT}\s*(k|m)?(?!\s*%)", re.IGNORECASE)
_BARE = re.compile(rf"^\s*{_AMOUNT}\s*(?:(?:-|–|to)\s*{_AMOUNT})?\s*(\+)?\s*$")
_PERCENT = re.compile(rf"{_AMOUNT}\s*%")
_OPEN = re.compile(r"\d\s*\+|or more|and above|or higher|at least|as low as|from|minimum", re.I)
_UPPER = re.compile(r"\bup to|maximum|at most|no more than", re.I)
_NONE = re.compile(r"^(?:typically )?(?:none|no fee|free|zero)\b", re.I)
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(day|week|month|year)s?", re.I)
_PAIR = re.compile(r"(\d+)\s*(?:-|–|to)\s*(\d+)\s*(day|week|month|year)s?", re.I)
_MONTHS = {"day": 1 / 30.44, "week": 7 / 30.44, "month": 1.0, "year": 12.0}


def money_ends(cell: str) -> Ends:
    """Both ends of a money text.

    "$500 - $5,000" is (500, 5000), "$8,000+" is (8000, None), "Up to $500,000" is
    (None, 500000), "$25" is (25, 25), "Varies by bank" is (None, None).
    """
    amounts = [_value(m[1], m[2]) for m in _MONEY.finditer(cell)]
    bare = _BARE.match(cell)
    if not amounts and bare:
        amounts = [_value(a) for a in bare.groups()[:2] if a]
    if not amounts:
        return (0.0, 0.0) if _NONE.search(cell) else (None, None)
    return _ends(cell, amounts)


def percent_ends(cell: str) -> Ends:
    """Both ends of a per cent text as shares: "18% - 25% APR" is (.18, .25)."""
    joined = re.sub(r"(\d)\s*(-|–|to)\s*(\d[\d.]*\s*%)", r"\1% \2 \3", cell)
    amounts = [round(_value(m[1]) / 100, 10) for m in _PERCENT.finditer(joined)]
    return _ends(cell, amounts) if amounts else (None, None)


def month_ends(cell: str) -> Ends:
    """Both ends of a duration in months: "5 to 30 years" is (60, 360)."""
    joined = _PAIR.sub(lambda m: f"{m[1]} {m[3]} to {m[2]} {m[3]}", cell)
    spans = [float(m[1]) * _MONTHS[m[2].lower()] for m in _SPAN.finditer(joined)]
    return _ends(cell, [round(s, 2) for s in spans]) if spans else (None, None)


def _ends(cell: str, amounts: list[float]) -> Ends:
    low, high = amounts[0], amounts[1] if len(amounts) > 1 else None
    if high is None:
        if _UPPER.search(cell):
            return None, low
        return (low, None) if _OPEN.search(cell) else (low, low)
    low, high = min(low, high), max(low, high)
    return (low, None) if re.search(r"\d\s*\+|or more", cell, re.I) else (low, high)


def _value(digits: str, unit: str | None = None) -> float:
    return float(digits.replace(",", "")) * {"k": 1e3, "m": 1e6}.get((unit or "").lower(), 1.0)


def _middle(ends: Ends) -> float | None:
    low, high = ends
    return high if low is None else low if high is None else (low + high) / 2


def _most(ends: Ends) -> float | None:
    return ends[0] if ends[1] is None else ends[1]


def _per_month(cell: str) -> float | None:
    """Middle of a price per month; a price per year is divided by 12, any other is left out."""
    middle = _middle(money_ends(cell))
    if middle is None or re.search(r"per (trip|claim|day|use)", cell, re.I):
        return None
    return middle / 12 if re.search(r"per (year|annum)|yearly|annual", cell, re.I) else middle


def _each(figure: Callable[[str], float | None]) -> Callable[[pd.Series], pd.Series]:
    return lambda cells: each_unique(
        text(cells), lambda cell: figure(" ".join(cell.split())[:_LONGEST]), "float64"
    )


PARSERS: Mapping[str, Callable[[pd.Series], pd.Series]] = {
    "money_low": _each(lambda cell: money_ends(cell)[0]),
    "money_high": _each(lambda cell: money_ends(cell)[1]),
    "money_middle": _each(lambda cell: _middle(money_ends(cell))),
    "money_most": _each(lambda cell: _most(money_ends(cell))),
    "money_monthly": _each(_per_month),
    "percent_middle": _each(lambda cell: _middle(percent_ends(cell))),
    "months_low": _each(lambda cell: month_ends(cell)[0]),
    "months_most": _each(lambda cell: _most(month_ends(cell))),
}
"""What a layout calls each -> column of texts to column of numbers.

low and high are the ends of a range, missing where it is open; middle is between them, or the one
end that is known; most is the upper end, or the lower one where the range is open. Shares for per
cent, months for durations.
"""
