"""A raw table in, the same with a decimal point out, where its numbers have a decimal comma."""

import re
from dataclasses import replace
from typing import Final

import pandas as pd

from engine.bank.reading.raw_table import RawTable

_SAMPLE: Final = 5000
_LEAST: Final = 0.8
"""Share of a column's cells that have to look like numbers (own choice)."""

_LONGEST: Final = 64
"""Characters of the longest cell that is matched as a number."""

_SIGNED = r"[-+\u2212(]? ?(?:[A-Za-z]{1,3}\.?|[$€£¥₹])? ?[-+\u2212]? ?"
_UNIT = r" ?(?:[A-Za-z]{1,3}|[$€£¥₹%])? ?[-)]?"
_NUMBER: Final = re.compile(rf"{_SIGNED}\d(?:[ .,'’]?\d)*[.,]?{_UNIT}")
_COMMA: Final = re.compile(rf"{_SIGNED}(?:\d+|\d{{1,3}}(?:[. '’]\d{{3}})+),\d{{1,2}}{_UNIT}")
_POINT: Final = re.compile(rf"{_SIGNED}(?:\d+|\d{{1,3}}(?:[, '’]\d{{3}})+)\.\d{{1,2}}{_UNIT}")
_EITHER: Final = re.compile(rf"{_SIGNED}[1-9]\d{{0,2}}(?:\.\d{{3}})+{_UNIT}")
"""Thousands parted by points, or three decimals after one."""
_EUROPEAN: Final = re.compile(rf"{_SIGNED}\d{{1,3}}(?:(?:\.\d{{3}})+(?:,\d+)?|\d*,\d+){_UNIT}")


def with_points(raw: RawTable) -> tuple[RawTable, str]:
    """Write the numbers of a table with a decimal point; what was found is said in the note.

    A table has decimal commas when a column of numbers has a cell such as "12,50" and no column
    has one such as "12.50": then "45.000" is forty-five thousand. A file that is separated by
    semicolons has them as well when nothing but "45.000" is to be seen.

    Returns
    -------
    RawTable
        The very same where numbers have a decimal point.
    str
        What to report; empty where nothing was changed.
    """
    columns = [name for name in raw.frame.columns if _is_numeric(raw.frame[name])]
    heads = {name: _said(raw.frame[name]) for name in columns}
    if any(_any(cells, _POINT) for cells in heads.values()):
        return raw, ""
    is_sure = any(_any(cells, _COMMA) for cells in heads.values())
    if not is_sure and not (
        raw.delimiter == ";" and any(_any(cells, _EITHER) for cells in heads.values())
    ):
        return raw, ""
    marked = [name for name in columns if _all_european(heads[name])]
    if not marked:
        return raw, ""
    frame = raw.frame.assign(**{name: _pointed(raw.frame[name]) for name in marked})
    note = f"{raw.file} has decimal commas: a point parts thousands in {', '.join(marked)}."
    return replace(raw, frame=frame), note


def _said(cells: pd.Series) -> pd.Series:
    return _bounded(cells.head(_SAMPLE).dropna()).drop_duplicates()


def _bounded(cells: pd.Series) -> pd.Series:
    """Cells that no pattern is slow on: cut, and with single white space."""
    return cells.str.replace(r"\s+", " ", regex=True).str.strip().str.slice(0, _LONGEST)


def _any(cells: pd.Series, pattern: re.Pattern[str]) -> bool:
    return bool(cells.str.fullmatch(pattern.pattern).any())


def _is_numeric(cells: pd.Series) -> bool:
    said = _said(cells)
    said = said[said != ""]
    return bool(len(said)) and bool(said.str.fullmatch(_NUMBER.pattern).mean() >= _LEAST)


def _all_european(cells: pd.Series) -> bool:
    marked = cells[cells.str.contains("[.,]")]
    return bool(len(marked)) and bool(marked.str.fullmatch(_EUROPEAN.pattern).mean() >= _LEAST)


def _pointed(cells: pd.Series) -> pd.Series:
    numbers = _bounded(cells).str.fullmatch(_EUROPEAN.pattern).fillna(False).astype(bool)
    points = cells.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    return cells.mask(numbers, points)
