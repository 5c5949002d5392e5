"""The first rows of a file in; the names of its columns, and where its data begin, out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from engine.bank.reading.raw_table import printable

HEAD: Final = 40
"""Rows of a file that are looked at for its header (own choice)."""
_TITLE_ROWS = 20
"""Rows among which the header is looked for (own choice)."""
_LETTER: Final = re.compile(r"[^\W\d_]")
_LONGEST_NAME = 60
"""Characters of a column's name in a header of two rows (own choice)."""

Cells = Sequence[str | None]


@dataclass(frozen=True)
class Header:
    """Names of the columns, the number of the row after which data begin, and what to report."""

    names: list[str]
    last_row: int
    notes: tuple[str, ...]


def find_header(rows: Sequence[tuple[int, Cells]]) -> Header:
    """The header among the first rows of a file: below a title, in one row or in two.

    Parameters
    ----------
    rows : sequence of (row number, cells)
        The first rows that say something, at least one.
    """
    n_above, title = below_title(rows)
    cells = [[(cell or "").strip() for cell in row] for _, row in rows[n_above:]]
    upper = _without_empty_end(cells[0], cells[1:])
    names, n_rows, notes = upper, 1, ((title,) if title else ())
    if len(cells) > 2 and _is_second_row(upper, cells[1], cells[2:]):
        names, n_rows = _joined(upper, cells[1]), 2
        notes += (f"the header stands in 2 rows; the columns are {', '.join(names)[:200]}.",)
    return Header(column_names(names), rows[n_above + n_rows - 1][0], notes)


def below_title(rows: Sequence[tuple[int, Cells]]) -> tuple[int, str]:
    """How many rows stand above the header, and what to report of them.

    Exports often begin with a title, a date or a filter. Such a row fills less than half of the
    cells that the fullest of the first rows fills; the header is the first that fills more, and it
    holds names, no numbers.
    """
    first = [[c for c in cells if c is not None and c.strip()] for _, cells in rows[:_TITLE_ROWS]]
    most = max(map(len, first), default=0)
    n_above = next((n for n, said in enumerate(first) if 2 * len(said) > most), 0)
    if n_above == 0 or not all(_LETTER.search(cell) for cell in first[n_above]):
        return 0, ""
    said = " ".join(cell.strip() for cells in first[:n_above] for cell in cells)
    shown = "1 row" if n_above == 1 else f"{n_above} rows"
    return n_above, f"the header stands below {shown}, left out: {said[:80]!r}."


def _without_empty_end(names: list[str], below: Sequence[Sequence[str]]) -> list[str]:
    """A header without empty names at its end under which nothing stands."""
    width = len(names)
    while width > 1 and not names[width - 1]:
        if any(len(cells) >= width and cells[width - 1] for cells in below):
            break
        width -= 1
    return names[:width]


def _is_second_row(upper: list[str], lower: list[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the row under a header holds its columns' names, and the header their groups.

    Groups repeat or are empty beside the first (merged cells); names are words, differ within
    their group, and stand over cells with figures.
    """
    if len(lower) != len(upper) or not upper[0] or len({*upper, ""}) > len(upper):
        return False
    named = [cell for cell in lower if cell]
    is_words = all(_LETTER.search(cell) and len(cell) <= _LONGEST_NAME for cell in named)
    if len(named) < len(upper) or not is_words or any(re.search(r"\d|@", cell) for cell in named):
        return False
    has_figures = any(
        cell[:1].isdigit() or cell[1:2].isdigit() for cells in below for cell in cells
    )
    return has_figures and len(set(_joined(upper, lower))) == len(lower)


def _joined(upper: list[str], lower: list[str]) -> list[str]:
    """Names of the lower row; those that stand there twice with their group before them."""
    names, group = [], ""
    for above, name in zip(upper, lower, strict=True):
        group = above or group
        names.append(f"{group} {name}" if lower.count(name) > 1 else name)
    return names


def column_names(cells: Sequence[str]) -> list[str]:
    """A header's names, stripped; an empty name is numbered, a repeated one gets a suffix."""
    names: dict[str, None] = {}
    for number, cell in enumerate(cells, start=1):
        name = printable(cell.strip()) or f"column {number}"
        while name in names:
            name = f"{name} ({number})"
        names[name] = None
    return list(names)
