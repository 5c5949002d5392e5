"""An append-only file in; its descriptor under a lock, with a whole last line, out."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.bank import disk
from engine.errors import StateError

_log = logging.getLogger(__name__)

_CHUNK = 1 << 20


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """The file under the lock beside it (``.lock``), against all threads and processes.

    What a killed writer left without a line end was never acknowledged: it is moved to the file
    ``.torn`` beside it first.

    Yields
    ------
    int
        A descriptor to read from and to append to.

    Raises
    ------
    Busy
        If another writer keeps the lock for too long.
    StateError
        If the file cannot be opened.

    Notes
    -----
    A reset may have moved the folder between taking the lock and opening the file; then the
    lock guards another file, and both are taken again.
    """
    lock_path = path.with_suffix(".lock")
    while True:
        with disk.held(lock_path) as lock:
            try:
                flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
                descriptor = os.open(path, flags, disk.FILE_MODE)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise StateError(f"Cannot open {path}: {error.strerror}.") from error
            try:
                if lock == disk.inode_of(lock_path):
                    cut_torn(path, descriptor)
                    yield descriptor
                    return
            finally:
                os.close(descriptor)


def append(path: Path, descriptor: int, content: bytes) -> None:
    """Add whole lines with one write; they are on the disk when this returns.

    Raises
    ------
    StateError
        If the disk refuses the write or takes only a part of it; then nothing was added.
    """
    try:
        size = os.fstat(descriptor).st_size
        if content and os.write(descriptor, content) != len(content):
            cut_torn(path, descriptor)
            raise StateError(f"The disk took only a part of a row for {path}.")
        os.fsync(descriptor)
        if not size:
            for folder in path.parents[:3]:
                disk.sync_folder(folder)
    except OSError as error:
        raise StateError(f"Cannot write {path}: {error.strerror or error}.") from error


def cut_torn(path: Path, descriptor: int) -> None:
    """Move an unfinished last line to the torn file; the lock must be held."""
    size = os.fstat(descriptor).st_size
    whole = end_of_last_line(descriptor, size)
    if whole == size:
        return
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
    torn = os.open(path.with_suffix(".torn"), flags, disk.FILE_MODE)
    try:
        os.write(torn, os.pread(descriptor, size - whole, whole) + b"\n")
        os.fsync(torn)
    finally:
        os.close(torn)
    os.ftruncate(descriptor, whole)
    os.fsync(descriptor)
    _log.warning("%s: cut off an unfinished line of %d bytes", path.name, size - whole)


def read_between(descriptor: int, start: int, end: int) -> bytes:
    """The bytes from one offset to another."""
    parts = []
    while start < end and (part := os.pread(descriptor, min(_CHUNK, end - start), start)):
        parts.append(part)
        start += len(part)
    return b"".join(parts)


def end_of_last_line(descriptor: int, size: int) -> int:
    """Offset just behind the last line end, 0 when there is none."""
    end = size
    while end > 0:
        start = max(0, end - _CHUNK)
        found = read_between(descriptor, start, end).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0
