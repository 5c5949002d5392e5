"""Binary files in, raw tables out: Excel workbooks and SQLite databases."""

import datetime as dt
import io
import re
import sqlite3
import zipfile
from dataclasses import replace
from typing import Any

from engine.bank.reading.raw_table import (
    RawTable,
    below_title,
    column_names,
    huge_cell,
    is_secret,
    raw_table,
)
from engine.errors import BadInput


def read_excel(data: bytes, file: str, max_cell: int, max_bytes: int) -> list[RawTable]:
    """Read every sheet of a workbook; formulas are not computed, their stored results are read."""
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > max_bytes:
                raise BadInput(f"{file} unpacks to more than {max_bytes // 2**20:,} MB.")
            has_formulas = any(
                re.search(rb"<f[ >/]", archive.read(entry))
                for entry in archive.namelist()
                if entry.startswith("xl/worksheets/") and entry.endswith(".xml")
            )
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = {sheet.title: _rows(sheet) for sheet in book.worksheets}
        book.close()
    except BadInput:
        raise
    except Exception as error:  # openpyxl passes on whatever its parsers raise
        raise BadInput(f"{file} is not a readable Excel workbook: {error}.") from error
    note = f"{file} holds formulas: their stored results were read, nothing was computed."
    notes = (note,) if has_formulas else ()
    tables = [
        _sheet(title, f"{file}, sheet {title}", rows, max_cell)
        for title, rows in sheets.items()
        if rows
    ]
    if not tables:
        raise BadInput(f"{file} is empty: no sheet has a row with column names.")
    return [replace(tables[0], notes=notes + tables[0].notes), *tables[1:]]


def _rows(sheet: Any) -> list[tuple[int, list[str | None]]]:
    """Numbers and cells of the rows that say something."""
    sheet.reset_dimensions()
    numbered = (
        (number, [_excel_text(value) for value in row])
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1)
        if any(value is not None for value in row)
    )
    return [(n, row) for n, row in numbered if any(cell is not None for cell in row)]


def _sheet(
    title: str, file: str, numbered: list[tuple[int, list[str | None]]], max_cell: int
) -> RawTable:
    n_above, above = below_title(numbered)
    numbered = numbered[n_above:]
    width = max(i for i, cell in enumerate(numbered[0][1], start=1) if cell is not None)
    header = column_names([cell or "" for cell in numbered[0][1][:width]])
    rows, lines, bad = [], [], []
    for number, cells in numbered[1:]:
        if any(cell is not None for cell in cells[width:]):
            bad.append((number, f"a cell to the right of the last named column ({header[-1]})"))
        elif any(cell is not None and len(cell) > max_cell for cell in cells):
            bad.append((number, huge_cell(max_cell)))
        else:
            rows.append((cells + [None] * width)[:width])
            lines.append(number)
    columns = list(zip(*rows, strict=True)) or [()] * width
    notes = (f"{file}: {above}",) if above else ()
    return raw_table(title.strip().lower(), file, header, columns, lines, bad, notes=notes)


def _excel_text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return str(value)


def read_sqlite(data: bytes, file: str) -> list[RawTable]:
    """Read every table of a database from a copy in memory: the file itself is never opened.

    Password, hash and token columns are not even selected.
    """
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(data[:18] + b"\x01\x01" + data[20:])  # a WAL image reads as such
        connection.execute("PRAGMA query_only = ON")
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        names = [row[0] for row in connection.execute(query + " ORDER BY name")]
        return [_database_table(connection, table, file) for table in names]
    except sqlite3.Error as error:
        raise BadInput(f"{file} is not a readable SQLite database: {error}.") from error
    finally:
        connection.close()


def _database_table(connection: sqlite3.Connection, table: str, file: str) -> RawTable:
    shown = f"{file}, table {table}"
    info = connection.execute(f"PRAGMA table_info({_quoted(table)})").fetchall()
    names = [row[1] for row in info]
    header = [column for column in names if not is_secret(column)]
    secret = [column for column in names if is_secret(column)]
    selected = ", ".join(map(_quoted, header)) or "NULL"
    rows = connection.execute(f"SELECT {selected} FROM {_quoted(table)}").fetchall()  # noqa: S608
    columns = [[_database_text(row[i]) for row in rows] for i in range(len(header))]
    notes = tuple(f"{shown}: column {c} was never read." for c in secret)
    lines = list(range(1, len(rows) + 1))
    return raw_table(table.lower(), shown, header, columns, lines, notes=notes)


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _database_text(value: Any) -> str | None:
    return value.hex() if isinstance(value, bytes) else None if value is None else str(value)
