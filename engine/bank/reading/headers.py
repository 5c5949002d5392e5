"""The first rows of a file in; the names of its columns, and where its data begin, out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from engine.bank.decision import SAID, Certainty, Decision
from engine.bank.reading.raw_table import ANY_FORM, FileForm, printable
from engine.errors import BadInput

HEAD: Final = 40
"""Rows of a file that are looked at for its header (own choice)."""
_TITLE_ROWS = 20
"""Rows among which the header is looked for (own choice)."""
_LETTER: Final = re.compile(r"[^\W\d_]")
_LONGEST_NAME = 60
"""Characters of a column's name in a header of two rows (own choice)."""

ABOUT, NONE = "header row", "none"
"""What the decision is about, and the reading of a file without names of columns."""
_ROWS: Final = re.compile(r"rows? (\d{1,9})(?: and (\d{1,9}))?")
_DAY: Final = re.compile(r"\d{1,4}([-./])\d{1,2}\1\d{1,4}(?:[ T].*)?")
_FIGURE: Final = re.compile(r"[-+(]?[$€£¥]?\d[\d.,' ]*\)?-?")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_LONGEST_FIGURE = 40

Cells = Sequence[str | None]
Rows = Sequence[tuple[int, Cells]]


@dataclass(frozen=True)
class Header:
    """Names of the columns, the number of the row after which data begin, and what to report."""

    names: list[str]
    last_row: int
    notes: tuple[str, ...]
    decision: Decision


def find_header(rows: Rows, file: str, form: FileForm = ANY_FORM) -> Header:
    """The header among the first rows of a file: below a title, in one row or in two, or none.

    Parameters
    ----------
    rows : sequence of (row number, cells)
        The first rows that say something, at least one.
    file : str
    form : FileForm
        What a plan says: its row holds, unless its columns stand in another.
    """
    own = _by_content(rows, file)
    if not (form.header or form.columns):
        return own
    said = _named(rows, file, form.header) if form.header else own
    elsewhere = [_at(rows, n, 1, file) for n in range(len(rows))]
    having = [h for h in (said, own, *elsewhere) if h and set(form.columns) <= {*h.names}]
    chosen = having[0] if having else said or own
    reading = chosen.decision.reading
    if not form.header or (said is None and not having):
        return chosen
    if chosen is not said:
        evidence = f"the plan says {form.header}, but the columns of the plan stand in {reading}"
        return replace(chosen, decision=_decided(file, reading, Certainty.LIKELY, evidence))
    decision = _decided(file, reading, Certainty.PROVED, SAID)
    is_proved = own.decision.certainty is Certainty.PROVED
    if is_proved and own.decision.reading != reading and not form.columns:
        evidence = f"the plan says so, but {own.decision.evidence}"
        decision = _decided(file, reading, Certainty.GUESS, evidence, (own.decision.reading,))
    return replace(chosen, decision=decision)


def _decided(
    file: str, reading: str, certainty: Certainty, evidence: str, others: tuple[str, ...] = ()
) -> Decision:
    return Decision(file, "", ABOUT, reading, certainty, evidence, others)


def _named(rows: Rows, file: str, reading: str) -> Header | None:
    """The header where a plan says it is; None where the file has no such row."""
    if reading == NONE:
        widths = [len(cells) for _, cells in rows]
        names = column_names([""] * max(set(widths), key=widths.count))
        return Header(names, 0, (), _decided(file, NONE, Certainty.PROVED, SAID))
    match = _ROWS.fullmatch(reading)
    if match is None:
        raise BadInput(
            f"The plan says of {file} that its header is {reading!r}; expected 'row 3', 'rows 3 "
            f"and 4' or {NONE!r}."
        )
    numbers = [number for number, _ in rows]
    if int(match[1]) not in numbers:
        return None
    return _at(rows, numbers.index(int(match[1])), 2 if match[2] else 1, file)


def _at(rows: Rows, n_above: int, n_rows: int, file: str) -> Header:
    """The header of one or two rows below some others."""
    cells = [[(cell or "").strip() for cell in row] for _, row in rows[n_above:]]
    names = _without_empty_end(cells[0], cells[1:])
    numbers = [number for number, _ in rows[n_above : n_above + n_rows]]
    reading = f"row {numbers[0]}"
    if len(numbers) == 2:
        lower = _without_empty_end(cells[1], cells[2:])
        names += [""] * (len(lower) - len(names))
        names = _joined(names, lower + [""] * (len(names) - len(lower)))
        reading = f"rows {numbers[0]} and {numbers[1]}"
    return Header(
        column_names(names), numbers[-1], (), _decided(file, reading, Certainty.PROVED, "")
    )


def _by_content(rows: Rows, file: str) -> Header:
    n_above, title = below_title(rows)
    cells = [[(cell or "").strip() for cell in row] for _, row in rows[n_above:]]
    upper = _without_empty_end(cells[0], cells[1:])
    n_rows, notes = 1, ((title,) if title else ())
    lower = _without_empty_end(cells[1], cells[2:]) if len(cells) > 2 else []
    lower += [""] * (len(upper) - len(lower))
    if len(cells) > 2 and _is_second_row(upper, lower, cells[2:]):
        n_rows = 2
    header = _at(rows, n_above, n_rows, file)
    if n_rows == 2:
        shown = ", ".join(header.names)[:200]
        notes += (f"the header stands in 2 rows; the columns are {shown}.",)
    reading = header.decision.reading
    kinds = _kinds(cells[n_rows:], len(upper))
    if not n_above and _is_like_data(upper, kinds):
        evidence = "the first row holds a day and figures as the rows below do, and no names"
        none = _named(rows, file, NONE) or header
        return replace(none, decision=_decided(file, NONE, Certainty.GUESS, evidence, (reading,)))
    certainty, evidence, others = Certainty.LIKELY, "the first row that fills most columns", ()
    if n_rows == 1 and _is_named_twice(cells):
        evidence = "it holds names, but so does the row below"
        certainty, others = Certainty.GUESS, (f"row {rows[n_above + 1][0]}",)
    elif not n_above and kinds and not any(_kind(upper[c]) for c in kinds):
        certainty, evidence = Certainty.PROVED, "it holds names, and days and figures stand below"
    decision = _decided(file, reading, certainty, evidence, others)
    return replace(header, notes=notes, decision=decision)


def _kind(cell: str) -> str:
    """Whether a cell is a day or a figure; a year may be the name of a column as well."""
    cell = cell[:_LONGEST_FIGURE]
    if _DAY.fullmatch(cell):
        return "day"
    return "figure" if _FIGURE.fullmatch(cell) and not _YEAR.fullmatch(cell) else ""


def _kinds(below: Sequence[Sequence[str]], width: int) -> dict[int, str]:
    """Columns -> "day" or "figure", where all cells of the first rows below a header are such."""
    kinds = {}
    for column in range(width):
        said = {_kind(row[column]) for row in below if len(row) > column and row[column]}
        if len(said) == 1 and said != {""}:
            kinds[column] = said.pop()
    return kinds


def _is_like_data(upper: Sequence[str], kinds: Mapping[int, str]) -> bool:
    """Whether the first row holds a day and figures, or nothing, where the rows below hold them."""
    said = {upper[c]: kind for c, kind in kinds.items() if upper[c]}
    return len(said) > 1 and all(_kind(cell) == kind for cell, kind in said.items())


def _is_named_twice(cells: Sequence[Sequence[str]]) -> bool:
    """Whether the row below a header holds other names where all rows after it hold figures."""
    if len(cells) < 4 or cells[0] == cells[1]:
        return False
    figures = _kinds(cells[2:], min(len(cells[0]), len(cells[1])))
    held = [cell for c in figures for cell in (cells[0][c], cells[1][c])]
    return len(figures) > 1 and all(cell and not re.search(r"\d", cell) for cell in held)


def below_title(rows: Rows) -> tuple[int, str]:
    """How many rows stand above the header, and what to report of them.

    Exports often begin with a title, a date or a filter. Such a row fills less than half of the
    cells that the fullest of the first rows fills; the header is the first that fills more, and it
    holds names, no numbers.
    """
    first = [[c for c in cells if c is not None and c.strip()] for _, cells in rows[:_TITLE_ROWS]]
    most = max(map(len, first), default=0)
    n_above = next((n for n, said in enumerate(first) if 2 * len(said) > most), 0)
    n_above = _below_summary(first, n_above)
    if n_above == 0 or not all(_LETTER.search(cell) for cell in first[n_above]):
        return 0, ""
    said = " ".join(cell.strip() for cells in first[:n_above] for cell in cells)
    shown = "1 row" if n_above == 1 else f"{n_above} rows"
    return n_above, f"the header stands below {shown}, left out: {said[:80]!r}."


def _below_summary(first: Sequence[Sequence[str]], n_above: int) -> int:
    """Where the header stands if what was found heads a row of sums above it: it has more names,
    and figures stand between."""
    for number in range(n_above + 2, len(first) - 1):
        cells, between = first[number], first[n_above + 1 : number]
        is_names = all(_LETTER.search(cell) and not re.search(r"\d", cell) for cell in cells)
        has_figures = any(_kind(cell.strip()) for row in between for cell in row)
        is_data = any(_kind(cell.strip()) for cell in first[number + 1])
        if any(_kind(cell.strip()) == "day" for row in between for cell in row):
            break  # rows of days are no sums: what stands further below heads a second table
        if len(cells) > len(first[n_above]) and is_names and has_figures and is_data:
            return number
    return n_above


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
    if not all(lower):
        return _is_below_groups(upper, lower, below)
    named = lower
    is_words = all(_LETTER.search(cell) and len(cell) <= _LONGEST_NAME for cell in named)
    if not is_words or any(re.search(r"\d|@", cell) for cell in named):
        return False
    has_figures = any(
        cell[:1].isdigit() or cell[1:2].isdigit() for cells in below for cell in cells
    )
    return has_figures and len(set(_joined(upper, lower))) == len(lower)


def _is_below_groups(
    upper: Sequence[str], lower: Sequence[str], below: Sequence[Sequence[str]]
) -> bool:
    """Whether a row names the columns of groups, and leaves those empty whose names stand above:
    Date and, over two columns, Amount; below the latter Debit and Credit."""
    named = [n for n, cell in enumerate(lower) if cell]
    has_group = any(not above and cell for above, cell in zip(upper, lower, strict=True))
    is_whole = all(above or cell for above, cell in zip(upper, lower, strict=True))
    is_words = all(_LETTER.search(lower[n]) and not re.search(r"\d|@", lower[n]) for n in named)
    kinds = _kinds(below, len(upper))
    return has_group and is_whole and is_words and len(named) > 1 and all(n in kinds for n in named)


def _joined(upper: list[str], lower: list[str]) -> list[str]:
    """Names of the lower row; those that stand there twice with their group before them."""
    names, group = [], ""
    for above, name in zip(upper, lower, strict=True):
        group = above or group
        is_twice = bool(name) and lower.count(name) > 1
        names.append(f"{group} {name}" if is_twice else name or above)
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
