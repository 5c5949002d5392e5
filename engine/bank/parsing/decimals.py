"""A stranger's table in, the same with decimal points out, column by column, and why."""

from collections.abc import Collection, Mapping
from typing import Final

import pandas as pd

from engine.bank.decision import Certainty, Decision
from engine.bank.parsing import numbers

_LEAST: Final = 0.8
"""Share of a column's different cells that have to be numbers (own choice)."""
_LEAST_OF_AMOUNTS: Final = 0.5
"""The same for a column that is known to hold them: a header may stand there again."""


def with_points(
    frame: pd.DataFrame,
    file: str,
    delimiter: str = "",
    amounts: Collection[str] = (),
    said: Mapping[str, numbers.NumberForm] | None = None,
) -> tuple[pd.DataFrame, list[Decision]]:
    """Write the numbers of a table with a decimal point, each column by its own cells.

    Parameters
    ----------
    frame : DataFrame of str
    file : str
        As shown to people.
    delimiter : str
        What parts the cells of the file.
    amounts : collection of str
        Columns that are known to hold numbers: they are rewritten where it is a guess as well. A
        column of which nothing is known may hold numbers of products such as "10.250".
    said : mapping of str to NumberForm, optional
        Forms that a person gave.

    Returns
    -------
    DataFrame
        The very same where no column has decimal commas.
    list of Decision
        Columns that were rewritten, those of which nobody can tell, and amounts with a mark.
    """
    marked = {}
    decisions = []
    given = said or {}
    for name, form in {**numbers.forms_of(frame, delimiter), **given}.items():
        if name in given:
            marked[name] = _pointed(frame[name], form)
            decisions.append(form.decisions(file, name)[0])
            continue
        least = _LEAST_OF_AMOUNTS if name in amounts else _LEAST
        if form.n_numbers < max(least * form.n_cells, 1):
            continue
        is_guess = form.certainty is Certainty.GUESS
        is_rewritten = form.decimal == "," and (name in amounts or not (is_guess or form.is_mixed))
        if is_rewritten:
            marked[name] = _pointed(frame[name], form)
        if is_guess or is_rewritten or (name in amounts and _has_mark(frame[name])):
            decisions.append(form.decisions(file, name)[0])
    return (frame.assign(**marked) if marked else frame), decisions


def _has_mark(cells: pd.Series) -> bool:
    """Whether a cell has a mark that may be a decimal sign."""
    return bool(cells.str.contains(r"\d[.,]\d").any())


def _pointed(cells: pd.Series, form: numbers.NumberForm) -> pd.Series:
    """The same with points where a cell has a decimal comma in this form."""
    points = {
        cell: cell.replace(".", "").replace(",", ".")
        for cell in cells.dropna().unique()
        if (parts := numbers.parts_of(cell)) and numbers.sign_in(parts.body, form) == ","
    }
    return cells.where(~cells.isin(points), cells.astype("object").map(points).astype("str"))
