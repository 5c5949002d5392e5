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


def rows_of(lines: Sequence[ScanLine]) -> list[Row]:
    """Lines that stand beside one another joined, from the top; amounts as numbers."""
    ordered = sorted(lines, key=lambda line: ((line.top + line.bottom) / 2, line.left))
    groups: list[list[ScanLine]] = []
    for line in ordered:
        if groups and _beside(groups[-1], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [_row(sorted(group, key=lambda line: line.left)) for group in groups]


def _beside(group: list[ScanLine], line: ScanLine) -> bool:
    """Is a line of the row of the nearest line of a group, and over none of it?"""
    nearest = min(group, key=lambda one: abs(one.left - line.left))
    least = min(nearest.bottom - nearest.top, line.bottom - line.top)
    away = abs((nearest.top + nearest.bottom) / 2 - (line.top + line.bottom) / 2)
    over = any(min(one.right, line.right) - max(one.left, line.left) > 0.5 * least for one in group)
    return away < _TOUCH * max(least, 1.0) and not over


def _row(lines: list[ScanLine]) -> Row:
    text = " ".join(line.text.strip() for line in lines)
    found = [amounts_in(line.text) for line in lines]
    ends = [line.right for line, amounts in zip(lines, found, strict=True) if amounts]
    return Row(
        text,
        plain(text),
        tuple(amount for amounts in found for amount in amounts),
        max(line.bottom - line.top for line in lines),
        max(ends, default=0.0),
    )


def amounts_in(text: str) -> list[float]:
    """Amounts of money in a text: 12.50, RM20.40, 1.234,56, -5.59 and 5.59-."""
    found = []
    for match in _MONEY.finditer(_UNSPACED.sub(" ", text)):
        whole = re.sub(r"\D", "", match["whole"])
        value = int(whole) + int(match["part"]) / 100
        found.append(-value if match["minus"] or match["after"] else value)
    return found


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
