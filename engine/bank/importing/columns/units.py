"""Matched raw tables in; rates in per cent and amounts with one sign out, and what says so."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from engine import settings
from engine.bank.decision import SAID, Answer, Certainty, Decision, counted
from engine.bank.importing.columns import scales
from engine.bank.importing.columns.column_matching import RATES, Match
from engine.bank.parsing import numbers
from engine.bank.reading.raw_table import RawTable
from engine.errors import BadInput
from engine.vocabulary import TABLES

UNITS = ("per cent", "shares")
"""What figures of a rate without the sign % are: 7 is 7 %, or 0.07 is."""
SIGNS = ("the minus and DR say the same", "DR reverses the minus")
"""What "-80.00 DR" is: money out, or money that came back."""
STARS = ("from 1 to 5", "from 0 to 10")
"""What figures of satisfaction are."""
_PERCENT = "[%％]"
_HIGH_SHARE = 0.3
"""Rate from which a figure without the sign % may as well be per cent: 0.5 % a year is usual for
savings, 50 % for nothing (own choice)."""

Said = Mapping[str, str]
"""Column -> reading that a plan gives."""


def with_units(
    name: str, raw: RawTable, match: Match | None, units: Said, signs: Said, written: RawTable
) -> tuple[RawTable, list[Decision]]:
    """Numbers of the matched columns of which a plan says the unit or the sign, and the decisions.

    The numbers have decimal points already; `written` is the table as the file has it.

    Raises
    ------
    BadInput
        If a plan's reading is none.
    """
    changed, decisions = dict[str, pd.Series](), []
    for scaled in scales.decide(raw, match, units, written) if match else ():
        decisions.append(_answerable(scaled.decision, name, "units", scaled.readings))
        for column, factor in scaled.factors.items():
            changed[column] = _times(raw.frame[column], factor)
        for column in scaled.emptied:
            changed[f"{column} as written"] = raw.frame[column]
            changed[column] = pd.Series(None, index=raw.frame.index, dtype="str")
    kinds = TABLES.get(match.table, {}) if match else {}
    for column, ours in match.columns.items() if match else ():
        if column not in raw.frame or kinds.get(ours, "number") != "number":
            continue
        form, cells = numbers.form_of(raw.frame[column]), changed.get(column, raw.frame[column])
        if ours == "satisfaction" and _may_be_stars(cells):
            said = units.get(column, "")
            decision = _stars(raw, column, said)
            decisions.append(_answerable(decision, name, "units", STARS))
            if decision.reading == STARS[0]:
                changed[column] = cells = _times(cells, 2.5, -2.5)
        if ours in RATES and form.n_numbers and form.unit != "%":
            decision = _unit(raw, column, form, units.get(column, ""))
            decisions.append(_answerable(decision, name, "units", UNITS))
            if column in units:
                changed[column] = cells = _in_per_cent(cells, units[column])
        if form.is_doubtful:
            decision = _sign(raw, column, signs.get(column, ""))
            decisions.append(_answerable(decision, name, "signs", SIGNS))
            if decision.reading == SIGNS[1]:
                changed[column] = _reversed(cells)
    return replace(raw, frame=raw.frame.assign(**changed)) if changed else raw, decisions


def _answerable(decision: Decision, source: str, field: str, readings: tuple[str, ...]) -> Decision:
    choices = tuple(dict.fromkeys((decision.reading, *readings)))
    return replace(decision, answer=Answer(source, field, decision.column, choices))


def _may_be_stars(cells: pd.Series) -> bool:
    """Whether a column of satisfaction has whole figures from 1 to 5 alone."""
    values = numbers.read(cells.dropna())
    return bool(len(values)) and bool(values.isin([1, 2, 3, 4, 5]).all())


def _stars(raw: RawTable, column: str, said: str) -> Decision:
    if said:
        return _as_said(raw, column, "scale", said, STARS)
    evidence = "all figures are whole and from 1 to 5"
    return Decision(raw.file, column, "scale", STARS[0], Certainty.GUESS, evidence, STARS[1:])


def _times(cells: pd.Series, factor: float | pd.Series, plus: float = 0.0) -> pd.Series:
    """The same with every cell that is a number multiplied, and something added; currencies in the
    cells stay."""
    values = numbers.read(cells).mul(factor).add(plus).round(10)
    signs = scales.signs_of(cells)
    texts = values.dropna().map("{:.15g}".format).astype("str")
    texts = (signs.reindex(texts.index) + " " + texts).str.strip()
    return cells.mask(cells.index.isin(texts.index), texts.reindex(cells.index)).astype("str")


def _unit(raw: RawTable, column: str, form: numbers.NumberForm, said: str) -> Decision:
    """Whether figures without the sign % are per cent or shares."""
    if said:
        return _as_said(raw, column, "unit", said, UNITS)
    cells = raw.frame[column].dropna()
    has_sign = cells.str.contains(_PERCENT)
    limit = settings.default().bank.percent_rates_above
    is_above = bool((numbers.read(cells[~has_sign]).abs() > limit).any())
    reading, other = UNITS if is_above else UNITS[::-1]
    evidence = f"{'a' if is_above else 'no'} figure without the sign % is above {limit:g}"
    certainty = Certainty.LIKELY
    highest = numbers.read(cells[~has_sign]).abs().max()
    if not is_above and not form.unit and highest >= _HIGH_SHARE:
        certainty = Certainty.GUESS
        evidence = f"the highest figure without the sign % is {highest:g}"
    if form.unit:
        certainty = Certainty.GUESS
        evidence = (
            f"{counted(int(has_sign.sum()), 'cell')} of {len(cells):,} with it, and {evidence}"
        )
    return Decision(raw.file, column, "unit", reading, certainty, evidence, (other,))


def _sign(raw: RawTable, column: str, said: str) -> Decision:
    if said:
        return _as_said(raw, column, "sign", said, SIGNS)
    evidence = "cells have both a minus and DR or CR"
    return Decision(raw.file, column, "sign", SIGNS[0], Certainty.GUESS, evidence, SIGNS[1:])


def _as_said(
    raw: RawTable, column: str, about: str, said: str, readings: tuple[str, ...]
) -> Decision:
    if said not in readings:
        raise BadInput(
            f"The plan says of the {about} of column {column} of {raw.file} that it is {said!r}; "
            f"it can be {' or '.join(readings)}."
        )
    return Decision(raw.file, column, about, said, Certainty.PROVED, SAID)


def _in_per_cent(cells: pd.Series, unit: str) -> pd.Series:
    """The same with the sign % in every cell that is a number."""
    bare = cells[~cells.str.contains(_PERCENT, na=False)]
    values = numbers.read(bare) * (1 if unit == UNITS[0] else 100)
    texts = values.dropna().map("{:.12g} %".format)
    return cells.mask(cells.index.isin(texts.index), texts.reindex(cells.index)).astype("str")


def _reversed(cells: pd.Series) -> pd.Series:
    """The same without minus and DR where a cell has both: it came back."""
    came_back = {
        cell: f"{parts.sign} {abs(numbers.value_of(cell, numbers.EACH) or 0):.15g}".strip()
        for cell in cells.dropna().unique()
        if (parts := numbers.parts_of(cell)) and parts.is_doubtful and parts.is_out
    }
    return cells.where(~cells.isin(came_back), cells.astype("object").map(came_back)).astype("str")
