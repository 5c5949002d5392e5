"""Raw tables: one file, sheet or database table as text cells, before anything is understood."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine import settings
from engine.errors import BadInput

_TITLE_ROWS = 20
"""Rows among which the header is looked for (own choice)."""

SECRET_WORDS = frozenset(
    {
        "password",
        "passwd",
        "pwd",
        "passphrase",
        "hash",
        "salt",
        "secret",
        "token",
        "pin",
        "cvv",
        "cvc",
    }
)
"""A column with one of these words in its name is never read out of a file."""


@dataclass(frozen=True, eq=False)
class RawTable:
    """One file, sheet or database table, read and not yet understood.

    Attributes
    ----------
    name : str
        Stem of the file, name of the sheet or of the database table, lower case.
    file : str
        As shown to people: "profiles.csv", "bank.xlsx, sheet customers".
    frame : DataFrame
        Text cells; a missing cell is NaN. Lists and objects of JSON stay JSON text.
    lines : ndarray of int64, shape (n_rows,)
        Where each row begins: line of a text file, row of a sheet or of a database table.
    json_columns : frozenset of str
        Columns whose cells are all JSON values other than text.
    bad_lines : tuple of (line, problem)
        Rows that could not be read at all.
    notes : tuple of str
    delimiter : str
        What parts the cells of a text file; empty for any other.
    """

    name: str
    file: str
    frame: pd.DataFrame
    lines: np.ndarray
    json_columns: frozenset[str] = frozenset()
    bad_lines: tuple[tuple[int, str], ...] = ()
    notes: tuple[str, ...] = ()
    delimiter: str = ""

    def column(self, name: str) -> pd.Series:
        """Cells of a column that cannot be done without; BadInput if it is not there."""
        if name not in self.frame:
            names = ", ".join(list(self.frame.columns)[:12])
            raise BadInput(f"{self.file} has no column {name!r}; it has {names}.")
        return self.frame[name]


def is_secret(column: str) -> bool:
    """Is this the name of a password, hash or token column?"""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", column).lower()
    return "password" in words or not SECRET_WORDS.isdisjoint(re.split(r"[^a-z]+", words))


def raw_table(
    name: str,
    file: str,
    header: list[str],
    columns: Iterable[Sequence[str | None]],
    lines: list[int],
    bad_lines: Iterable[tuple[int, str]] = (),
    json_columns: Iterable[str] = (),
    notes: tuple[str, ...] = (),
) -> RawTable:
    """Build a raw table from columns of cells, leaving secret columns out; BadInput if too many."""
    if len(header) > (most := settings.default().bank.max_columns):
        raise BadInput(
            f"{file} has {len(header):,} columns, more than the {most:,} of the setting "
            "bank.max_columns. Remove the empty ones."
        )
    frame = pd.DataFrame(
        {c: pd.Series(v, dtype="str") for c, v in zip(header, columns, strict=True)},
        index=pd.RangeIndex(len(lines)),
    )
    secret = [column for column in header if is_secret(column)]
    notes += tuple(f"{file}: column {column} was never read." for column in secret)
    return RawTable(
        name,
        file,
        frame.drop(columns=secret),
        np.asarray(lines, dtype="int64"),
        frozenset(json_columns) - set(secret),
        tuple(sorted(bad_lines)),
        notes,
    )


def below_title(rows: list[tuple[int, Sequence[str | None]]]) -> tuple[int, str]:
    """How many rows stand above the header, and what to report of them.

    Exports often begin with a title, a date or a filter. Such a row fills less than half of the
    cells that the fullest of the first rows fills; the header is the first that fills more, and it
    holds names, no numbers.
    """
    first = [[c for c in cells if c is not None and c.strip()] for _, cells in rows[:_TITLE_ROWS]]
    most = max(map(len, first), default=0)
    n_above = next((n for n, said in enumerate(first) if 2 * len(said) > most), 0)
    if n_above == 0 or not all(re.search(r"[^\W\d_]", cell) for cell in first[n_above]):
        return 0, ""
    said = " ".join(cell.strip() for cells in first[:n_above] for cell in cells)
    rows = "1 row" if n_above == 1 else f"{n_above} rows"
    return n_above, f"the header stands below {rows}, left out: {said[:80]!r}."


def column_names(cells: Sequence[str]) -> list[str]:
    """A header's names, stripped; an empty name is numbered, a repeated one gets a suffix."""
    names: dict[str, None] = {}
    for number, cell in enumerate(cells, start=1):
        name = cell.strip() or f"column {number}"
        while name in names:
            name = f"{name} ({number})"
        names[name] = None
    return list(names)


def huge_cell(max_cell: int) -> str:
    """What is wrong with a row that has a cell above the limit."""
    return f"a cell has more than {max_cell:,} characters (an unclosed quotation mark?)"
