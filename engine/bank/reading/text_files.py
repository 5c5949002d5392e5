"""Delimited text of any common encoding in, raw tables out."""

import csv
import io
import re
from dataclasses import replace

from engine.bank.reading.raw_table import RawTable, below_title, column_names, huge_cell, raw_table
from engine.errors import BadInput

DELIMITERS = (",", ";", "\t", "|")

csv.field_size_limit(2**24)  # our own limit is a setting and is checked per row


def read_csv(data: bytes, file: str, name: str, max_cell: int) -> RawTable:
    """Read delimited text of any common encoding and delimiter.

    Lines with too many or too few cells, and lines with a cell above `max_cell` characters, are
    set aside with their number; a file in which no line fits its header is refused.
    """
    text, encoding = decode(data, file)
    delimiter = sniff_delimiter(text, file)
    records, bad = _csv_records(text, delimiter, max_cell)
    if not records and not bad:
        raise BadInput(f"{file} is empty: a first line with column names was expected.")
    n_above, title = below_title(records)
    records = records[n_above:]
    header = column_names(records[0][1]) if records else []
    width = len(header)
    kept = [(line, cells) for line, cells in records[1:] if len(cells) == width]
    for line, cells in records[1:]:
        if len(cells) != width:
            bad.append((line, f"{len(cells)} cells where the header has {width}"))
    if len(bad) and not kept:
        raise BadInput(
            f"{file}: no line fits its header of {width} columns (first: line {bad[0][0]}, "
            f"{bad[0][1]}). Is every line separated by {_shown(delimiter)} as the header is?"
        )
    columns = list(zip(*(cells for _, cells in kept), strict=True)) or [()] * width
    notes = () if encoding.startswith("utf") else (f"{file} is not UTF-8; it was read as cp1252.",)
    notes += (f"{file}: {title}",) if title else ()
    lines = [line for line, _ in kept]
    table = raw_table(name, file, header, columns, lines, bad, notes=notes)
    return replace(table, delimiter=delimiter)


def decode(data: bytes, file: str) -> tuple[str, str]:
    """Text of a file and the encoding it was read in; BOMs are removed."""
    for bom, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(bom):
            return _decoded(data, encoding, file), encoding
    start = data[:2000]
    if start.count(0) > len(start) // 4:
        encoding = "utf-16-le" if start[1::2].count(0) > start[0::2].count(0) else "utf-16-be"
        return _decoded(data, encoding, file), encoding
    if 0 in start:
        raise BadInput(f"{file} is not a text file. Save it as UTF-8 text (CSV or JSON).")
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _decoded(data, "cp1252", file), "cp1252"


def _decoded(data: bytes, encoding: str, file: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{file} is not valid {encoding} text (byte {error.start:,}). Save it as UTF-8."
        ) from error


def sniff_delimiter(text: str, file: str) -> str:
    """The delimiter that splits the first lines into the most columns of one width."""
    lines = text[:20000].splitlines()[:20]
    if not lines or not text.strip():
        raise BadInput(f"{file} is empty: a first line with column names was expected.")
    split = {
        delimiter: [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        for delimiter in DELIMITERS
    }
    is_title = all(widths[0] == 1 for widths in split.values() if widths)
    best, best_rank = ",", (0.0, 1)
    for delimiter, widths in split.items():
        width = max(widths, key=widths.count) if is_title else widths[0]
        if width > 1:
            agreement = sum(w == width for w in widths) / len(widths)
            best, best_rank = max((best, best_rank), (delimiter, (agreement, width)), key=_rank)
    if best_rank[1] == 1 and re.search(r"\w[^\w\s.\"'()/%-]+\w", lines[0]):
        raise BadInput(
            f"{file}: the first line {lines[0][:60]!r} could not be split into columns. "
            "Separate columns by comma, semicolon, tab or vertical bar."
        )
    return best


def _rank(candidate: tuple[str, tuple[float, int]]) -> tuple[bool, int]:
    agreement, width = candidate[1]
    return (agreement >= 0.5 and width > 1, width)


def _csv_records(
    text: str, delimiter: str, max_cell: int
) -> tuple[list[tuple[int, list[str]]], list[tuple[int, str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    records: list[tuple[int, list[str]]] = []
    bad: list[tuple[int, str]] = []
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return records, bad
        except csv.Error as error:
            bad.append((start, huge_cell(max_cell) if "field limit" in str(error) else str(error)))
            continue
        if not cells or (len(cells) == 1 and not cells[0].strip()):
            continue
        if sum(map(len, cells)) > max_cell and max(map(len, cells)) > max_cell:
            bad.append((start, huge_cell(max_cell)))
        else:
            records.append((start, cells))


def _shown(delimiter: str) -> str:
    names = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}
    return names[delimiter]
