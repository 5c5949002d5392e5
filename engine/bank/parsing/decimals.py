"""A stranger's table in, the same with decimal points out, column by column, and why."""

from typing import Final

import pandas as pd

from engine.bank.decision import Certainty, Decision
from engine.bank.parsing import numbers

_LEAST: Final = 0.8
"""Share of a column's different cells that have to be numbers (own choice)."""


def with_points(
    frame: pd.DataFrame, file: str, delimiter: str = ""
) -> tuple[pd.DataFrame, list[Decision]]:
    """Write the numbers of a table with a decimal point, each column by its own cells.

    Parameters
    ----------
    frame : DataFrame of str
    file : str
        As shown to people.
    delimiter : str
        What parts the cells of the file.

    Returns
    -------
    DataFrame
        The very same where no column has decimal commas.
    list of Decision
        Columns that were rewritten, and those of which nobody can tell: they stay as they are.
    """
    marked = {}
    decisions = []
    for name, form in numbers.forms_of(frame, delimiter).items():
        if form.n_numbers < max(_LEAST * form.n_cells, 1):
            continue
        if form.certainty is Certainty.GUESS:
            decisions.append(form.decisions(file, name)[0])
        elif form.decimal == "," and not form.is_mixed:
            marked[name] = _pointed(frame[name])
            decisions.append(form.decisions(file, name)[0])
    return (frame.assign(**marked) if marked else frame), decisions


def _pointed(cells: pd.Series) -> pd.Series:
    points = {
        cell: cell.replace(".", "").replace(",", ".")
        for cell in cells.dropna().unique()
        if (parts := numbers.parts_of(cell)) and "," in numbers.admitted(parts.body)
    }
    return cells.where(~cells.isin(points), cells.astype("object").map(points).astype("str"))
