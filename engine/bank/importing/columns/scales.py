"""Matched raw tables in; whether amounts are cents, whole units or thousands, and why, out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine import settings
from engine.bank.decision import SAID, Certainty, Decision, counted
from engine.bank.importing.columns import synonyms
from engine.bank.importing.columns.balance_proofs import CENT
from engine.bank.importing.columns.column_matching import (
    BALANCE,
    MONEY_IN,
    MONEY_OUT,
    MONTHLY_INCOME,
    RUNNING_BALANCE,
    Match,
)
from engine.bank.parsing import currencies, numbers
from engine.bank.reading.raw_table import RawTable
from engine.errors import BadInput
from engine.vocabulary import TABLES

SCALES: Mapping[float, str] = {
    0.01: "hundredths",
    1e3: "thousands",
    1e5: "lakhs",
    1e6: "millions",
    1e7: "crores",
    1e9: "billions",
}
"""What figures of a column called "amount_cents" or "income (000s)" are; a minor unit is what the
currency has: a hundredth, of a few a thousandth, of the yen the whole."""
WHOLE, BANDS = "whole units", "bands"
HUNDREDTHS, THOUSANDS = SCALES[0.01], SCALES[1e3]

_PAYMENTS = ("amount", MONEY_IN, MONEY_OUT)
_YEARS: Mapping[str, float] = {
    "annual_income": 1,
    "annual_revenue": 1,
    MONTHLY_INCOME: 12,
    "income": 12,
}
"""Figures that somebody lives on, and how many of them are a year's."""
_LEAST_YEAR, _MOST_YEAR = 1_000, 3_000_000
"""Dollars a year between which the middle one of incomes lies, in any country (own choice)."""
_MOST_BAND = 20
"""The highest number of a band of incomes (own choice)."""
_LARGE = 100
"""Size that a whole amount has at least before it may be hundredths (own choice)."""
_MANY = 0.5
"""Share of whole amounts that are no hundreds, before they may be hundredths (own choice)."""
_LEAST_BALANCES = 3
"""Whole balances without a currency, before it is asked whether they are hundredths."""
_DECIMALS = r"[.,]\d{2}$"
_SAMPLE = 20_000
"""Rows in which it is looked for what one cell tells (own choice)."""
_PARTED = r"\d[.,'’\s]\d{3}(?:\D|$)"
_SUFFIX = r"\d\s*[kKmM]\b"
_LETTER = r"[^\d\s.,'()+\-]"
_OF_LAKHS = frozenset({"INR", "PKR", "BDT", "NPR", "LKR"})


@dataclass(frozen=True, eq=False)
class Scaled:
    """How large the figures of some columns are.

    Attributes
    ----------
    decision : Decision
        Of the first of them.
    readings : tuple of str
        What a plan may say instead.
    factors : mapping of str to (float or Series)
        Column -> what its figures are multiplied by; a column that stays as it is is left out.
    emptied : tuple of str
        Columns whose figures are no money.
    """

    decision: Decision
    readings: tuple[str, ...]
    factors: Mapping[str, float | pd.Series]
    emptied: tuple[str, ...] = ()


def decide(raw: RawTable, match: Match, said: Mapping[str, str], written: RawTable) -> list[Scaled]:
    """The size of the figures of every column of money of which something tells it, or asks it.

    Parameters
    ----------
    raw : RawTable
        Numbers have decimal points.
    match : Match
    said : mapping of str to str
        Column -> reading that a plan gives.
    written : RawTable
        The same as the file has it: programs that send cents part no thousands.

    Raises
    ------
    BadInput
        If a plan's reading is none.
    """
    kinds = TABLES.get(match.table, {})
    others = (BALANCE, MONTHLY_INCOME, MONEY_IN, MONEY_OUT, RUNNING_BALANCE)
    money = {
        column: ours
        for column, ours in match.columns.items()
        if column in raw.frame and (ours in others or kinds.get(ours) == "number")
    }
    named = {c: f for c in money if (f := _by_name(c)) != 1}
    made = [_of_name(raw, match, c, ours, said) for c, ours in money.items() if c in named]
    payments = [c for c, ours in money.items() if ours in _PAYMENTS]
    balance = next((c for c, ours in money.items() if ours == RUNNING_BALANCE), "")
    if _are_parted(written, list(money)) and not said.keys() & money.keys():
        return made + [
            years
            for column, ours in money.items()
            if column not in named and ours in _YEARS
            for years in _of_years(raw, match, column, ours, said)
        ]
    if named.keys().isdisjoint(payments):
        made += _of_payments(raw, match, payments, balance, said)
    elif balance and balance not in named:
        made += _beside_payments(raw, match, payments, balance, named, said)
    for column, ours in money.items():
        if column not in named and ours in _YEARS:
            made += _of_years(raw, match, column, ours, said)
        elif column not in named and ours in (BALANCE, "balance"):
            made += _maybe_minor(raw, match, [column], said)
    return made


def _by_name(column: str) -> float:
    return synonyms.unit_of(synonyms.without_currency(synonyms.normal(column)))[1]


def _of_name(
    raw: RawTable, match: Match, column: str, ours: str, said: Mapping[str, str]
) -> Scaled:
    """What the name of a column says, asked about where its figures speak against it."""
    factor, codes = _by_name(column), currencies_of(raw, match, column)
    scale = SCALES[factor]
    evidence, certainty, readings = "the name of the column says so", Certainty.LIKELY, [scale]
    if ours in _YEARS and ours != "annual_revenue":
        year = _middle_year(raw, column, ours, codes)
        is_odd = year * factor > _MOST_YEAR if factor > 1 else year * factor < _LEAST_YEAR
        if year and is_odd and _LEAST_YEAR <= year <= _MOST_YEAR:
            evidence = (
                f"the name of the column says {scale}, but its figures are already those of a year"
            )
            certainty, readings = Certainty.GUESS, [WHOLE, scale]
    readings = list(dict.fromkeys([*readings, WHOLE]))
    decision = _decision(raw, column, said.get(column, ""), readings, certainty, evidence)
    size = _size(decision.reading, codes)
    return Scaled(decision, tuple(readings), {} if size is None else {column: size})


def _of_payments(
    raw: RawTable, match: Match, payments: Sequence[str], balance: str, said: Mapping[str, str]
) -> list[Scaled]:
    """Whether payments, and the balance after them, are cents: as the two add up, else asked."""
    if not payments or not balance or _has_decimals(raw, payments):
        return _maybe_minor(raw, match, payments, said)
    unit, n_steps = _unit_by_balance(raw, match, payments, balance)
    is_balance_whole = _are_whole(raw, [balance])
    told = next((said[c] for c in payments if c in said), "")
    if unit == 0.01 and not told:
        evidence = f"{counted(n_steps, 'row')} of that size add up to the running balance"
        decision = _decision(raw, payments[0], "", [HUNDREDTHS], Certainty.PROVED, evidence)
        factors = {c: minor_units(currencies_of(raw, match, c)) for c in payments}
        return [Scaled(decision, (HUNDREDTHS, WHOLE), factors)]
    if unit == 1 and not is_balance_whole and not told:
        return []
    beside = [balance] if is_balance_whole and unit != 0.01 else []
    return _maybe_minor(raw, match, payments, said, beside)


def _beside_payments(
    raw: RawTable,
    match: Match,
    payments: Sequence[str],
    balance: str,
    named: Mapping[str, float],
    said: Mapping[str, str],
) -> list[Scaled]:
    """The running balance beside amounts whose name says the size: in the same one where the two
    add up as they are written."""
    unit, n_steps = _unit_by_balance(raw, match, payments, balance)
    factors = {named[c] for c in payments if c in named}
    if unit != 1 or len(factors) != 1 or any(said.get(c, "") == WHOLE for c in payments):
        return []
    codes = currencies_of(raw, match, balance)
    scale = SCALES[factors.pop()]
    evidence = f"{counted(n_steps, 'row')} add up to it as they are written"
    readings = [scale, WHOLE]
    told = said.get(balance, "")
    decision = _decision(raw, balance, told, readings, Certainty.PROVED, evidence)
    size = _size(decision.reading, codes)
    return [Scaled(decision, tuple(readings), {} if size is None else {balance: size})]


def _unit_by_balance(
    raw: RawTable, match: Match, payments: Sequence[str], balance: str
) -> tuple[float, int]:
    """What a figure of the payments is in the unit of the balance after them, 1 or .01, and by how
    many rows; 0 where they do not add up."""
    theirs = {ours: column for column, ours in match.columns.items()}
    values = [numbers.read(raw.frame[c]).abs() for c in payments]
    sizes = values[0] if len(values) == 1 else values[0].fillna(0).sub(values[1].fillna(0)).abs()
    held = numbers.read(raw.frame[balance])
    owner = theirs.get("account", theirs.get("customer_id"))
    groups = raw.frame[owner].fillna("") if owner in raw.frame else pd.Series("", held.index)
    for rows in (slice(None), slice(None, None, -1)):
        steps = held.iloc[rows].groupby(groups.iloc[rows], sort=False).diff().abs()
        steps = steps.reindex(held.index)
        known = steps.notna() & sizes.gt(0)
        n = int(known.sum())
        for unit in (1.0, 0.01):
            fits = (steps - sizes * unit).abs()[known] <= CENT
            if n and fits.mean() > 1 - _MANY and (unit == 1 or (sizes[known] >= _LARGE).any()):
                return unit, int(fits.sum())
    return 0.0, 0


def _maybe_minor(
    raw: RawTable,
    match: Match,
    columns: Sequence[str],
    said: Mapping[str, str],
    beside: Sequence[str] = (),
) -> list[Scaled]:
    """Whole figures that may be cents, as programs often send them: a guess until a person says.

    What is said of `columns` holds for those `beside` too.
    """
    told = next((said[c] for c in columns if c in said), "")
    if not columns or (not told and _has_decimals(raw, columns)):
        return []
    is_whole = _are_whole(raw, columns)
    if not (told or (is_whole and _may_be_minor(raw, match, columns))):
        return []
    readings, evidence = [WHOLE, HUNDREDTHS], "none has a decimal, and programs often send cents"
    if told == HUNDREDTHS and not is_whole:
        told, evidence = "", "it was said that they are hundredths, but some have decimals"
    decision = _decision(raw, columns[0], told, readings, Certainty.GUESS, evidence)
    factors = {}
    if decision.reading == HUNDREDTHS:
        factors = {c: minor_units(currencies_of(raw, match, c)) for c in (*columns, *beside)}
    return [Scaled(decision, tuple(readings), factors)]


def _has_decimals(raw: RawTable, columns: Sequence[str]) -> bool:
    """Whether one of the first figures has decimals, so that the rest need not be looked at."""
    first = (raw.frame[c].head(_SAMPLE).dropna() for c in columns)
    return any(c.str.contains(r"[.,]\d*[1-9]").any() for c in first)


def _has_many_cents(cells: pd.Series) -> bool:
    """Whether most figures are told to the hundredth."""
    first = cells.head(_SAMPLE).dropna()
    return bool(len(first)) and first.str.contains(_DECIMALS).mean() > _MANY


def _are_parted(written: RawTable, columns: Sequence[str]) -> bool:
    """Whether thousands of some figure are parted from the rest."""
    first = (written.frame[c].head(_SAMPLE) for c in columns if c in written.frame)
    return any(cells.str.contains(_PARTED).any() for cells in first)


def _are_whole(raw: RawTable, columns: Sequence[str]) -> bool:
    """Whether every figure is whole, and written so."""
    cells = [raw.frame[c].dropna() for c in columns]
    values = [numbers.read(each) for each in cells]
    return all(
        bool((v.isna() | (v % 1 == 0)).all() and not c.str.contains(_DECIMALS).any())
        for c, v in zip(cells, values, strict=True)
    )


def _may_be_minor(raw: RawTable, match: Match, columns: Sequence[str]) -> bool:
    """Whether figures may be cents: all are whole, most large, most no round hundreds.

    Where nothing says a currency all have to be large; in JSON, whose programs know no other
    amounts than those they send, round ones may be cents too.
    """
    cells = pd.concat([raw.frame[c] for c in columns], ignore_index=True)
    codes = pd.concat([currencies_of(raw, match, c) for c in columns], ignore_index=True)
    is_known = bool((codes != "").any())
    counts = cells.notna() & ~codes.isin(currencies.WHOLE) & ((codes != "") | (not is_known))
    values = numbers.read(cells[counts]).replace(0, np.nan)
    is_whole = values.isna() | ((values % 1 == 0) & ~cells[counts].str.contains(_DECIMALS))
    sizes = values.dropna().abs()
    if sizes.empty or not is_whole.all() or (sizes >= _LARGE).mean() <= _MANY:
        return False
    all_large = bool((sizes >= _LARGE).all())
    is_json = raw.json_columns.issuperset(columns)
    is_odd = bool((sizes % 100 != 0).mean() >= _MANY)
    are_payments = not {match.columns.get(c) for c in columns}.isdisjoint(_PAYMENTS)
    may_be = is_known or (all_large and (are_payments or len(sizes) >= _LEAST_BALANCES))
    return (is_odd and may_be) or (is_json and all_large)


def _of_years(
    raw: RawTable, match: Match, column: str, ours: str, said: Mapping[str, str]
) -> list[Scaled]:
    """Incomes that nobody lives on may be thousands, or numbers of bands; asked."""
    codes, told = currencies_of(raw, match, column), said.get(column, "")
    cells = raw.frame[column]
    has_suffix = cells.str.contains(_SUFFIX).fillna(False).astype(bool)
    values = numbers.read(cells).where(~has_suffix)
    year = _middle_year(raw, column, ours, codes)
    is_low = 0 < year < _LEAST_YEAR
    is_mixed = bool(has_suffix.any() and values.gt(0).any() and not values.gt(_LEAST_YEAR).any())
    if not told and not is_low and not is_mixed:
        return []
    figures = values[values > 0]
    are_bands = bool((figures % 1 == 0).all() and figures.max() <= _MOST_BAND) and ours in (
        "annual_income",
        MONTHLY_INCOME,
    )
    is_monthly = _YEARS[ours] > 1
    readings = [THOUSANDS, WHOLE, BANDS]
    if not codes.isin(list(_OF_LAKHS)).mean() < _MANY:
        readings = [THOUSANDS, SCALES[1e5], WHOLE, BANDS]
    if _has_many_cents(cells) and not is_mixed:  # thousands are hardly told to the cent
        readings = [WHOLE, *(r for r in readings if r != WHOLE)]
    if are_bands and not is_monthly and not is_mixed:
        readings = [BANDS, *(r for r in readings if r != BANDS)]
    evidence = "some cells have a k behind the figure, and those without it are small"
    if not is_mixed:
        per = "month" if is_monthly else "year"
        evidence = f"the middle one is {figures.median():g}, which is too little for a {per}"
    decision = _decision(raw, column, told, readings, Certainty.GUESS, evidence)
    if decision.reading == BANDS:
        return [Scaled(decision, tuple(readings), {}, (column,))]
    size = _size(decision.reading, codes)
    if size is None:
        return [Scaled(decision, tuple(readings), {})]
    sizes = pd.Series(1.0, index=cells.index).mask(~has_suffix, size)
    return [Scaled(decision, tuple(readings), {column: sizes})]


def _middle_year(raw: RawTable, column: str, ours: str, codes: pd.Series) -> float:
    """The median of the figures above 0 as a year's, in dollars as far as a currency is known."""
    values = numbers.read(raw.frame[column])
    values = values[values > 0]
    if values.empty:
        return 0.0
    known = codes[codes != ""]
    code = str(known.mode().iloc[0]) if len(known) else ""
    units = settings.default().money.units_per_dollar.get(code, 1.0)
    return float(values.median()) * _YEARS[ours] / units


def _decision(
    raw: RawTable,
    column: str,
    said: str,
    readings: Sequence[str],
    certainty: Certainty,
    evidence: str,
) -> Decision:
    if not said:
        others = tuple(readings[1:])
        return Decision(raw.file, column, "scale", readings[0], certainty, evidence, others)
    known = tuple(dict.fromkeys((*readings, *SCALES.values(), WHOLE, BANDS)))
    if said not in known:
        raise BadInput(
            f"The plan says of the scale of column {column} of {raw.file} that it is {said!r}; "
            f"it can be {' or '.join(known)}."
        )
    return Decision(raw.file, column, "scale", said, Certainty.PROVED, SAID)


def _size(reading: str, codes: pd.Series) -> float | pd.Series | None:
    """What figures of a reading are multiplied by; None where they stay as they are."""
    size = next((size for size, words in SCALES.items() if words == reading), None)
    return minor_units(codes) if size is not None and size < 1 else size


def currencies_of(raw: RawTable, match: Match, column: str) -> pd.Series:
    """Code of ISO 4217 of each cell of a column: its own, else that of the row, else that of the
    column's name; empty where nothing says it."""
    cells = raw.frame[column]
    signs = signs_of(cells)
    said = {sign: next(iter(currencies.meanings(sign)), "") for sign in signs.unique()}
    codes = signs.map(said).astype("str")
    for other in (c for c, ours in match.columns.items() if ours == "currency"):
        codes = codes.where(codes.ne(""), raw.frame[other].str.strip().str.upper().fillna(""))
    return codes.where(codes.ne(""), currencies.of_header(column).code)


def signs_of(cells: pd.Series) -> pd.Series:
    """The currency as it is written in each cell; empty where there is none."""
    told = cells[cells.str.contains(_LETTER, na=False)]
    parts = {cell: numbers.parts_of(cell) for cell in told.unique()}
    signs = told.map({cell: part.sign if part else "" for cell, part in parts.items()})
    return signs.astype("str").reindex(cells.index).fillna("")


def minor_units(codes: pd.Series) -> pd.Series:
    """What a minor unit of each currency is of the whole; a hundredth where none is known."""
    factors = pd.Series(0.01, index=codes.index)
    factors = factors.mask(codes.isin(currencies.WHOLE), 1.0)
    return factors.mask(codes.isin(currencies.THOUSANDTHS), 0.001)
