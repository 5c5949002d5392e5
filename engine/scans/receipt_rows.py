"""Lines of text with their places in; the rows of a receipt, their amounts and their days, out."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from engine.bank.parsing.currencies import CODES, WORDS, meanings
from engine.bank.parsing.dates import MONTHS
from engine.bank.parsing.written_day import PIVOT, Written
from engine.results import ScanLine

_TOUCH: Final = 0.55
"""Lines are of one row where their middles are nearer than this share of the lower height."""
_MONEY: Final = re.compile(
    r"(?<![\d.,/:-])(?P<minus>-\s?)?(?P<whole>\d{1,3}(?:[ .,']\d{3})+|\d{1,7})"
    r"(?P<mark>[.,])\s?(?P<part>\d{2})(?P<after>\s?-)?(?![\d%/:]|[.,]\d)(?!\s?%)"
)
"""An amount with two figures behind a mark; per cents, days, times and weights are none."""
_BLANK_MARK: Final = frozenset({"CZK", "SEK", "NOK", "PLN", "HUF", "ZAR", "UAH", "RUB"})
"""Currencies whose thousands stand apart by a blank (Unicode CLDR, number formats)."""
_UNSPACED: Final = re.compile(r"(?<=[A-Za-z$€£])(?=\d)")
_DAY: Final = re.compile(r"(?<!\d)(\d{1,4})\s?([/.\-])\s?(\d{1,2})\s?\2\s?(\d{2,4})(?!\d)")
_NAMED_DAY: Final = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?[\s.\-/]{0,2}([^\W\d_]{3,10})\.?[\s,.\-/']{0,3}(\d{4}|\d{2})(?!\d)"
)
_DAY_BEHIND: Final = re.compile(r"([^\W\d_]{3,10})\.?\s{0,2}(\d{1,2}),?\s{1,2}(\d{4})(?!\d)")
_SIGN: Final = re.compile(r"[A-Z]{1,3}\$|[$€£¥₹]|(?<![A-Za-z])(?:RM|Kč|kr|[A-Z]{3})(?![A-Za-z])")


@dataclass(frozen=True)
class Row:
    """One row of a receipt, from left to right."""

    text: str
    plain: str
    """In lower case without accents, marks as blanks, one blank before and behind."""
    amounts: tuple[float, ...]
    height: float
    right: float
    """Where its last amount ends, in pixels; 0 without one."""
    other: float | None = None
    """Its last amount where a blank in it is read the other way; None where only one way is."""

    def says(self, words: Iterable[str]) -> bool:
        """Does one of some words or phrases stand in it, whole?"""
        return any(f" {word} " in self.plain for word in words)

    def is_headed(self, words: Iterable[str]) -> bool:
        """Does it begin with one of some words, or have two of them?"""
        found = [word for word in words if f" {word} " in self.plain]
        return len(found) > 1 or any(self.plain.startswith(f" {word} ") for word in found)


@dataclass(frozen=True)
class Day:
    """One day as it is written, in each order of its numbers that there is."""

    readings: tuple[date, ...]
    row: int


@cache
def words(of: str) -> tuple[str, ...]:
    """One list of receipt_words.toml, as rows are compared."""
    return tuple(" ".join(plain(word).split()) for word in _given()[of]["words"])


def is_ware(name: str) -> bool:
    """May this be a merchant or goods, so that it tells of no sum, tax or payment?"""
    said = f" {' '.join(plain(name).split())} "
    kinds = ("no_total", "subtotal", "paid", "change", "rounding", "tax", "no_tax")
    labels = {*total_words(), *(word for kind in kinds for word in words(kind))}
    return not any(f" {label} " in said for label in labels)


@cache
def total_words() -> dict[str, int]:
    """Label of a total -> how surely it is the last word."""
    return {" ".join(plain(word).split()): sure for word, sure in _given()["total"].items()}


@cache
def _given() -> dict[str, dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_name("receipt_words.toml").read_text("utf-8"))


def plain(text: str) -> str:
    """In lower case without accents; every mark is a blank, and so is what stands around it."""
    letters = unicodedata.normalize("NFKD", text).casefold().encode("ascii", "ignore").decode()
    return f" {' '.join(re.findall(r'[a-z]+|[0-9]+', letters))} "


def rows_of(lines: Sequence[ScanLine], currency: str = "") -> list[Row]:
    """Lines that stand beside one another joined, from the top; amounts as numbers.

    Parameters
    ----------
    currency : str
        The bank's, which tells whether a blank can part thousands where the page does not.
    """
    joined, is_sure = _blank_joins([line.text for line in lines], currency)
    ordered = sorted(lines, key=lambda line: ((line.top + line.bottom) / 2, line.left))
    groups: list[list[ScanLine]] = []
    for line in ordered:
        if groups and _beside(groups[-1], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [_row(sorted(group, key=lambda line: line.left), joined, is_sure) for group in groups]


def _blank_joins(texts: Sequence[str], currency: str) -> tuple[bool, bool]:
    """Does a blank part thousands on a page (3 150.00), or a quantity and a price; and surely?

    Another amount shows it, which is one of the two readings; else the currency does. Else a blank
    parts thousands before a comma alone, and nothing is sure.
    """
    found = [m for text in texts for m in _MONEY.finditer(_UNSPACED.sub(" ", text))]
    doubtful = [match for match in found if " " in match["whole"]]
    if not doubtful:
        return True, True
    plain_ones = {_value(match, True) for match in found if " " not in match["whole"]}
    as_one = any(_value(match, True) in plain_ones for match in doubtful)
    apart = any(_value(match, False) in plain_ones for match in doubtful)
    if as_one != apart:
        return as_one, True
    signs = {code for text in texts for m in _SIGN.finditer(text) for code in meanings(m[0])}
    if _BLANK_MARK & (signs or {currency}):
        return True, True
    return all(match["mark"] == "," for match in doubtful), False


def _beside(group: list[ScanLine], line: ScanLine) -> bool:
    """Is a line of the row of the nearest line of a group, and over none of it?"""
    nearest = min(group, key=lambda one: abs(one.left - line.left))
    least = min(nearest.bottom - nearest.top, line.bottom - line.top)
    away = abs((nearest.top + nearest.bottom) / 2 - (line.top + line.bottom) / 2)
    over = any(min(one.right, line.right) - max(one.left, line.left) > 0.5 * least for one in group)
    return away < _TOUCH * max(least, 1.0) and not over


def _row(lines: list[ScanLine], joined: bool, is_sure: bool) -> Row:
    text = " ".join(line.text.strip() for line in lines)
    found = [amounts_in(line.text, joined) for line in lines]
    last = [a for line in lines for a in amounts_in(line.text, not joined)][-1:]
    taken = [amount for amounts in found for amount in amounts][-1:]
    ends = [line.right for line, amounts in zip(lines, found, strict=True) if amounts]
    return Row(
        text,
        plain(text),
        tuple(amount for amounts in found for amount in amounts),
        max(line.bottom - line.top for line in lines),
        max(ends, default=0.0),
        last[0] if not is_sure and last and last != taken else None,
    )


def amounts_in(text: str, blank_joins: bool = True) -> list[float]:
    """Amounts of money in a text: 12.50, RM20.40, 1.234,56, -5.59 and 5.59-.

    Parameters
    ----------
    blank_joins : bool
        Is 3 150.00 one amount? Else it is 150.00 behind a quantity.
    """
    return [_value(m, blank_joins) for m in _MONEY.finditer(_UNSPACED.sub(" ", text))]


def _value(match: re.Match[str], blank_joins: bool) -> float:
    whole = match["whole"] if blank_joins else match["whole"].rpartition(" ")[2]
    value = int(re.sub(r"\D", "", whole)) + int(match["part"]) / 100
    return -value if match["minus"] or match["after"] else value


def days_in(text: str, row: int, day_first: bool) -> list[Day]:
    """Every day that is written in a row, the likelier order of its numbers first."""
    found: list[Day] = []
    for match in _DAY.finditer(text):
        numbers = (match[1], match[3], match[4])
        found += _day_of(numbers, row, day_first)
    for match in _NAMED_DAY.finditer(text):
        if month := MONTHS.get(match[2].casefold()):
            found += _day_of((match[1], str(month), match[3]), row, True, named=True)
    for match in _DAY_BEHIND.finditer(text):
        if month := MONTHS.get(match[1].casefold()):
            found += _day_of((match[2], str(month), match[3]), row, True, named=True)
    return found


def _day_of(
    numbers: tuple[str, str, str], row: int, day_first: bool, *, named: bool = False
) -> list[Day]:
    first, _, last = numbers
    if len(first) > 2 and len(last) > 2:
        return []
    written = Written(
        tuple(map(int, numbers)),  # type: ignore[arg-type]
        order="",
        is_short=len(first) <= 2 and len(last) == 2,
    )
    usual = ("dmy", "mdy") if day_first else ("mdy", "dmy")
    orders = ("dmy",) if named else ("ymd",) if len(first) == 4 else usual
    told = (written.in_order(order, PIVOT) for order in orders)
    readings = tuple(dict.fromkeys(date.fromisoformat(day) for day in told if day))
    return [Day(readings, row)] if readings else []


def currencies_in(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """What each sign or code of the rows can stand for: first where one stands beside an amount."""
    beside, alone = [], []
    for row in rows:
        for match in _SIGN.finditer(row.text):
            sign = match[0]
            if sign.isalpha() and sign.upper() in CODES and sign.upper() in WORDS:
                continue
            if possible := meanings(sign):
                (beside if row.amounts else alone).append(possible)
    return beside or alone
