"""Raw tables: one file, sheet or database table as text cells, before anything is understood."""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from engine import settings
from engine.bank.decision import Decision
from engine.errors import BadInput

_CHUNK_CELLS = 500_000
"""Cells that stand as Python texts at a time; all others are packed (own choice)."""

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


@dataclass(frozen=True)
class FileForm:
    """How the cells of a file are told apart, as far as a person or an earlier import said it.

    Attributes
    ----------
    encoding, delimiter, header : str
        "cp1250", "semicolon", "row 5"; empty where the file has to tell.
    columns : tuple of str
        What the header has to name: by it a header that has moved is found.
    """

    encoding: str = ""
    delimiter: str = ""
    header: str = ""
    columns: tuple[str, ...] = ()


ANY_FORM = FileForm()


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
        Rows that could not be read at all: the first of each kind.
    n_bad_lines : int
        All of them.
    notes : tuple of str
    delimiter : str
        What parts the cells of a text file; empty for any other.
    signed : str
        Why every negative amount goes out, where the format of the file says so.
    balances : mapping
        Account -> opening and closing balance, where statements say both; numbers as text.
    readings : tuple of Decision
        About its "encoding", its "delimiter" and its "header row", where there is a choice.
    """

    name: str
    file: str
    frame: pd.DataFrame
    lines: np.ndarray
    json_columns: frozenset[str] = frozenset()
    bad_lines: tuple[tuple[int, str], ...] = ()
    n_bad_lines: int = 0
    notes: tuple[str, ...] = ()
    delimiter: str = ""
    signed: str = ""
    readings: tuple[Decision, ...] = ()
    balances: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def column(self, name: str) -> pd.Series:
        """Cells of a column that cannot be done without; BadInput if it is not there."""
        if name not in self.frame:
            raise BadInput(f"{self.file} has no column {name!r}; {self.columns_like(name)}.")
        return self.frame[name]

    def columns_like(self, name: str) -> str:
        """The columns that there are, and the nearest of them, as the end of a sentence."""
        columns = list(self.frame.columns)
        near = difflib.get_close_matches(name, columns, 1, 0.0)
        nearest = f"; the nearest is {near[0]!r}" if near else ""
        return f"it has {', '.join(columns[:12])}{nearest}"


class Budget:
    """Cells and characters that one file may still bring: counted while it is read.

    A file of a few kilobytes can stand for gigabytes, so nothing that it says of its own size
    is believed.
    """

    def __init__(self, file: str) -> None:
        limits = settings.default().bank
        self._file = file
        self._most_cells, self._most_text = limits.max_cells, limits.max_unpacked_megabytes
        self._cells_left, self._text_left = self._most_cells, self._most_text * 2**20

    def take(self, n_cells: int, n_characters: int = 0) -> None:
        """Count cells, and characters of text; BadInput once there are too many."""
        self._cells_left -= n_cells
        self._text_left -= n_characters
        if self._cells_left < 0:
            raise BadInput(
                f"{self._file} has more than {self._most_cells:,} cells, empty ones included: the "
                "setting bank.max_cells. Remove empty rows and columns, save it as CSV, or split "
                "it."
            )
        if self._text_left < 0:
            raise BadInput(
                f"{self._file} unpacks to more than {self._most_text:,} MB of the setting "
                "bank.max_unpacked_megabytes. Split it."
            )


class Rows:
    """Rows of one width, added one by one and packed in chunks; beside them those set aside."""

    def __init__(self, header: Sequence[str], file: str) -> None:
        check_width(len(header), file)
        self.header, self.file = list(header), file
        self.bad = BadLines()
        self.lines: list[int] = []
        self._waiting: list[Sequence[str | None]] = []
        self._most_waiting = max(1, _CHUNK_CELLS // max(1, len(header)))
        self._packed: list[list[pa.Array]] = [[] for _ in header]

    def add(self, line: int, cells: Sequence[str | None]) -> None:
        """Keep a row that has a cell for every column."""
        self.lines.append(line)
        self._waiting.append(cells)
        if len(self._waiting) >= self._most_waiting:
            self._pack()

    def add_packed(self, line: int, columns: Sequence[pa.Array], max_cell: int) -> None:
        """Keep rows that are packed already, the first of them on this line."""
        self._pack()
        lines = np.arange(line, line + (len(columns[0]) if columns else 0))
        is_huge = np.zeros(len(lines), dtype=bool)
        for column in columns:
            lengths = pc.fill_null(pc.utf8_length(column), 0)
            is_huge |= lengths.to_numpy(zero_copy_only=False) > max_cell
        for huge_line in lines[is_huge].tolist():
            self.bad.add(huge_line, huge_cell(max_cell))
        self.lines += lines[~is_huge].tolist()
        for packed, column in zip(self._packed, columns, strict=True):
            packed.append(column.filter(pa.array(~is_huge)) if is_huge.any() else column)

    def _pack(self) -> None:
        for packed, cells in zip(self._packed, zip(*self._waiting, strict=True), strict=False):
            packed.append(_packed(cells))
        self._waiting = []

    def table(
        self, name: str, json_columns: Iterable[str] = (), notes: tuple[str, ...] = ()
    ) -> RawTable:
        """The rows as a raw table."""
        self._pack()
        columns = [pa.chunked_array(chunks, pa.large_string()) for chunks in self._packed]
        bad = self.bad
        return raw_table(
            name, self.file, self.header, columns, self.lines, bad, json_columns, notes
        )


class BadLines:
    """Lines that cannot be read: the first of each kind with its problem, all of them counted."""

    def __init__(self) -> None:
        self.kept: list[tuple[int, str]] = []
        self.n = 0
        self._most = settings.default().bank.max_reported_rows
        self._kinds: Counter[str] = Counter()

    def add(self, line: int, problem: str, kind: str = "") -> None:
        """Count a line; `kind` is what it has in common with others, by default the problem."""
        self.n += 1
        self._kinds[kind or problem] += 1
        if self._kinds[kind or problem] <= self._most:
            self.kept.append((line, problem))


def _packed(cells: Sequence[str | None]) -> pa.Array:
    try:
        return pa.array(cells, pa.large_string())
    except UnicodeEncodeError:
        return pa.array([c if c is None else printable(c) for c in cells], pa.large_string())


def printable(text: str) -> str:
    """Text without halves of characters, which nothing can write: each becomes a sign for it."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def check_width(n_columns: int, file: str) -> None:
    """BadInput if a table has more columns than anybody means; to be asked before they are made."""
    if n_columns > (most := settings.default().bank.max_columns):
        raise BadInput(
            f"{file} has {n_columns:,} columns, more than the {most:,} of the setting "
            "bank.max_columns. Remove the empty ones."
        )


def is_secret(column: str) -> bool:
    """Is this the name of a password, hash or token column?"""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", column).lower()
    return "password" in words or not SECRET_WORDS.isdisjoint(re.split(r"[^a-z]+", words))


def raw_table(
    name: str,
    file: str,
    header: list[str],
    columns: Iterable[Sequence[str | None] | pa.ChunkedArray],
    lines: list[int],
    bad: BadLines | None = None,
    json_columns: Iterable[str] = (),
    notes: tuple[str, ...] = (),
) -> RawTable:
    """Build a raw table from columns of cells, leaving secret columns out; BadInput if too many."""
    check_width(len(header), file)
    cells: Mapping[str, pd.Series] = {
        column: pd.Series(values, dtype="str")
        for column, values in zip(header, columns, strict=True)
        if not is_secret(column)
    }
    secret = [column for column in header if is_secret(column)]
    notes += tuple(f"{file}: column {column} was never read." for column in secret)
    return RawTable(
        name,
        file,
        pd.DataFrame(cells, index=pd.RangeIndex(len(lines))),
        np.asarray(lines, dtype="int64"),
        frozenset(json_columns) - set(secret),
        tuple(sorted(bad.kept)) if bad else (),
        bad.n if bad else 0,
        notes,
    )


def is_blank(cells: Sequence[str | None]) -> bool:
    """Whether no cell of a row says anything."""
    return not any(cell and not cell.isspace() for cell in cells)


def huge_cell(max_cell: int) -> str:
    """What is wrong with a row that has a cell above the limit."""
    return f"a cell has more than {max_cell:,} characters (an unclosed quotation mark?)"
