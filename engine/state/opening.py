"""A state file's path in; a connection, a copy in memory or an empty database out, and errors."""

import os
import re
import sqlite3
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.errors import Busy, StateError

FILE: Final = "state.sqlite"
FORMAT: Final = 7
"""`user_version` of the schema that this release reads and writes."""
_BEFORE: Final = (1, 2, 3, 4, 5, 6)
"""Of earlier releases: the first had no table of contacts, the first two none of views and notes,
the first three none of the audit trail, the first four none of persona tests, the first five none
of retention runs, none of them had one of pictures and evidence."""

UNREADABLE: Final = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What reading a damaged file raises; the second where SQLite quotes from it."""

_SCHEMA = Path(__file__).with_name("schema.sql")
CHECK = "Run: python -m engine check"
_MOST_LOOKS = 5
"""At a log that somebody writes to meanwhile."""
_LOG_HEAD, _FRAME_HEAD = 32, 24
_LITTLE_ENDIAN = 0x377F0682
_LOGGED = slice(18, 20)
"""Bytes of a file's header that say that it has a log."""
BUSY_CODES: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
REASONS = {
    sqlite3.SQLITE_FULL: "The disk is full",
    sqlite3.SQLITE_READONLY: "The file or its folder is read-only",
    sqlite3.SQLITE_IOERR: "The disk refuses the write",
    sqlite3.SQLITE_CANTOPEN: "The file cannot be opened",
}


@dataclass
class Opened:
    """A connection, and what its path named when it was opened."""

    connection: sqlite3.Connection
    stamp: tuple[int, ...]
    identity: str
    """Of the content and of the file that holds it: a new file has another, and so has a backup
    that was put in its place."""
    problem: str = ""
    """Why nothing of the file can be read; then the connection is to an empty database."""
    copied: bool = False
    """The file cannot be opened for reading beside others (a full or read-only disk), so this is
    a copy of it in memory."""


def code_of(error: Exception) -> int:
    """What kind of error it is: the lower byte of SQLite's codes; 0 for one of another source."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


@contextmanager
def said(path: Path, busy: str = "") -> Iterator[None]:
    """SQLite's errors as sentences of our own."""
    try:
        yield
    except UNREADABLE as error:
        if code_of(error) in BUSY_CODES:
            message = f"{path} is being written by another process; try again in a minute."
            raise Busy(busy or message) from error
        if reason := REASONS.get(code_of(error)):
            raise StateError(f"{reason}: {path}. Nothing was written; try again.") from error
        raise StateError(f"{path} is damaged ({error}). Nothing was written. {CHECK}") from error
    except OSError as error:
        raise StateError(f"Cannot write {path}: {error.strerror or error}.") from error


def lay_out(connection: sqlite3.Connection, identity: str) -> None:
    for statement in _statements():
        connection.execute(statement)
    connection.execute("INSERT INTO about VALUES ('identity', ?)", (identity,))
    connection.execute(f"PRAGMA user_version={FORMAT}")


def _statements() -> Iterator[str]:
    for statement in re.sub("--.*", "", _SCHEMA.read_text("utf-8")).split(";"):
        if statement.strip():
            yield statement.strip()


def bring_up(connection: sqlite3.Connection) -> None:
    """Give a database of an earlier release the tables that it lacks."""
    if _version(connection) not in _BEFORE:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _version(connection) in _BEFORE:  # nobody was faster
            for statement in _statements():
                for kind in ("CREATE TABLE ", "CREATE INDEX "):
                    statement = statement.replace(kind, f"{kind}IF NOT EXISTS ", 1)
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={FORMAT}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.rollback()
        raise


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def connect(path: Path, wait: float) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(
        uri, uri=True, timeout=wait, isolation_level=None, check_same_thread=False
    )
    for pragma in ("synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def in_memory() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)


def _take_in(connection: sqlite3.Connection, paths: tuple[Path, ...]) -> None:
    """Fill a database in memory from copies of a file and its log."""
    shared = Path("/dev/shm")  # noqa: S108 - a private folder within it, in memory
    memory = str(shared) if os.access(shared, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory, prefix="attune-") as folder:
        for path in paths:
            Path(folder, path.name).write_bytes(path.read_bytes())
        source = connect(Path(folder, paths[0].name), 0.0)
        try:
            source.backup(connection)
        finally:
            source.close()


def identity_of(connection: sqlite3.Connection) -> str:
    try:
        bring_up(connection)
    except sqlite3.DatabaseError as error:
        if code_of(error) != sqlite3.SQLITE_CORRUPT:
            raise
        # What is sound in a damaged file is read without the tables that it lacks.
    if (version := _version(connection)) not in (FORMAT, *_BEFORE):
        raise StateError(f"it has the format {version}, this release reads {FORMAT}")
    row = connection.execute("SELECT value FROM about WHERE name = 'identity'").fetchone()
    if row is None:
        raise StateError("it lacks its own name")
    return str(row[0])


def copied(path: Path) -> sqlite3.Connection:
    """A copy in memory of a file and its log, made without a trace on its disk."""
    log = log_of(path)
    connection = in_memory()
    try:
        if log.exists() and log.stat().st_size:
            _take_in(connection, (path, log))
        else:
            content = bytearray(path.read_bytes())
            content[_LOGGED] = b"\1\1"  # memory has no log beside it
            connection.deserialize(bytes(content))
    except BaseException:
        connection.close()
        raise
    return connection


def log_of(path: Path) -> Path:
    """Where SQLite keeps what was written since it last brought its log into the file."""
    return path.with_name(f"{path.name}-wal")


def expect_whole_log(path: Path) -> None:
    """StateError where the log of a file holds writes that SQLite would leave out without a word.

    SQLite takes a frame that is not what was written for the end of the log: right after a power
    cut, wrong where acknowledged writes stand behind it. It would write over them.
    """
    log, before = log_of(path), b""
    for _ in range(_MOST_LOOKS):  # a log that others write to changes between two looks
        try:
            content = log.read_bytes()
        except FileNotFoundError:
            return
        if not is_cut_off(content):
            return
        if content == before:
            raise StateError(
                f"{log.name} is damaged before its last write; restore both from a backup, or "
                f"move {log.name} away to go on without the last writes"
            )
        before = content


def is_cut_off(log: bytes) -> bool:
    """Does a log hold a commit behind something that is not what was written?"""
    if len(log) <= _LOG_HEAD:
        return False
    magic, _, page = struct.unpack(">III", log[:12])
    salt, words = log[16:24], "<II" if magic == _LITTLE_ENDIAN else ">II"
    sums = _summed(words, log[:24], (0, 0))
    if sums != struct.unpack(">II", log[24:_LOG_HEAD]):
        return True
    sound = True
    for start in range(_LOG_HEAD, len(log) - _FRAME_HEAD - page + 1, _FRAME_HEAD + page):
        head, end = log[start : start + _FRAME_HEAD], start + _FRAME_HEAD + page
        if sound:
            sums = _summed(words, head[:8], sums)
            sums = _summed(words, log[start + _FRAME_HEAD : end], sums)
            sound = head[8:16] == salt and sums == struct.unpack(">II", head[16:])
        # Frames of another salt are of an earlier round of the log, which is in the file.
        if not sound and head[8:16] == salt and any(head[4:8]):
            return True
    return False


def _summed(words: str, content: bytes, sums: tuple[int, int]) -> tuple[int, int]:
    """SQLite's running checksum of a log."""
    one, other = sums
    for first, second in struct.iter_unpack(words, content):
        one = (one + first + other) & 0xFFFFFFFF
        other = (other + second + one) & 0xFFFFFFFF
    return one, other
