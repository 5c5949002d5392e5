"""Tables of the state: rows in their order (`Log`) and texts by name (`Texts`), each checked."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from engine.errors import StateError
from engine.state.cells import Cell, Columns, checksum, checksums, encode, frame
from engine.state.opening import BUSY_CODES, FILE, UNREADABLE, code_of, said
from engine.state.store import Store
from engine.state.subjects import Subject, subjects


class Damage(NamedTuple):
    """Something that is not what was written: where, and what is wrong."""

    file: str
    table: str
    row: str
    problem: str


class Log:
    """Rows of one table, oldest first; nothing is ever changed in it.

    Its columns in the schema are `n`, `columns` and `checksum`. Rows up to the number `until` are
    read, all without it: the table as it was when that was the last number.

    Only rows that were added since the last call are read. A row that does not match its checksum
    is left out of `read` and is named by `damage`.
    """

    def __init__(self, store: Store, name: str, columns: Columns, *, until: int | None = None):
        self.store = store
        self.name = name
        self.columns = columns
        self.until = until
        self._mutex = threading.RLock()
        self._forget()

    @property
    def revision(self) -> str:
        """Changes with every write of any process; takes microseconds."""
        return self.store.revision(self.name)

    @property
    def known_rows(self) -> int:
        """How many rows there are, damaged ones included."""
        self.read()
        return self.last

    @property
    def places(self) -> tuple[list[int], list[int]]:
        """Numbers of the rows of the last `read`, and of those that it had to leave out."""
        with self._mutex:
            lost = sorted(self.damaged)
            return sorted(self.numbers), [*lost, self.last + 1] if self.cut else lost

    @property
    def whole(self) -> bool:
        """Is every row of the last `read` what was written, and is surely none missing?"""
        return self._sure and not self.damaged and not self.cut

    def append(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Store rows, all or none; they are on the disk when this returns.

        Raises
        ------
        BadInput
            If a row cannot be stored.
        StateError
            If the disk refuses the write; trying again is safe.
        """
        if encoded := [encode(self.columns, row) for row in rows]:
            with self.store.writing(self.name) as connection:
                self.insert(connection, encoded)

    def append_after(self, derive: Callable[[pd.DataFrame], Iterable[Mapping[str, Any]]]) -> int:
        """Store rows that depend on those that are there; returns how many.

        Parameters
        ----------
        derive : callable
            Given every stored row, it returns the rows to add. Nobody else can store a row
            between its look and the write.
        """
        with self.store.writing(self.name) as connection:
            encoded = [encode(self.columns, row) for row in derive(self._read(connection))]
            self.insert(connection, encoded)
            return len(encoded)

    def insert(self, connection: sqlite3.Connection, encoded: list[tuple[Cell, ...]]) -> None:
        """Add encoded rows within a transaction."""
        insert_rows(connection, self.name, self.columns, encoded)

    def read(self) -> pd.DataFrame:
        """Every sound row, oldest first, in the columns' kinds."""
        with self._mutex:
            revision = self.store.revision(self.name)
            if revision != self._seen:
                with said(self.store.path), self.store.reading() as connection:
                    self._read(connection)
                self._seen = revision
            return self._frame.copy(deep=False)

    def damage(self) -> list[Damage]:
        """Rows that are not what was written."""
        self.read()
        damage = [
            Damage(FILE, self.name, str(n), "is missing" if cells is None else "was changed")
            for n, cells in sorted(self.damaged.items())
        ]
        if self.cut:
            damage.append(Damage(FILE, self.name, f"after {self.last}", self.cut))
        return damage

    def _read(self, connection: sqlite3.Connection) -> pd.DataFrame:
        """Take in what was added since; `numbers`, `last`, `damaged` and `cut` follow."""
        with self._mutex:
            subject = self._subject(connection)
            if (key := (self.store.identity, subject.rewrites)) != self._key or self.cut:
                self._forget()
                self._key = key
            new = self._scan(connection, subject)
            if new:
                numbers, cells = zip(*new, strict=True)
                self.numbers.update(numbers)
                added = frame(self.columns, cells)
                old = self._frame
                self._frame = added if old.empty else pd.concat([old, added], ignore_index=True)
            return self._frame

    def _subject(self, connection: sqlite3.Connection) -> Subject:
        try:
            return subjects(connection).get(self.name, Subject())
        except UNREADABLE as error:
            _unless_damaged(error)
            return Subject(sound=False)

    def _scan(
        self, connection: sqlite3.Connection, subject: Subject
    ) -> list[tuple[int, tuple[Cell, ...]]]:
        most = self.until if self.until is not None else 1 << 62
        rows: list[tuple[Any, ...]] = []
        sound: dict[int, tuple[Cell, ...]] = {}
        try:
            query = f'SELECT {_names(self.columns)} FROM "{self.name}"'  # noqa: S608
            where = "WHERE n > ? AND n <= ? ORDER BY n"
            for row in robust(connection, f"{query} {where}", self.last, most):
                rows.append(row)
        except UNREADABLE as error:
            _unless_damaged(error)
            self.cut = f"cannot be read ({error})"
        for row, seal in zip(rows, checksums([row[:-1] for row in rows]), strict=True):
            if row[-1] == seal:
                sound.setdefault(row[0], row[1:-1])
            else:
                self.damaged[row[0]] = row[1:-1]
        last = max(self.last, max(sound, default=0))
        # The number itself may be what was hit: then it lies beyond the last that is known.
        last = max(last, min(subject.last, most) if subject.sound else max(self.damaged, default=0))
        missing = dict.fromkeys(set(range(self.last + 1, last + 1)) - sound.keys())
        known = {n: c for n, c in self.damaged.items() if n <= last and n not in sound}
        self.damaged = missing | known
        self.last, self._sure = last, subject.sound
        return sorted(sound.items())

    def _forget(self) -> None:
        self._key: tuple[str, int] | None = None
        self._seen: str | None = None
        self._frame = frame(self.columns, [])
        self.numbers: set[int] = set()
        self.last = 0
        self.damaged: dict[int, tuple[Cell, ...] | None] = {}
        self.cut = ""
        self._sure = True


class Texts:
    """Texts by name, one row each; a later text takes the place of an earlier one.

    Columns of the table are `name`, `content` and `checksum`.
    """

    def __init__(self, store: Store, name: str):
        self.store = store
        self.name = name
        self._mutex = threading.Lock()
        self._seen: str | None = None
        self._texts: dict[str, str] = {}
        self._damaged: list[str] = []

    @property
    def revision(self) -> str:
        """Changes with every write of any process."""
        return self.store.revision(self.name)

    def all(self) -> dict[str, str]:
        """Every sound text by its name; what is damaged is left out, and named by `damage`."""
        with self._mutex:
            revision = self.revision
            if revision != self._seen:
                self._texts, self._damaged = self._scan()
                self._seen = revision
            return dict(self._texts)

    def get(self, name: str) -> str | None:
        """One text; None when there is none.

        Raises
        ------
        StateError
            If it is not what was written.
        """
        text = self.all().get(name)
        if text is None and name in self._damaged:
            raise StateError(f"{self.name} {name!r} was changed after it was written.")
        return text

    def find(self, name: str) -> str | None:
        """One sound text without reading the others; None when there is none."""
        query = f"SELECT content, checksum FROM {self.name} WHERE name = ?"  # noqa: S608
        with said(self.store.path), self.store.reading() as connection:
            try:
                row = connection.execute(query, (name,)).fetchone()
            except UNREADABLE as error:
                _unless_damaged(error)
                return self.all().get(name)
        sound = row is not None and checksum(name, row[0]) == row[1]
        return str(row[0]) if sound else None

    def put(self, name: str, content: str) -> None:
        """Keep a text."""
        with self.store.writing(self.name) as connection:
            self.put_in(connection, name, content)

    def settle(self, name: str, content: str) -> str:
        """Keep a text unless there is one; returns the one that is kept, in every process."""
        query = f"SELECT content, checksum FROM {self.name} WHERE name = ?"  # noqa: S608
        with self.store.writing(self.name) as connection:
            row = connection.execute(query, (name,)).fetchone()
            if row is not None and checksum(name, row[0]) == row[1]:
                return str(row[0])
            self.put_in(connection, name, content)
            return content

    def put_in(self, connection: sqlite3.Connection, name: str, content: str) -> None:
        """Keep a text, within a transaction."""
        query = f"INSERT OR REPLACE INTO {self.name} VALUES (?, ?, ?)"  # noqa: S608
        connection.execute(query, (name, content, checksum(name, content)))

    def remove_in(self, connection: sqlite3.Connection, name: str) -> bool:
        """Forget a text, within a transaction; False when there is none."""
        query = f"DELETE FROM {self.name} WHERE name = ?"  # noqa: S608
        return bool(connection.execute(query, (name,)).rowcount)

    def remove(self, name: str) -> bool:
        """Forget a text; False when there is none."""
        if name not in self.all() and name not in self._damaged:
            return False
        with self.store.writing(self.name) as connection:
            return self.remove_in(connection, name)

    def replace(self, name: str, content: str, *, expected: str | None = None) -> bool:
        """Put a text in the place of one that is there.

        False where there is none, or another than the one that is expected.
        """
        return self.move(name, name, content, expected=expected)

    def move(self, name: str, to: str, content: str, *, expected: str | None = None) -> bool:
        """Keep a text under another name.

        False where there is none, or another than the one that is expected, or where the other
        name is taken. Nobody can write between the look and the write.
        """
        query = f"SELECT name, content FROM {self.name} WHERE name IN (?, ?)"  # noqa: S608
        with self.store.writing(self.name) as connection:
            there = dict(connection.execute(query, (name, to)).fetchall())
            if there.keys() != {name} or expected not in (None, there[name]):
                return False
            self.remove_in(connection, name)
            self.put_in(connection, to, content)
            return True

    def damage(self) -> list[Damage]:
        """Texts that are not what was written."""
        self.all()
        return [Damage(FILE, self.name, name, "was changed") for name in self._damaged]

    def _scan(self) -> tuple[dict[str, str], list[str]]:
        texts, damaged = {}, []
        query = f"SELECT name, content, checksum FROM {self.name} ORDER BY name"  # noqa: S608
        with said(self.store.path), self.store.reading() as connection:
            try:
                for name, content, seal in robust(connection, query):
                    if checksum(name, content) == seal:
                        texts[str(name)] = str(content)
                    else:
                        damaged.append(str(name))
            except UNREADABLE as error:
                _unless_damaged(error)
                damaged.append(f"(cannot be read: {error})")
        return texts, damaged


def insert_rows(
    connection: sqlite3.Connection, table: str, columns: Columns, encoded: list[tuple[Cell, ...]]
) -> None:
    """Add encoded rows to a table, numbered on, within a transaction."""
    if not encoded:
        return
    known = subjects(connection).get(table, Subject())
    query = f'SELECT max(n) FROM "{table}"'  # noqa: S608 - names of our own schema
    first = max(known.last, connection.execute(query).fetchone()[0] or 0) + 1
    marks = ", ".join("?" * (len(columns) + 2))
    rows = [(n, *cells) for n, cells in enumerate(encoded, start=first)]
    connection.executemany(
        f'INSERT INTO "{table}" ({_names(columns)}) VALUES ({marks})',  # noqa: S608
        [(*row, seal) for row, seal in zip(rows, checksums(rows), strict=True)],
    )


def _names(columns: Columns) -> str:
    return ", ".join(f'"{name}"' for name in ("n", *columns, "checksum"))


def robust(connection: sqlite3.Connection, query: str, *values: Cell) -> Iterable[tuple[Any, ...]]:
    """Rows of a query; where one is damaged, the others all the same."""
    try:
        return connection.execute(query, values).fetchall()
    except UNREADABLE as error:
        _unless_damaged(error)
        return _one_by_one(connection, query, values)


def _one_by_one(
    connection: sqlite3.Connection, query: str, values: tuple[Cell, ...]
) -> Iterator[tuple[Any, ...]]:
    factory = connection.text_factory
    connection.text_factory = _text
    try:
        yield from connection.execute(query, values)
    finally:
        connection.text_factory = factory


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")


def _unless_damaged(error: Exception) -> None:
    """Raise what is no damage: a file that is busy is whole."""
    if code_of(error) in BUSY_CODES:
        raise error
