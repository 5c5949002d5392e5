"""One SQLite file: opened, read, written in transactions, moved aside, and named when damaged."""

import os
import sqlite3
import threading
import uuid
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Final

from engine.bank import disk
from engine.errors import Busy, StateError
from engine.state.opening import (
    CHECK,
    FILE,
    REASONS,
    UNREADABLE,
    Opened,
    code_of,
    connect,
    copied,
    expect_whole_log,
    identity_of,
    in_memory,
    lay_out,
    log_of,
    said,
)
from engine.state.subjects import count

LOCK: Final = "state.lock"
NO_FILE: Final = "none"
"""Identity of the empty content that is read where there is no file."""
_NO_INODE: Final = (0, 0)
_OLD: Final = ".old"
"""Behind the name of a log whose file was removed."""


class Store:
    """The state file of one bank, shared by threads, sessions and processes.

    Parameters
    ----------
    folder : Path
        Made with the file by the first write.
    bring_in : callable, optional
        Given a connection to a new database inside a transaction and the folder, it fills in
        what an earlier release wrote; returns whether there was any.
    put_by : callable, optional
        Given the folder, it puts those files out of the way, once the database holds them.
    hold : callable, optional
        Given the folder, a context in which no earlier release writes there.

    Notes
    -----
    A write is one transaction, on the disk (``synchronous=FULL``) when `writing` ends. Readers are
    never stopped: not by a writer, nor by a full, locked or read-only disk, nor by a damaged file.
    The file needs a local disk: processes share memory beside it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        bring_in: Callable[[sqlite3.Connection, Path], bool] = lambda _c, _f: False,
        put_by: Callable[[Path], None] = lambda _f: None,
        hold: Callable[[Path], AbstractContextManager[None]] = lambda _f: nullcontext(),
    ):
        self.folder = folder
        self.path = folder / FILE
        self.wait = disk.WAIT_SECONDS
        self._bring_in = bring_in
        self._put_by = put_by
        self._hold = hold
        self._reading = threading.RLock()
        self._writing = threading.RLock()
        self._reader: Opened | None = None
        self._writer: Opened | None = None
        self._n_reading = 0
        self._joined: tuple[sqlite3.Connection, list[tuple[tuple[str, ...], bool]]] | None = None
        _ALL.add(self)

    # --- reading

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent picture of the file; an empty one where there is none.

        A reading within a reading is of the same picture, whatever the path names meanwhile.

        Raises
        ------
        sqlite3.DatabaseError or UnicodeDecodeError
            Out of a query, where what it reads is damaged: the caller says what that means.
        """
        with self._reading:
            connection = self._look().connection
            if not self._n_reading:
                connection.execute("BEGIN")
            self._n_reading += 1
            try:
                yield connection
            finally:
                self._n_reading -= 1
                if not self._n_reading:
                    connection.rollback()

    @property
    def problem(self) -> str:
        """Why nothing of the file can be read; "" where it can."""
        with self._reading:
            return self._look().problem

    @property
    def identity(self) -> str:
        """Changes when the whole content does: after a reset, or a restored backup."""
        with self._reading:
            return self._look().identity

    def _look(self) -> Opened:
        """The file as its path names it now; while it is being read, as it is read."""
        if self._reader is None or not self._n_reading:
            self._reader = self._current(self._reader)
        return self._reader

    def revision(self, *tables: str) -> str:
        """Changes with every write of any process to one of the tables; takes microseconds."""
        try:
            with self.reading() as connection:
                known = dict(connection.execute("SELECT name, changes FROM subjects"))
                changes = [known.get(table, 0) for table in tables]
                # Nothing is nothing, whether or not there is a file yet.
                return f"{self.identity if any(changes) else NO_FILE}.{changes}"
        except UNREADABLE:
            return f"damaged.{disk.revision_of(self.path)}"

    # --- writing

    @contextmanager
    def writing(self, *tables: str, rewrites: bool = False) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it is on the disk when this ends, or nothing of it.

        The tables that are written are named; `rewrites` where rows that were there are changed or
        removed. A writing within a writing of the same thread is part of it: all of both or
        nothing.

        Raises
        ------
        Busy
            If another process writes for too long.
        StateError
            If the disk refuses the write, or the file is damaged as a whole.
        """
        with self._writing, said(self.path):
            if self._joined is not None:
                connection, parts = self._joined
                before = connection.total_changes
                yield connection
                if connection.total_changes != before:
                    parts.append((tables, rewrites))
                return
            connection = self._begin()
            before = connection.total_changes
            parts = []
            self._joined = connection, parts
            try:
                yield connection
                if tables and connection.total_changes != before:
                    parts.append((tables, rewrites))
                for part in parts:
                    count(connection, *part)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.rollback()
                raise
            finally:
                self._joined = None
            if any("consents" in written for written, _ in parts):
                self._empty_log(connection)

    def _empty_log(self, connection: sqlite3.Connection) -> None:
        """Bring the log into the file where nobody reads: what is damaged in it can be lost."""
        with suppress(*UNREADABLE):
            (wait,) = connection.execute("PRAGMA busy_timeout").fetchone()
            connection.execute("PRAGMA busy_timeout=0")
            try:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.execute(f"PRAGMA busy_timeout={wait}")

    def _begin(self) -> sqlite3.Connection:
        while True:
            if not self._is_there():
                self._make()
            self._writer = opened = self._current(self._writer)
            if opened.problem:
                raise StateError(f"{opened.problem} Nothing was written.")
            if opened.copied:
                self.close()
                raise StateError(f"{self.path} can only be read just now. Nothing was written.")
            if opened.identity == NO_FILE:
                continue  # a reset moved the file between two looks
            opened.connection.execute("BEGIN IMMEDIATE")
            if opened.stamp == self._stamp():
                return opened.connection
            opened.connection.rollback()  # a reset moved the file while we waited

    def scrub(self) -> None:
        """Have nothing of what was deleted or emptied stay in the bytes of the file.

        Raises
        ------
        Busy
            If another process reads an old picture of it for too long.
        StateError
            If the disk refuses the write, or the file is damaged as a whole.
        """
        with self._writing, said(self.path):
            for log in self._logs(_OLD):
                log.unlink(missing_ok=True)
            self._writer = opened = self._current(self._writer)
            if opened.problem or opened.copied:
                problem = opened.problem or f"{self.path} can only be read just now."
                raise StateError(f"{problem} Traces of what was erased stay; erase again.")
            opened.connection.execute("VACUUM")
            busy, *_ = opened.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise Busy(
                "What was erased is gone, but traces of it may stay in the file until others have "
                "stopped reading; erase again in a minute."
            )

    @contextmanager
    def still(self, wait: float, busy: str) -> Iterator[None]:
        """Nobody writes meanwhile, and everything is in the one file; it is closed afterwards."""
        with self._writing, self._reading:
            if self._is_there():
                self._writer = opened = self._current(self._writer)
                with said(self.path, busy):
                    opened.connection.execute(f"PRAGMA busy_timeout={int(wait * 1000)}")
                    with suppress(*UNREADABLE):
                        opened.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                    opened.connection.execute("BEGIN IMMEDIATE")
            try:
                with disk.held(self.folder / LOCK, wait=wait, busy=busy):
                    yield
            finally:
                self.close()

    def close(self) -> None:
        """Let the file go; the next use opens it again."""
        with self._writing, self._reading:
            for opened in (self._reader, self._writer):
                if opened is not None:
                    opened.connection.close()
            self._reader = self._writer = None

    # --- whether the file is whole

    def damage(self) -> list[str]:
        """What SQLite itself finds wrong with the file; empty for a sound one."""
        if self.problem:
            return [self.problem]
        try:
            with self.reading() as connection:
                rows = connection.execute("PRAGMA integrity_check(20)").fetchall()
        except UNREADABLE as error:
            return [str(error)]
        return [str(text).replace("\n", "; ") for (text,) in rows if text != "ok"]

    # --- opening

    def _stamp(self, content: bool = False) -> tuple[int, ...]:
        """What the path names now; with the state of its content for what was copied."""
        marks: list[int] = [os.getpid()]
        for path in (self.path, log_of(self.path)) if content else (self.path,):
            try:
                status = path.stat()
            except (FileNotFoundError, NotADirectoryError) as error:
                # A link to a file that is gone is no bank without records: opening it says so.
                marks += [0, error.errno or 1] if path.is_symlink() else _NO_INODE
            except OSError as error:
                marks += [0, error.errno or 1]
            else:
                marks += [status.st_dev, status.st_ino]
                marks += [status.st_size, status.st_mtime_ns] if content else []
        return tuple(marks)

    def _is_there(self) -> bool:
        """Is there a file? Also where nobody may look: opening it then says why."""
        return self._stamp()[1:] != _NO_INODE

    def _current(self, opened: Opened | None) -> Opened:
        if opened is not None:
            if opened.stamp == self._stamp(opened.copied or bool(opened.problem)):
                return opened
            opened.stamp = ()
            opened.connection.close()
        return self._open()

    def _open(self) -> Opened:
        while True:
            if not self._is_there():
                opened = self._empty()
                try:
                    brought_in = self._bring_in(opened.connection, self.folder)
                except (*UNREADABLE, StateError, OSError) as error:
                    opened.connection.close()
                    return self._not_brought_in(error)
                if not brought_in:
                    if not self._is_there():
                        return opened
                else:
                    try:  # an earlier release wrote here: from now on the database holds it
                        self._make()
                    except (StateError, OSError):
                        return opened
                opened.connection.close()
            with ExitStack() as unmoved:
                with suppress(StateError):  # a read-only folder is not moved either
                    unmoved.enter_context(disk.held(self.folder / LOCK))
                if self._is_there():
                    return self._read_or_copied()

    def _not_brought_in(self, error: Exception) -> Opened:
        opened = self._empty(f"{self.folder} cannot be read ({error}). {CHECK}")
        opened.stamp = ()  # whoever mends the old file is read at the next look
        return opened

    def _read_or_copied(self) -> Opened:
        """The file under the lock that a reset takes: it and its log belong together."""
        stamp = self._stamp()
        try:
            with suppress(OSError):  # what a migration that was killed left in its place
                self._put_by(self.folder)
            if not self._open_here(stamp):
                expect_whole_log(self.path)
            return self._connected(stamp)
        except (*UNREADABLE, StateError, OSError) as error:
            if code_of(error) in (*REASONS, sqlite3.SQLITE_BUSY):
                with suppress(*UNREADABLE, StateError, OSError):
                    return self._copied()
            return self._empty(f"{self.path} cannot be read ({error}). {CHECK}")

    def _open_here(self, stamp: tuple[int, ...]) -> bool:
        """Has this process the file open? Then SQLite knows its log and does not read it anew."""
        opened = [opened for store in list(_ALL) for opened in (store._reader, store._writer)]
        return any(o is not None and o.stamp == stamp and not o.copied for o in opened)

    def _connected(self, stamp: tuple[int, ...]) -> Opened:
        connection = connect(self.path, self.wait)
        try:
            identity = _identity(connection, stamp)
        except BaseException:
            connection.close()
            raise
        return Opened(connection, stamp, identity)

    def _copied(self) -> Opened:
        stamp = self._stamp(content=True)
        connection = copied(self.path)
        try:
            return Opened(connection, stamp, _identity(connection, stamp), copied=True)
        except BaseException:
            connection.close()
            raise

    def _empty(self, problem: str = "") -> Opened:
        stamp = self._stamp(content=True) if problem else (os.getpid(), *_NO_INODE)
        connection = in_memory()
        lay_out(connection, NO_FILE)
        return Opened(connection, stamp, NO_FILE, problem)

    def _make(self) -> None:
        """Make the file, with what an earlier release wrote in it: all of it or nothing."""
        with disk.held(self.folder / LOCK), said(self.path), self._hold(self.folder):
            if self._is_there():
                return
            draft = self.path.with_name(f"{FILE}.draft")
            _remove(draft)
            try:
                self._write_draft(draft)
                self._clear_place()
                draft.rename(self.path)
            except BaseException:
                _remove(draft)
                raise
            self._put_by(self.folder)
            for folder in (self.folder, *self.folder.parents[:2]):
                disk.sync_folder(folder)

    def _write_draft(self, draft: Path) -> None:
        """A whole database in the one file, with nothing beside it: only then may it be moved."""
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL, disk.FILE_MODE))
        connection = connect(draft, self.wait)
        try:
            connection.execute("BEGIN IMMEDIATE")
            lay_out(connection, uuid.uuid4().hex)
            self._bring_in(connection, self.folder)
            connection.execute("COMMIT")
            connection.execute("PRAGMA journal_mode=WAL")
        finally:
            connection.close()
        disk.sync_file(draft)
        if beside := sorted(path.name for path in self.folder.glob(f"{draft.name}-*")):
            raise StateError(f"{beside[0]} could not be brought into {self.path}; try again.")

    def _clear_place(self) -> None:
        """A log of a file that was removed is none of the new file's."""
        for log in self._logs():
            log.replace(log.with_name(f"{log.name}{_OLD}"))

    def _logs(self, end: str = "") -> list[Path]:
        names = (f"{FILE}-{kind}{end}" for kind in ("wal", "shm", "journal"))
        return [path for name in names if (path := self.folder / name).exists()]


def _remove(draft: Path) -> None:
    for path in draft.parent.glob(f"{draft.name}*"):
        path.unlink(missing_ok=True)


def _identity(connection: sqlite3.Connection, stamp: tuple[int, ...]) -> str:
    """Of the content and the file: what was written after a backup was made counts on alike."""
    _process, device, inode, *_ = stamp
    return f"{identity_of(connection)}.{device:x}.{inode:x}"


_ALL: "weakref.WeakSet[Store]" = weakref.WeakSet()


def _close_all() -> None:
    for store in list(_ALL):
        store.close()


# A connection must not be carried into a forked process: SQLite would mistake its locks.
os.register_at_fork(before=_close_all)
