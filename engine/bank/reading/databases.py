"""SQLite databases in, raw tables out."""

import sqlite3

from engine import settings
from engine.bank.reading.headers import column_names
from engine.bank.reading.raw_table import (
    Budget,
    RawTable,
    Rows,
    huge_cell,
    is_secret,
    printable,
)
from engine.bank.reading.typed_cells import text_of
from engine.errors import BadInput


def read_sqlite(data: bytes, file: str) -> list[RawTable]:
    """Read every table of a database from a copy in memory: the file itself is never opened.

    Password, hash and token columns are not even selected.
    """
    connection = sqlite3.connect(":memory:")
    budget = Budget(file)
    try:
        connection.deserialize(data[:18] + b"\x01\x01" + data[20:])  # a WAL image reads as such
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        names = [row[0] for row in connection.execute(query + " ORDER BY name")]
        return [_database_table(connection, table, file, budget) for table in names]
    except (sqlite3.Error, sqlite3.Warning, UnicodeError, OverflowError, ValueError) as error:
        reason = printable(" ".join(str(error).split())[:200].rstrip("."))
        raise BadInput(f"{file} is not a readable SQLite database: {reason}.") from error
    finally:
        connection.close()


def _database_table(
    connection: sqlite3.Connection, table: str, file: str, budget: Budget
) -> RawTable:
    shown = f"{file}, table {table}"
    max_cell = settings.default().bank.max_cell_characters
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({_quoted(table)})")]
    wanted = [column for column in names if not is_secret(column)]
    rows = Rows(column_names(wanted), shown)
    selected = ", ".join(map(_quoted, wanted)) or "NULL"
    query = f"SELECT {selected} FROM {_quoted(table)}"  # noqa: S608
    for line, values in enumerate(connection.execute(query), start=1):
        cells = [text_of(value) for value in values[: len(wanted)]]
        budget.take(len(cells) + 1, sum(len(cell) for cell in cells if cell))
        if any(cell is not None and len(cell) > max_cell for cell in cells):
            rows.bad.add(line, huge_cell(max_cell))
        else:
            rows.add(line, cells)
    secret = [column for column in names if is_secret(column)]
    notes = tuple(f"{shown}: column {c} was never read." for c in secret)
    return rows.table(table.strip().lower(), notes=notes)


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
