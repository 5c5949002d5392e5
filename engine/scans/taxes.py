"""Rows of a receipt in; the tax of all rates together out, and whether it must be asked about."""

import re
from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Final, NamedTuple

from engine.scans.receipt_rows import Row, words

_CENT: Final = 0.005
_ROUNDED: Final = 0.015
"""How far a tax may be from its rate of what it is on: each was rounded to a cent."""
_MOST_TAX: Final = 0.35
"""Share of the total above which an amount is no tax (own choice: the highest rate of value added
tax is 27 %)."""
_RATE: Final = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,3})?)\s?%")
_SUMMED: Final = ("total tax", "total gst", "total vat")


class _Tax(NamedTuple):
    amount: float
    rate: str
    called: str


def tax_of(
    rows: Sequence[Row], total: float | None, is_total: Callable[[Row], float]
) -> tuple[float | None, bool]:
    """Taxes of all rates together, and whether their rows leave a doubt.

    Notes
    -----
    A row that sums the taxes up stands for them. In a row of several amounts the tax is the one
    that with another gives a third (net, tax, gross), or that is its rate of another; where none
    is, there is no tax and a doubt. The same amount counts once where its rate is the same, and
    for each of two rates; where neither row names one, it counts once with a doubt.
    """
    found: list[_Tax] = []
    doubtful = False
    for row in rows:
        is_tax = row.says(words("tax")) and not row.says(words("no_tax"))
        is_summed = row.says(_SUMMED)
        if total is None or not is_tax or not row.amounts or (is_total(row) > 1 and not is_summed):
            continue
        rate = _RATE.search(row.text)
        amount = _tax_in(row.amounts, rate[1] if rate else "", total)
        if amount is None:
            return None, True
        if not 0 <= amount <= _MOST_TAX * total:
            continue
        if is_summed:
            return amount, False
        one = _Tax(amount, rate[1] if rate else "", _called(row))
        same = [known for known in found if abs(known.amount - amount) < _CENT]
        if any(_is_again(known, one) for known in same):
            doubtful |= amount > 0 and any(not known.rate and not one.rate for known in same)
            continue
        found.append(one)
    return (round(sum(one.amount for one in found), 2) if found else None), doubtful


def _tax_in(amounts: Sequence[float], rate: str, total: float) -> float | None:
    """The tax among the amounts of a row; None where it cannot be told."""
    if len(amounts) == 1:
        return amounts[0]
    share = float(rate.replace(",", ".")) / 100 if rate else None
    for net, tax, gross in permutations([*amounts, *([total] if len(amounts) == 2 else [])], 3):
        if 0 <= tax <= net and abs(net + tax - gross) < _CENT and tax in amounts:
            return tax
    for base, tax in permutations(amounts, 2) if share is not None else ():
        if any(abs(tax - base * of) <= _ROUNDED for of in (share, share / (1 + share))):
            return tax
    return None


def _called(row: Row) -> str:
    return next(word for word in words("tax") if f" {word} " in row.plain)


def _is_again(known: _Tax, one: _Tax) -> bool:
    """Is an amount that was found before the same tax once more?"""
    if known.rate and one.rate:
        return float(known.rate.replace(",", ".")) == float(one.rate.replace(",", "."))
    return known.called == one.called
