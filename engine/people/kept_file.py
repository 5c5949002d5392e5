"""A small SQLite file of the state folder that only this machine's account may read."""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final

from engine.bank import disk
from engine.errors import StateError

_NONE: Final[Mapping[int, str]] = MappingProxyType({})


class KeptFile:
    """Opens one file for each question, and lays out its tables where they are missing.

    Parameters
    ----------
    path : Path
        Made with the first use.
    schema : str
        Statements that make the tables of `layout`; they set `PRAGMA user_version` to it.
    layout : int
        Number of the layout that this release reads.
    steps : mapping of int to str
        Earlier layout -> the statements that make the next one of it.
    remedy : str
        What helps where the file cannot be used.
    """

    def __init__(
        self,
        path: Path,
        schema: str,
        layout: int,
        *,
        steps: Mapping[int, str] = _NONE,
        remedy: str = "Put a copy of it in its place, or move it away.",
    ):
        self.path = path
        self._schema = schema
        self._layout = layout
        self._steps = steps
        self._remedy = remedy

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection whose rows are read by name.

        Raises
        ------
        StateError
            If the file is damaged, or a later release wrote it.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            if not os.path.lexists(self.path):  # a link to a file that is gone is said
                self._make()
            if not self.path.stat().st_size:
                raise StateError(f"{self.path.name} of the state folder is empty. {self._remedy}")
            connection = sqlite3.connect(self.path, isolation_level=None, timeout=10)
            try:
                connection.row_factory = sqlite3.Row
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA secure_delete = ON")
                self._expect_laid_out(connection)
                yield connection
            finally:
                connection.close()
        except (sqlite3.DatabaseError, UnicodeDecodeError, OSError) as error:
            raise StateError(
                f"{self.path.name} of the state folder cannot be used ({error}). {self._remedy}"
            ) from error

    def _make(self) -> None:
        """Lay the file out beside its place: one that is there and empty was damaged, not begun."""
        with disk.held(self.path.with_name(f"{self.path.name}.lock")):
            if os.path.lexists(self.path):
                return
            draft = self.path.with_name(f".{self.path.name}.draft")
            draft.unlink(missing_ok=True)
            os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, disk.FILE_MODE))
            with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
                connection.execute("BEGIN IMMEDIATE")
                for statement in self._missing(0):
                    connection.execute(statement)
                connection.execute("COMMIT")
                connection.execute("PRAGMA journal_mode = WAL")
            disk.sync_file(draft)
            draft.rename(self.path)
            disk.sync_folder(self.path.parent)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection within a transaction that is kept whole or not at all."""
        with self.reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.execute("COMMIT")

    def _expect_laid_out(self, connection: sqlite3.Connection) -> None:
        version = self._version(connection)
        if version == self._layout:
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in self._missing(self._version(connection)):
                connection.execute(statement)
        except BaseException:
            connection.rollback()
            raise
        connection.execute("COMMIT")

    def _missing(self, version: int) -> list[str]:
        """Statements that lead from a layout to this release's; none where another process has
        just run them."""
        if version == 0:
            return _statements(self._schema)
        steps = [self._steps[earlier] for earlier in range(version, self._layout)]
        made = [said for step in steps for said in _statements(step)]
        return [*made, f"PRAGMA user_version = {self._layout}"] if steps else []

    def _version(self, connection: sqlite3.Connection) -> int:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > self._layout:
            raise StateError(f"{self.path.name} was written by a later release of Attune.")
        return int(version)


def _statements(text: str) -> list[str]:
    return [said for said in map(str.strip, text.split(";")) if said]
