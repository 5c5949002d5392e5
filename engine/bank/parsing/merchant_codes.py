"""A column of merchant category codes (ISO 18245, "MCC") in; codes with what they stand for out."""

import re
from functools import cache
from typing import Final, NamedTuple

import pandas as pd

_CODE: Final = r"(?i)\s*(?:mcc[\s:#-]*)?(\d{3,4})(?:\.0+)?\s*"
KNOWN: Final = 0.9
"""Share of the different codes that the standard has to know; numbers of another kind are a bank's
own (own choice)."""
_LISTS: Final = ("iso", "visa", "mastercard", "amex", "usda", "stripe")
"""Whose name of a code is taken, the first that has one: the standard's own, then the networks'."""


class Named(NamedTuple):
    """A column in which codes have their names.

    Attributes
    ----------
    texts : Series
        "5411 Grocery stores, supermarkets" where it was 5411.
    n_codes : int
        Different codes that were named; 0 where the column holds something else.
    """

    texts: pd.Series
    n_codes: int


def named(texts: pd.Series) -> Named:
    """Name merchant category codes, if that is what a column holds.

    Notes
    -----
    Every text has to be a number of three or four digits, and nearly all of them a code of ISO
    18245 or of a card network's list (package iso18245).
    """
    given = texts.astype("str")
    distinct = given.dropna().unique().tolist()
    codes = {text: match[1].zfill(4) for text in distinct if (match := re.fullmatch(_CODE, text))}
    if not distinct or len(codes) < len(distinct):
        return Named(texts, 0)
    names = {text: name for text, code in codes.items() if (name := name_of(code))}
    if len(names) < KNOWN * len(codes):
        return Named(texts, 0)
    said = {
        text: f"{code} {names[text]}" if text in names else code for text, code in codes.items()
    }
    return Named(given.map(said).astype("str"), len({codes[text] for text in names}))


@cache
def name_of(code: str) -> str:
    """What a code of four digits stands for, "" where no list has it."""
    import iso18245

    try:
        found = iso18245.get_mcc(code)
    except (iso18245.MCCNotFound, iso18245.InvalidMCC):
        return ""
    name = next(filter(None, (getattr(found, f"{one}_description") for one in _LISTS)), "")
    plain = " ".join(name.split())
    return plain.title() if plain.isupper() else plain
