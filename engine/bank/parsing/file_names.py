"""A file's name in; its shape, which next month's file has as well, out."""

import re

from engine.bank.parsing.dates import MONTHS

_PART = re.compile(r"[^\W\d_]+|\d+")
_YEAR, _MONTH, _OF_MONTH = r"(?:19|20)\d\d", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_DAY = re.compile(rf"{_YEAR}(?:{_MONTH}{_OF_MONTH}?)?|{_OF_MONTH}{_MONTH}{_YEAR}")
_LONGEST_COUNT = 3
"""Digits of the longest number that counts files; a longer one is a year, a day or an account."""
_ANY = "#"


def shape_of(name: str) -> str:
    """A name with the same sign for every day, month, year and count: `paid_06` is `paid_#`.

    Numbers of accounts stay: the file of another account is no newer file of this one.
    """
    shape = _PART.sub(lambda part: _ANY if _changes(part[0]) else part[0], name.casefold())
    return re.sub(rf"{_ANY}(?:[ ._-]?{_ANY})+", _ANY, shape)


def _changes(part: str) -> bool:
    """Whether a word or a number is another one next month."""
    if part.isdigit():
        return len(part) <= _LONGEST_COUNT or _DAY.fullmatch(part) is not None
    return part in MONTHS
