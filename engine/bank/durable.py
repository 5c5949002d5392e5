"""Append-only files of whole lines: an acknowledged row is on the disk, once, whatever crashes."""

import logging
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from engine.bank import appending, disk, lines
from engine.errors import StateError

_log = logging.getLogger(__name__)

_NO_FILE = (0, 0)


class LineFile:
    """Rows of one kind, shared by threads, sessions and processes.

    Parameters
    ----------
    path : Path
        The CSV file; made with its folder at the first append. A lock (``.lock``) and what was
        cut off a torn tail (``.torn``) lie beside it.
    columns : mapping of str to Kind
        Columns in file order; a checksum column is added behind them.
    unique : bool
        True when the first column identifies a row: a second row with that id is not stored.
    first : int, optional
        Read only so many rows: the file as it was when it had no more.

    Notes
    -----
    A row is one `os.write` of one line to an O_APPEND descriptor under a lock between processes,
    with `fsync` before the append returns. Only the tail that others have written since is read
    again. What a killed writer left without a line end was never acknowledged: it is moved to
    the ``.torn`` file by the next writer or reader.
    """

    def __init__(
        self, path: Path, columns: lines.Columns, *, unique: bool = False, first: int | None = None
    ):
        self.path = path
        self.columns = {c: k for c, k in columns.items() if c != lines.CHECKSUM}
        self.unique = unique
        self.first = first
        self.lock_path = path.with_suffix(".lock")
        self.torn_path = path.with_suffix(".torn")
        self._mutex = threading.RLock()
        self._forget()

    @property
    def revision(self) -> str:
        """Changes with every write of any process; costs one `stat`."""
        return disk.revision_of(self.path)

    def append(self, rows: Iterable[Mapping[str, Any]]) -> list[bool]:
        """Store rows, in one write; all of them are on the disk when this returns.

        Returns
        -------
        list of bool
            True for a row that was stored, False for one whose id was there already.

        Raises
        ------
        BadInput
            If a row cannot be stored as a line; then none is.
        StateError
            If the disk refuses the write; then none was acknowledged, and trying again is safe.
        """
        encoded = [lines.encode(self.columns, row) for row in rows]
        if not encoded:
            return []
        with self._mutex, appending.opened(self.path) as descriptor:
            self._catch_up(descriptor)
            return self._store(descriptor, encoded)

    def append_after(
        self, derive: Callable[[pd.DataFrame], Iterable[Mapping[str, Any]]]
    ) -> list[bool]:
        """Store rows that depend on those that are there, such as the next number of an id.

        Parameters
        ----------
        derive : callable
            Given every stored row, it returns the rows to add. It runs under the lock, so nobody
            else can store a row between its look and the write; it must be quick.
        """
        with self._mutex, appending.opened(self.path) as descriptor:
            self._catch_up(descriptor)
            encoded = [lines.encode(self.columns, row) for row in derive(self.read())]
            return self._store(descriptor, encoded)

    def _store(self, descriptor: int, encoded: list[bytes]) -> list[bool]:
        """Write encoded rows; the lock is held and the file is caught up with."""
        stored, fresh = self._choose(encoded)
        size = os.fstat(descriptor).st_size
        content = b"".join(fresh) if size else lines.header(self.columns) + b"".join(fresh)
        # A row that was there already may be one whose writer died before its fsync.
        appending.append(self.path, descriptor, content if fresh else b"")
        self._catch_up(descriptor)
        return stored

    def read(self) -> pd.DataFrame:
        """Every whole row, oldest first, with its checksum; only new lines are parsed.

        A damaged line is left out here, is listed by `damage` and was logged when it was met.
        """
        with self._mutex:
            self._refresh()
            if self._pending:
                new = lines.decode(self.columns, self._pending)
                old = self._frame
                self._frame = new if old.empty else pd.concat([old, new], ignore_index=True)
                self._pending = []
            return self._frame.iloc[: self.first].copy(deep=False)

    def remove(self, key: str) -> bool:
        """Take out the row of an id, for good; every other row stays as it is.

        The one exception to append-only, for what has to be forgotten. The file is replaced in
        one step, so a reader sees all of the old content or of the new; what was torn off goes too.

        Returns
        -------
        bool
            False when there was no such row.
        """
        with self._mutex, appending.opened(self.path) as descriptor:
            content = appending.read_between(descriptor, 0, os.fstat(descriptor).st_size)
            head, *rows = content.split(b"\n")
            kept = [r for r in rows if not lines.is_whole(r) or lines.first_cell(r) != key]
            if found := len(kept) < len(rows):
                disk.write_whole(self.path, b"\n".join([head, *kept]))
            self.torn_path.unlink(missing_ok=True)
            return found

    def damage(self) -> pd.DataFrame:
        """Lines that are not what was written: line number (header is 1), byte offset, length."""
        with self._mutex:
            self._refresh()
            return pd.DataFrame(self._damaged, columns=["line", "offset", "n_bytes"])

    def _refresh(self) -> None:
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            if self._file != _NO_FILE:
                self._forget()
            return
        try:
            unfinished = self._catch_up(descriptor)
        finally:
            os.close(descriptor)
        if unfinished:
            with appending.opened(self.path) as descriptor:
                self._catch_up(descriptor)

    def _catch_up(self, descriptor: int) -> bool:
        """Take in the lines that were added; True when the last of them is unfinished."""
        found = os.fstat(descriptor)
        if (found.st_dev, found.st_ino) != self._file or found.st_size < self._offset:
            self._forget()
            self._file = (found.st_dev, found.st_ino)
        if found.st_size == self._offset:
            return False
        new = appending.read_between(descriptor, self._offset, found.st_size)
        whole, newline, rest = new.rpartition(b"\n")
        if newline:
            self._take(whole.split(b"\n"))
        return bool(rest)

    def _take(self, added: list[bytes]) -> None:
        if not self._n_lines:
            self._check_header(added[0])
        for line in added:
            self._n_lines += 1
            if self._n_lines > 1:
                self._take_line(line)
            self._offset += len(line) + 1

    def _take_line(self, line: bytes) -> None:
        if not lines.is_whole(line):
            self._damaged.append((self._n_lines, self._offset, len(line)))
            _log.warning("%s: line %d is damaged", self.path.name, self._n_lines)
            return
        if self.unique:
            key = lines.first_cell(line)
            if key in self._keys:
                return
            self._keys.add(key)
        self._pending.append(line)

    def _choose(self, encoded: list[bytes]) -> tuple[list[bool], list[bytes]]:
        if not self.unique:
            return [True] * len(encoded), encoded
        seen: set[str] = set()
        stored = []
        for line in encoded:
            key = lines.first_cell(line)
            stored.append(key not in self._keys and key not in seen)
            seen.add(key)
        return stored, [line for line, new in zip(encoded, stored, strict=True) if new]

    def _check_header(self, line: bytes) -> None:
        expected = lines.header(self.columns).rstrip(b"\n")
        if line != expected:
            raise StateError(
                f"{self.path} starts with {line[:60].decode(errors='replace')!r}, expected the "
                f"columns {expected[:60].decode()!r}...; it was written by another version or "
                "edited. Move it away or restore it from a backup."
            )

    def _forget(self) -> None:
        self._file = _NO_FILE
        self._offset = 0
        self._n_lines = 0
        self._keys: set[str] = set()
        self._pending: list[bytes] = []
        self._damaged: list[tuple[int, int, int]] = []
        self._frame = lines.decode(self.columns, []) if self.columns else pd.DataFrame()
