"""Delimited text of any common encoding in, raw tables out."""

import csv
import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from engine import settings
from engine.bank.decision import SAID, Certainty, Decision
from engine.bank.reading.encodings import encoding_of, text_lines
from engine.bank.reading.headers import HEAD, find_header
from engine.bank.reading.raw_table import (
    ANY_FORM,
    FileForm,
    RawTable,
    Rows,
    huge_cell,
    is_blank,
)
from engine.errors import BadInput

NAMES = {"\t": "tab", ";": "semicolon", "|": "vertical bar", ",": "comma"}
"""Delimiters, in this order where several fit alike: a comma may be a decimal sign or in a text."""
_AGREED = 0.9
"""Share of the first lines that one delimiter splits into as many cells (own choice)."""

_BLOCK = 2**22
"""Bytes of plain rows that are read at a time (own choice)."""
_START = 20_000
"""Characters by which the delimiter is found (own choice)."""
_MOST_FRESH_STARTS = 20
"""How often reading begins anew after a quotation mark that nothing closes (own choice: each may
cost one more pass over the file)."""

_SAID = re.compile(r'"?sep=([,;\t|])"?')
"""What Excel writes above a file whose delimiter it names."""

csv.field_size_limit(2**24)  # our own limit is a setting and is checked per row

_END = "\0end of the file\0"
"""Read as one more line: a quotation mark that is still open there takes it into its cell."""

_Record = tuple[int, list[str] | str]
"""Number of the first line, and cells or what is wrong with the line."""


def read_csv(data: bytes, file: str, name: str, form: FileForm = ANY_FORM) -> RawTable:
    """Read delimited text of any common encoding and delimiter, or of those that a plan says.

    Lines with too many or too few cells, and lines with a cell above the setting
    bank.max_cell_characters, are set aside with their number; a file in which no line fits its
    header is refused.
    """
    encoding, about_letters, why = encoding_of(data, file, form.encoding)
    delimiter, about_cells = sniff_delimiter(_start(data, encoding), file, form.delimiter)
    records = _records(data, encoding, delimiter)
    head = list(itertools.islice(records, HEAD))
    if not head:
        raise BadInput(f"{file} is empty: a first line with column names was expected.")
    readable = [(line, cells) for line, cells in head if not isinstance(cells, str)]
    header = find_header(readable or [(0, ["column 1"])], file, form)
    rows = Rows(header.names, file)
    n_done, last = head[-1]
    is_one_line = not isinstance(last, str) and not re.search(r"[\r\n]", "".join(last))
    rest = _rest(data, encoding, delimiter, rows, n_done) if is_one_line else records
    for line, cells in itertools.chain(head, rest):
        if isinstance(cells, str):
            rows.bad.add(line, cells)
        elif line > header.last_row:
            _add(rows, line, cells)
    if rows.bad.n and not rows.lines:
        raise BadInput(
            f"{file}: no line fits its header of {len(rows.header)} columns (first: line "
            f"{rows.bad.kept[0][0]}, {rows.bad.kept[0][1]}). Is every line separated by a "
            f"{NAMES[delimiter]} as the header is?"
        )
    notes = () if encoding.startswith("utf") else (f"{file} is not UTF-8; {why}.",)
    notes += tuple(f"{file}: {note}" for note in header.notes)
    readings = (about_letters, *about_cells, header.decision)
    return replace(rows.table(name, notes=notes), delimiter=delimiter, readings=readings)


def _add(rows: Rows, line: int, cells: list[str]) -> None:
    width = len(rows.header)
    if len(cells) > width and is_blank(cells[width:]):
        cells = cells[:width]
    if len(cells) == width:
        rows.add(line, cells)
    else:
        problem = f"{len(cells)} cells where the header has {width}"
        rows.bad.add(line, problem, "another width")


def _start(data: bytes, encoding: str) -> str:
    """The first characters, from the first line on that says something."""
    said = (line for line in text_lines(data, encoding) if line.strip(" \t\r\n,;|\"'"))
    text = ""
    for line in said:
        text += line[:_START]
        if len(text) >= _START:
            break
    return text


def sniff_delimiter(text: str, file: str, said: str = "") -> tuple[str, tuple[Decision, ...]]:
    """The delimiter that a plan says, or that splits the first lines into most columns of a width.

    Returns
    -------
    str
    tuple of Decision
        One, or none where there is one column only.
    """
    if said and said not in NAMES.values():
        raise BadInput(
            f"The plan parts the cells of {file} by {said!r}; they can be parted by "
            f"{', '.join(NAMES.values())}."
        )
    try:
        own, decisions = _by_lines(text, file)
    except BadInput:
        if not said:
            raise
        own, decisions = "", ()
    if not said:
        return own, decisions
    decision = Decision(file, "", "delimiter", said, Certainty.PROVED, SAID)
    if decisions and decisions[0].certainty is Certainty.PROVED and said != decisions[0].reading:
        evidence = f"the plan says so, but {decisions[0].evidence} at a {decisions[0].reading}"
        others = (decisions[0].reading,)
        decision = replace(decision, certainty=Certainty.GUESS, evidence=evidence, others=others)
    return next(sign for sign, name in NAMES.items() if name == said), (decision,)


def _by_lines(text: str, file: str) -> tuple[str, tuple[Decision, ...]]:
    lines = text[:_START].splitlines()[:20]
    if not lines or not text.strip():
        raise BadInput(f"{file} is empty: a first line with column names was expected.")
    if said := _SAID.fullmatch(lines[0].strip()):
        return said[1], (_parted(file, said[1], Certainty.PROVED, "its first line says so"),)
    split = {
        delimiter: [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        for delimiter in NAMES
    }
    is_title = all(widths[0] == 1 for widths in split.values() if widths)
    best, best_rank = ",", (0.0, 1)
    ranks = {}
    for delimiter, widths in split.items():
        width = max(widths, key=widths.count) if is_title else widths[0]
        if width > 1:
            ranks[delimiter] = (sum(w == width for w in widths) / len(widths), width)
            best, best_rank = max((best, best_rank), (delimiter, ranks[delimiter]), key=_rank)
    if best_rank[1] == 1 and re.search(r"\w[^\w\s.\"'()/%-]+\w", lines[0]):
        raise BadInput(
            f"{file}: the first line {lines[0][:60]!r} could not be split into columns. "
            "Separate columns by comma, semicolon, tab or vertical bar."
        )
    if best_rank[1] == 1:
        return best, ()
    agreement, width = best_rank
    rivals = [d for d in ranks if d != best and ranks[d][0] >= _AGREED]
    alike = tuple(NAMES[d] for d in rivals if ranks[d][1] == width)
    certainty = Certainty.LIKELY if rivals or agreement < 1 else Certainty.PROVED
    evidence = f"{agreement * len(split[best]):.0f} of {len(split[best])} lines have {width} cells"
    return best, (_parted(file, best, Certainty.GUESS if alike else certainty, evidence, alike),)


def _parted(
    file: str, sign: str, certainty: Certainty, evidence: str, others: tuple[str, ...] = ()
) -> Decision:
    return Decision(file, "", "delimiter", NAMES[sign], certainty, evidence, others)


def _rank(candidate: tuple[str, tuple[float, int]]) -> tuple[bool, bool, int]:
    agreement, width = candidate[1]
    return (agreement >= 0.5 and width > 1, agreement >= _AGREED and width > 1, width)


def _rest(data: bytes, encoding: str, delimiter: str, rows: Rows, n_done: int) -> Iterator[_Record]:
    """Records after so many lines; those that can be are given to the rows all at once."""
    n_done += _plain_rows(data, encoding, delimiter, rows, n_done)
    yield from _records(data, encoding, delimiter, n_done)


def _plain_rows(data: bytes, encoding: str, delimiter: str, rows: Rows, n_done: int) -> int:
    """Keep rows after so many lines, block by block; returns how many lines were read.

    It ends before the first block with anything but one row of the header's width a line: a
    quotation mark, a blank line, another width. What such lines say is for `_records`.
    """
    if encoding not in ("utf-8", "utf-8-sig") or data.count(b"\r") != data.count(b"\r\n"):
        return 0
    start = 0
    for _ in range(n_done):
        start = data.find(b"\n", start) + 1 or len(data)
    quoted = data.find(b'"')
    end = len(data) if quoted < 0 else data.rfind(b"\n", 0, quoted) + 1
    n_read = 0
    while start < end:
        stop = data.find(b"\n", min(start + _BLOCK, end), end) + 1 or end
        columns = _plain_columns(data[start:stop], delimiter, len(rows.header))
        if columns is None:
            break
        max_cell = settings.default().bank.max_cell_characters
        rows.add_packed(n_done + n_read + 1, columns, max_cell)
        n_read += len(columns[0])
        start = stop
    return n_read


def _plain_columns(block: bytes, delimiter: str, width: int) -> list[Any] | None:
    """The columns of whole lines without quotation marks; None where a line is no row."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv as arrow

    names = [str(i) for i in range(width)]
    read = arrow.ReadOptions(column_names=names, use_threads=False, block_size=len(block) + 1)
    parse = arrow.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=False)
    convert = arrow.ConvertOptions(column_types=dict.fromkeys(names, pa.large_string()))
    if b"\0" in block:
        return None
    try:
        table = arrow.read_csv(pa.BufferReader(block), read, parse, convert).combine_chunks()
    except pa.ArrowInvalid:
        return None
    if table.num_rows != block.count(b"\n") + (not block.endswith(b"\n")):
        return None
    columns = [column.combine_chunks() for column in table.columns]
    is_blank = pa.chunked_array([pa.repeat(True, table.num_rows)])
    for column in columns:
        is_blank = pc.and_(is_blank, pc.invert(pc.match_substring_regex(column, "[0-9A-Za-z]")))
        if not pc.any(is_blank).as_py():
            return columns
    return None


def _records(data: bytes, encoding: str, delimiter: str, n_before: int = 0) -> Iterator[_Record]:
    """Records after so many lines that say something, those with a problem among them.

    A quotation mark that is never closed would take all that follows into one cell: its line is
    set aside, and reading begins anew on the line after it.
    """
    for n_fresh_starts in range(_MOST_FRESH_STARTS + 1):
        unclosed = 0
        for line, cells in _parsed(data, encoding, delimiter, n_before):
            if cells is None:
                unclosed = line
            else:
                yield line, cells
        if not unclosed:
            return
        n_before = unclosed
        is_last = n_fresh_starts == _MOST_FRESH_STARTS
        rest = "; the rest of the file was not read" if is_last else ""
        yield unclosed, f"a quotation mark that is never closed{rest}"


def _parsed(
    data: bytes, encoding: str, delimiter: str, n_before: int
) -> Iterator[tuple[int, list[str] | str | None]]:
    """Records after so many lines; None in place of the cells of one that never ends, and stop."""
    max_cell = settings.default().bank.max_cell_characters
    lines = itertools.islice(text_lines(data, encoding), n_before, None)
    reader = csv.reader(itertools.chain(lines, [_END]), delimiter=delimiter)
    while True:
        start = n_before + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if n_before + reader.line_num > start:
                yield start, None
                return
            is_huge = "field limit" in str(error)
            yield start, huge_cell(max_cell) if is_huge else str(error)
            continue
        if is_blank(cells):
            continue
        if cells[-1].endswith(_END):
            if len(cells) > 1 or cells[0] != _END:
                yield start, None
            return
        is_huge = sum(map(len, cells)) > max_cell and max(map(len, cells)) > max_cell
        yield start, huge_cell(max_cell) if is_huge else cells
