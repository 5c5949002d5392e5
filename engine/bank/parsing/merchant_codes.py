"""A column of merchant category codes (ISO 18245, "MCC") in; codes with what they stand for out."""

import re
from functools import cache
from typing import Final, NamedTuple

import pandas as pd

_CODE: Final = r"(?i)\s*(?:mcc[\s:#-]*)?(\d{3,4})(?:\.0+)?\s*"
_HEADER: Final = r"(?i)(?:^|[^a-z])(?:sic)?mcc(?:$|[^a-z])|merchant\W*category"
"""A column that is called so holds codes; `_` counts as no letter."""
KNOWN: Final = 0.9
"""Share of the different codes that the standard has to know; numbers of another kind are a bank's
own (own choice)."""
N_GROUPS: Final = 3
"""Different thousands that codes of a column have to come from, where nothing else says what they
are: a bank's own 3001, 3002 and 3005 are airlines in the standard, and a card pays for more than
flights (own choice)."""
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


def is_header(name: str) -> bool:
    """Does a column of this name hold merchant category codes?"""
    return re.search(_HEADER, name.replace("_", " ")) is not None


def named(texts: pd.Series, *, said: bool = False) -> Named:
    """Name merchant category codes, if that is what a column holds.

    Parameters
    ----------
    said : bool
        The source calls the column so (`is_header`): every code that has a name gets it, and what
        is none stays as it is.

    Notes
    -----
    Otherwise every text has to be a number of three or four digits, or a code that was named
    before; nearly all of them a code of ISO 18245 or of a card network's list (package iso18245);
    and they have to come from `N_GROUPS` thousands, or say "MCC" themselves.
    """
    given = texts.astype("str")
    distinct = [text for text in given.dropna().unique().tolist() if not code_of(text)]
    codes = {text: match[1].zfill(4) for text in distinct if (match := re.fullmatch(_CODE, text))}
    names = {text: name for text, code in codes.items() if (name := name_of(code))}
    if not names or not (said or _are_codes(given, distinct, codes, len(names))):
        return Named(texts, 0)
    written = {
        text: f"{code} {names[text]}" if text in names else text if said else code
        for text, code in codes.items()
    }
    return Named(
        given.map(written).fillna(given).astype("str"), len({codes[text] for text in names})
    )


def _are_codes(given: pd.Series, distinct: list[str], codes: dict[str, str], n_named: int) -> bool:
    if len(codes) < len(distinct) or n_named < KNOWN * len(codes):
        return False
    if all("mcc" in text.lower() for text in codes):
        return True
    before = {code for text in given.dropna().unique() if (code := code_of(text))}
    return len({code[0] for code in (*codes.values(), *before)}) >= N_GROUPS


def code_of(text: str) -> str:
    """The code of a text that is a code with its name, as `named` writes it; "" for any other.

    In any case of letters. "6300 Rent" is a bank's own code: 6300 is insurance in the standard.
    """
    code, name = text[:4], text[4:].strip()
    if not (name and code.isascii() and code.isdigit()):
        return ""
    return code if name.lower() == name_of(code).lower() else ""


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
