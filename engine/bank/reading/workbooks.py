"""Excel workbooks in, raw tables out."""

import io
import itertools
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

from engine import settings
from engine.bank.reading import workbook_bounds
from engine.bank.reading.headers import HEAD, find_header
from engine.bank.reading.raw_table import (
    ANY_FORM,
    Budget,
    FileForm,
    RawTable,
    Rows,
    huge_cell,
    is_blank,
    printable,
)
from engine.bank.reading.typed_cells import text_of
from engine.errors import BadInput

NOT_READ: Final = "Explanations (not read)"
"""Name of the sheet of our template that explains the others."""

_Row = tuple[int, list[str | None]]


def read_excel(
    data: bytes, file: str, form_of: Callable[[str], FileForm] = lambda _: ANY_FORM
) -> list[RawTable]:
    """Read every sheet of a workbook; formulas are not computed, their stored results are read.

    Parameters
    ----------
    form_of : callable
        Gives what a plan says of a sheet, by its name in small letters.
    """
    import openpyxl

    budget = Budget(file)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            has_formulas = workbook_bounds.check(archive, file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of styles that it does not know
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            sheets = [
                (printable(s.title), _rows(s, budget))
                for s in book.worksheets
                if s.title != NOT_READ
            ]
            tables = [
                _sheet(title.strip().lower(), f"{file}, sheet {title}", rows, form_of)
                for title, rows in sheets
            ]
            book.close()
    except BadInput:
        raise
    except Exception as error:  # openpyxl passes on whatever its parsers raise
        raise BadInput(f"{file} is not a readable Excel workbook: {_reason(error)}.") from error
    read = [table for table in tables if table is not None]
    if not read:
        raise BadInput(f"{file} is empty: no sheet has a row with column names.")
    note = f"{file} holds formulas: their stored results were read, nothing was computed."
    notes = (note,) if has_formulas else ()
    return [replace(read[0], notes=notes + read[0].notes), *read[1:]]


def _reason(error: Exception) -> str:
    """What a library said, on one line; its kind where it said nothing."""
    return printable(" ".join(str(error).split())[:200].rstrip(".")) or type(error).__name__


def _rows(sheet: Any, budget: Budget) -> Iterator[_Row]:
    """Numbers and cells of the rows that say something."""
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        budget.take(1)
        if any(value is not None for value in row):
            cells = [text_of(value) or None for value in row]
            budget.take(len(cells), sum(len(cell) for cell in cells if cell))
            if not is_blank(cells):
                yield number, cells


def _sheet(
    name: str, file: str, numbered: Iterator[_Row], form_of: Callable[[str], FileForm]
) -> RawTable | None:
    head = list(itertools.islice(numbered, HEAD))
    if not head:
        return None
    max_cell = settings.default().bank.max_cell_characters
    header = find_header(head, file, form_of(name))
    rows, width = Rows(header.names, file), len(header.names)
    stray = f"a cell to the right of the last named column ({rows.header[-1]})"
    padding = [None] * width
    for number, cells in itertools.chain(head, numbered):
        if number <= header.last_row:
            continue
        if any(cell is not None for cell in cells[width:]):
            rows.bad.add(number, stray)
        elif any(cell is not None and len(cell) > max_cell for cell in cells):
            rows.bad.add(number, huge_cell(max_cell))
        else:
            rows.add(number, (cells + padding)[:width])
    notes = tuple(f"{file}: {note}" for note in header.notes)
    return replace(rows.table(name, notes=notes), readings=(header.decision,))
