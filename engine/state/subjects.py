"""What each table has been given so far: asked at every look, noted with every write."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from engine.state.cells import checksum


@dataclass(frozen=True)
class Subject:
    """What is known of one table: how often it was written, and its highest row number."""

    changes: int = 0
    rewrites: int = 0
    last: int = 0
    sound: bool = True


def subjects(connection: sqlite3.Connection) -> dict[str, Subject]:
    """What each table has been given so far."""
    query = "SELECT name, changes, rewrites, last, checksum FROM subjects"
    return {
        str(name): Subject(changes, rewrites, last, checksum(name, changes, rewrites, last) == seal)
        for name, changes, rewrites, last, seal in connection.execute(query)
    }


def count(connection: sqlite3.Connection, tables: Iterable[str], rewrites: bool = False) -> None:
    """Note that tables were written, within the transaction that does so."""
    known = subjects(connection)
    for table in tables:
        before = known.get(table, Subject())
        query = f'SELECT max(rowid) FROM "{table}"'  # noqa: S608 - a name of our own schema
        last = connection.execute(query).fetchone()[0] or 0
        cells = (table, before.changes + 1, before.rewrites + rewrites, max(last, before.last))
        connection.execute(
            "INSERT OR REPLACE INTO subjects VALUES (?, ?, ?, ?, ?)", (*cells, checksum(*cells))
        )
