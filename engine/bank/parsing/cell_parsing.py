"""Text cells in, values out: numbers, money and its ranges, shares, flags, lists and JSON.

Every parser takes a Series of text and returns one of the same index; what cannot be read is
missing in the result, so that the caller can report text that had no value.
"""

import json
import re
from collections.abc import Callable
from itertools import product

import pandas as pd

from engine import settings
from engine.bank.parsing import dates, numbers
from engine.bank.tables import join_list

MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "<na>", "nat", "-", "–"})
"""Cells that say nothing. "None" is not among them: it can be a value (of tax_benefits)."""
_MISSING_SPELLED = [
    "".join(letters)
    for cell in sorted(MISSING)
    for letters in product(*({letter, letter.upper()} for letter in cell))
]
"""The same in every mix of small and capital letters: quicker than to write all cells small."""

_TRUE = frozenset(
    {"true", "yes", "y", "t", "1", "on", "ja", "j", "oui", "sí", "si", "s", "sim", "tak", "ano"}
    | {"vrai", "wahr", "verdadero", "verdadeiro", "vero", "prawda", "waar", "да"}
)
_FALSE = frozenset(
    {"false", "no", "n", "f", "0", "off", "none", "nein", "non", "não", "nao", "nie", "ne", "nej"}
    | {"nei", "nee", "faux", "falsch", "falso", "fałsz", "onwaar", "нет"}
)
"""Yes and no in English and in the big European languages."""
_RISK = {
    "low": "low",
    "conservative": "low",
    "cautious": "low",
    "very low": "low",
    "medium": "medium",
    "moderate": "medium",
    "balanced": "medium",
    "high": "high",
    "aggressive": "high",
    "very high": "very high",
    "very aggressive": "very high",
    "speculative": "very high",
}
_GENDER = {"f": "female", "woman": "female", "m": "male", "man": "male"}
_MOOD = {
    "very negative": -1.0,
    "negative": -0.6,
    "neutral": 0.0,
    "mixed": 0.0,
    "positive": 0.6,
    "very positive": 1.0,
}


def text(cells: pd.Series) -> pd.Series:
    """Stripped text; cells that say nothing become missing."""
    stripped = cells.str.strip()
    unsaid = stripped.isin(_MISSING_SPELLED)
    return stripped.mask(unsaid) if unsaid.any() else stripped


def identity(cells: pd.Series) -> pd.Series:
    """Ids as they are; where a program wrote all of a column's numbers as 7.0, they are 7."""
    said = text(cells)
    if not said.head(1000).str.fullmatch(r"\d+\.0").any() or not (
        said.dropna().str.fullmatch(r"\d+(\.0)?").all()
    ):
        return said
    return said.str.removesuffix(".0")


def each_unique(cells: pd.Series, function: Callable[[str], object], dtype: str) -> pd.Series:
    """Apply a function to every distinct text once; missing stays missing."""
    distinct = cells.dropna().unique()
    values = {cell: function(cell) for cell in distinct}
    return cells.astype("object").map(values).astype(dtype)


def number(cells: pd.Series, form: numbers.NumberForm = numbers.EACH) -> pd.Series:
    """Numbers with or without currency, thousands separators, accounting brackets or k / m."""
    return numbers.read(text(cells), form)


def positive(cells: pd.Series) -> pd.Series:
    """Numbers of a source in which 0 means "not applicable"."""
    values = number(cells)
    return values.mask(values == 0)


def percent(cells: pd.Series) -> pd.Series:
    """Shares from figures in per cent: 21.99 and 21.99 % are .2199."""
    return number(cells) / 100


def positive_percent(cells: pd.Series) -> pd.Series:
    """Shares from per cent where 0 means "not applicable"."""
    return positive(cells) / 100


def share(cells: pd.Series) -> pd.Series:
    """Shares as they are, unless the cell has a per cent sign."""
    return numbers.shares(text(cells))


def flag(cells: pd.Series) -> pd.Series:
    """Yes / no in the usual spellings, as nullable booleans."""
    lower = text(cells).str.lower()
    values = pd.Series(pd.NA, index=cells.index, dtype="boolean")
    return values.mask(lower.isin(_TRUE), True).mask(lower.isin(_FALSE), False)


def items(cells: pd.Series) -> pd.Series:
    """`list` cells from comma or semicolon lists and from JSON lists."""
    return each_unique(text(cells), _items, "str")


def _items(cell: str) -> str | None:
    if cell.startswith("["):
        try:
            return join_list(json.loads(cell))
        except (ValueError, RecursionError):
            pass  # not JSON after all: it is split as it stands
    return join_list(re.split(r"[;|\n]" if ";" in cell or "|" in cell else ",", cell))


def json_text(cells: pd.Series) -> pd.Series:
    """Cells that are valid JSON, as they are; parsed by a JSON parser, never evaluated."""
    return each_unique(text(cells), lambda cell: cell if _is_json(cell) else None, "str")


def _is_json(cell: str) -> bool:
    try:
        json.loads(cell)
    except (ValueError, RecursionError):
        return False
    return True


def risk(cells: pd.Series) -> pd.Series:
    """Risk tolerance in the words of the vocabulary."""
    return text(cells).str.lower().map(_RISK).astype("str")


def gender(cells: pd.Series) -> pd.Series:
    """Lower-case gender; F and M are written out, any other word is kept."""
    lower = text(cells).str.lower()
    return lower.replace(_GENDER)


def lower(cells: pd.Series) -> pd.Series:
    """Lower-case text."""
    return text(cells).str.lower()


def married(cells: pd.Series) -> pd.Series:
    """Marital status from an is-married flag."""
    return flag(cells).map({True: "married", False: "not married"}).astype("str")


def ten_to_mood(cells: pd.Series) -> pd.Series:
    """0-10 to -1..1."""
    return (number(cells) - 5) / 5


def mood(cells: pd.Series) -> pd.Series:
    """-1..1 from numbers on that scale or from words."""
    words = text(cells).str.lower().map(_MOOD).astype("float64")
    return number(cells).fillna(words)


def ten_or_mood(cells: pd.Series) -> pd.Series:
    """-1..1 from words or from a column of 0-10; a column with a negative number is -1..1."""
    values = number(cells)
    scaled = values if (values < 0).any() or (values.abs() <= 1).all() else (values - 5) / 5
    return scaled.fillna(text(cells).str.lower().map(_MOOD).astype("float64"))


def time(cells: pd.Series) -> pd.Series:
    """Moments in any of the spellings that `dates` knows."""
    return dates.parse(text(cells))


def yymmdd(cells: pd.Series) -> pd.Series:
    """Days of the 20th century as YYMMDD, with or without a time after it (berka)."""
    return dates.yymmdd(text(cells))


def debit(cells: pd.Series) -> pd.Series:
    """Amounts of a file that lists spending as positive numbers: out is negative."""
    return -number(cells)


def monthly(cells: pd.Series) -> pd.Series:
    """A year's amount from a month's."""
    return number(cells) * 12


def rate(cells: pd.Series) -> pd.Series:
    """Shares; where a figure without the sign % is above the setting bank.percent_rates_above,
    all without it are in per cent."""
    values, is_bare = share(cells), ~cells.str.contains("[%％]", na=False)
    limit = settings.default().bank.percent_rates_above
    is_percent = is_bare & bool((values[is_bare].abs() > limit).any())
    return values.mask(is_percent, values / 100)


def signed(cells: pd.Series) -> pd.Series:
    """Amounts as they are; a file without a negative amount lists spending, and out is negative."""
    values = number(cells)
    return values if (values < 0).any() else -values
