"""Lines of text of a receipt in; merchant, date, total, tax, currency, items and doubts out."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd

from engine.figures import day, money
from engine.results import Doubt, ReceiptItem, ReceiptReading, ScanLine
from engine.scans import claims
from engine.scans.merchants import merchant_of
from engine.scans.receipt_rows import (
    Day,
    Row,
    currencies_in,
    days_in,
    rows_of,
    total_words,
    words,
)
from engine.scans.taxes import tax_of

_CENT: Final = 0.005
_NEAR: Final = 2.0
"""Points between the best and the next total below which it is asked about (own choice)."""
_PAID_AGREES: Final = 3.0
_GOODS_AGREE: Final = 2.0
_UNLABELLED: Final = 1.0
_LAST_SUBTOTAL: Final = 1.5
_OLDEST_YEARS: Final = 10
_LONGEST_NAME: Final = 80
_MOST_ITEMS: Final = 60


@dataclass(frozen=True)
class _Sums:
    """Amounts with what they are called."""

    totals: tuple[tuple[float, float, int], ...]
    """Amount, points and row of everything that may be the total, the surest first."""
    paid: tuple[float, ...]
    change: float | None
    rounding: float
    first_sum: int
    """The first row behind the goods."""


def read_fields(
    lines: list[ScanLine],
    *,
    currency: str,
    day_first: bool,
    today: date,
    reader: str,
    described: str,
) -> ReceiptReading:
    """Every field of a receipt, and what to ask a person about.

    Parameters
    ----------
    currency : str
        The bank's: a sign that stands for several is read as it, and it is taken where none is.
    day_first : bool
        How 04/05/26 is read where nothing else tells.
    today : date
        A day behind it is asked about.
    """
    rows = rows_of(lines, currency)
    code, said_currency = _currency(rows, currency)
    sums = _sums(rows)
    goods = _items(rows, sums.first_sum)
    total, near = _total(sums, goods)
    near = tuple(dict.fromkeys([*near, *_unlike(rows, sums, total)]))
    tax, taxes = tax_of(rows, total, _is_total)
    when, doubts = _date(rows, day_first, today)
    merchant, unsure = merchant_of(rows)
    checks, ok = _checks(goods, tax, total, sums, code)
    asked = [
        *_asked_total(total, near, code),
        *([Doubt("total", claims.refund())] if _is_refund(rows, sums) else []),
        *([Doubt("tax", claims.taxes_unclear())] if taxes else []),
        *doubts,
        *([Doubt("merchant", claims.missing("merchant"))] if not merchant else unsure),
        *said_currency,
    ]
    if ok is False and total is not None and not near:
        bought = round(sum(item.amount for item in goods), 2)
        asked += _asked_total(total, (bought,) if bought > 0 else (), code)
    return ReceiptReading(
        merchant,
        when,
        total,
        tax,
        code,
        goods[:_MOST_ITEMS],
        checks,
        ok,
        tuple(asked),
        tuple(row.text for row in rows),
        reader,
        described,
    )


def _is_total(row: Row) -> float:
    """How surely the label of a row is that of a total; 0 where it is none."""
    if row.says(words("no_total")) or row.says(words("subtotal")):
        return 0.0
    found = [sure for label, sure in total_words().items() if f" {label} " in row.plain]
    if row.says(words("tax")) and "incl" not in row.plain:
        return min(max(found, default=0), 1)
    return float(max(found, default=0))


def _amount_of(rows: list[Row], place: int) -> float | None:
    """The last amount of a row, or of the next where the row is a label alone."""
    if rows[place].amounts:
        return rows[place].amounts[-1]
    behind = rows[place + 1] if place + 1 < len(rows) else None
    if behind and len(behind.amounts) == 1 and not any(map(str.isalpha, behind.plain.split()[:1])):
        return behind.amounts[0]
    return None


def _sums(rows: list[Row]) -> _Sums:
    """Totals, what was paid and given back, and where the goods end."""
    totals: list[tuple[float, float, int]] = []
    paid: list[float] = []
    change, rounding, first = None, 0.0, len(rows)
    for place, row in enumerate(rows):
        sure, amount = _is_total(row), _amount_of(rows, place)
        is_sub = row.says(words("subtotal"))
        if amount is None:
            first = min(first, place) if sure >= 3 and paid else first
            continue
        if row.says(words("rounding")):
            rounding = rounding or (amount if abs(amount) < 1 else 0.0)
        elif sure > 0:
            totals.append((amount, sure, place))
            paid += [amount] if row.says(("paid",)) else []
        elif is_sub:
            totals.append((amount, _LAST_SUBTOTAL, place))
        elif row.says(words("change")):
            change = amount if change is None else change
        elif row.says(words("paid")) and (totals or first < len(rows)):
            paid.append(amount)
        else:
            continue
        first = min(first, place)
    if rounding:
        after = {round(one + rounding, 2) for one, _, _ in totals}
        seen = [(a, p) for p, row in enumerate(rows) for a in row.amounts if p > first]
        totals += [(a, 5.0, p) for a, p in seen if round(a, 2) in after]
    if not totals:
        totals = [(a, _UNLABELLED, p) for p, row in enumerate(rows) for a in row.amounts if a > 0]
        largest = max((one[0] for one in totals), default=0.0)
        totals = [one for one in totals if one[0] >= largest][-1:]
    return _Sums(tuple(totals), tuple(paid), change, rounding, first)


def _total(sums: _Sums, goods: tuple[ReceiptItem, ...]) -> tuple[float | None, tuple[float, ...]]:
    """The surest total, and others that are nearly as sure."""
    points: dict[float, float] = {}
    for amount, sure, _ in sums.totals:
        if amount > 0:
            points[round(amount, 2)] = max(points.get(round(amount, 2), 0.0), sure)
    bought = sum(item.amount for item in goods)
    for amount in points:
        if any(abs(paid - (sums.change or 0.0) - amount) < _CENT for paid in sums.paid):
            points[amount] += _PAID_AGREES
        if goods and abs(bought + sums.rounding - amount) < _CENT:
            points[amount] += _GOODS_AGREE
    ordered = sorted(points, key=lambda amount: (-points[amount], -amount))
    if not ordered:
        return None, ()
    best = points[ordered[0]]
    near = tuple(a for a in ordered[1:] if best - points[a] < _NEAR and points[a] >= 3)
    return ordered[0], near


def _unlike(rows: list[Row], sums: _Sums, total: float | None) -> list[float]:
    """Other readings of the total: by its blank, and what was paid less what was given back."""
    if total is None:
        return []
    others = [
        row.other
        for row in rows
        if row.other and row.amounts and abs(row.amounts[-1] - total) < _CENT
    ]
    left = [round(sum(sums.paid) - (sums.change or 0.0), 2)]
    left += [round(paid - (sums.change or 0.0), 2) for paid in sums.paid]
    if sums.paid and not any(
        abs(one - total) < max(_CENT, 1.5 * abs(sums.rounding)) for one in left
    ):
        others += [one for one in left[:1] if one > 0]
    return others


def _is_refund(rows: list[Row], sums: _Sums) -> bool:
    """Is it of money that was given back?"""
    refund = words("refund")
    return any(amount < 0 and sure >= 3 for amount, sure, _ in sums.totals) or any(
        row.says(refund) and (row.amounts or row.plain.strip() in refund) for row in rows
    )


def _asked_total(total: float | None, near: tuple[float, ...], currency: str) -> list[Doubt]:
    if total is None:
        return [Doubt("total", claims.missing("total"))]
    if not near:
        return []
    choices = tuple(money(amount, currency) for amount in (total, *near[:3]))
    return [Doubt("total", claims.which("total", choices), choices)]


def _items(rows: list[Row], end: int) -> tuple[ReceiptItem, ...]:
    """Rows with an amount before the sums; a name that stands alone goes with the next amount."""
    goods: list[ReceiptItem] = []
    waiting = ""
    for row in rows[:end]:
        name = _name_in(row)
        if row.is_headed(words("no_item")) and not (row.amounts and _is_named(row)):
            waiting = ""
            continue
        if not row.amounts:
            waiting = name if _is_wordy(name) else waiting
            continue
        called = name if _is_wordy(name) else waiting
        waiting = ""
        if called and row.amounts[-1]:
            goods.append(ReceiptItem(called[:_LONGEST_NAME], row.amounts[-1]))
    return tuple(goods)


def _is_named(row: Row) -> bool:
    """Does a row with a word such as "item" hold more of a name than that word?"""
    return len([word for word in row.plain.split() if word.isalpha() and len(word) > 2]) >= 3


def _name_in(row: Row) -> str:
    """What stands before the first number that looks like a quantity, a price or an amount."""
    kept: list[str] = []
    for word in row.text.split():
        figures = sum(map(str.isdigit, word))
        if figures and figures >= len(word) - 3 and ("." in word or "," in word):
            break
        kept.append(word)
    while kept and (kept[-1].isdigit() or kept[-1].casefold() in ("x", "@", "rm", "$", "€", "£")):
        kept.pop()
    return " ".join(kept).strip(" .:-*")


def _is_wordy(name: str) -> bool:
    return sum(map(str.isalpha, name)) >= 3


def _date(rows: list[Row], day_first: bool, today: date) -> tuple[pd.Timestamp | None, list[Doubt]]:
    """The day of the purchase: beside a label or a time, else the first; and what to ask."""
    days = [
        one
        for n, row in enumerate(rows)
        if not row.says(words("no_day"))
        for one in days_in(row.text, n, day_first)
    ]
    likely = [one for one in days if any(_is_likely(r, today) for r in one.readings)]
    if not likely:
        return None, [Doubt("date", claims.missing("date"))]
    chosen, first = (
        max(some, key=lambda one: (_labelled(rows, one), -one.row)) for some in (likely, days)
    )
    readings = [r for r in chosen.readings if _is_likely(r, today)]
    others = [
        r for one in likely for r in one.readings if _is_likely(r, today) and r not in readings
    ]
    ahead = [one.readings[0] for one in (chosen, first) if one.readings[0] > today]
    choices = tuple(day(pd.Timestamp(r)) for r in dict.fromkeys([*readings, *others, *ahead]))
    doubts = [Doubt("date", claims.which("date", choices), choices)] if len(choices) > 1 else []
    return pd.Timestamp(readings[0]), doubts


def _is_likely(when: date, today: date) -> bool:
    return when <= today and when.year >= today.year - _OLDEST_YEARS


def _labelled(rows: list[Row], one: Day) -> bool:
    row = rows[one.row]
    return row.says(("date", "datum", "fecha", "data", "tarikh")) or ":" in row.text


def _currency(rows: list[Row], bank: str) -> tuple[str, list[Doubt]]:
    """The currency that the signs name; the bank's where none does or it is one of several."""
    found = currencies_in(rows)
    counted: dict[tuple[str, ...], int] = {}
    for possible in found:
        counted[possible] = counted.get(possible, 0) + 1
    if not counted:
        return bank, []
    possible = max(counted, key=lambda one: counted[one])
    if bank in possible or len(possible) == 1:
        return (bank if bank in possible else possible[0]), []
    return possible[0], [Doubt("currency", claims.which("currency", possible[:4]), possible[:4])]


def _checks(
    goods: tuple[ReceiptItem, ...],
    tax: float | None,
    total: float | None,
    sums: _Sums,
    currency: str,
) -> tuple[tuple[str, ...], bool | None]:
    """Whether the figures agree, in words."""
    said: list[str] = []
    ok: bool | None = None
    if total is None or not goods:
        said.append(claims.nothing_to_add())
    else:
        n, bought = len(goods), round(sum(item.amount for item in goods), 2)
        for on_top, rounding in (
            (0.0, 0.0),
            (0.0, sums.rounding),
            (tax or 0.0, 0.0),
            (tax or 0.0, sums.rounding),
        ):
            if ok := abs(bought + on_top + rounding - total) < _CENT:
                said.append(claims.adds_up(n, bought, on_top, rounding, total, currency))
                if tax and not on_top:
                    said.append(claims.includes_tax(tax, total, currency))
                break
        else:
            said.append(claims.differs(n, bought, total, currency))
    for paid in sums.paid if total is not None and sums.change else ():
        if total is not None and abs(paid - (sums.change or 0.0) - total) < _CENT:
            said.append(claims.paid_less_change(paid, sums.change or 0.0, total, currency))
            break
    return tuple(said), ok
