"""Locks between processes and writes that survive a crash: what all written state stands on."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from engine.errors import Busy, StateError

WAIT_SECONDS = 30.0
"""How long a write waits for its turn; an append takes about a millisecond (own choice)."""

POLL_SECONDS = 0.001
"""Between two looks at a lock that is held; about the time of one append (own choice)."""

MOST_MOVES = 100
"""Times that a lock's folder may be moved away while it is waited for; a reset does so once. A
folder that can never be made, such as a link to a disk that is gone, is no reset (own choice)."""

FILE_MODE = 0o600
"""State holds personal data: only the account that runs Attune may read it."""


@contextmanager
def held(lock: Path, *, wait: float = WAIT_SECONDS, busy: str = "") -> Iterator[int]:
    """Hold the lock file that a path names now, against all other threads and processes.

    Parameters
    ----------
    lock : Path
        Made when it is missing and never removed. The kernel frees it when its holder dies.
    wait : float
        Seconds to wait for the present holder; 0 gives up at once.
    busy : str
        What to say when the wait was in vain.

    Yields
    ------
    int
        The inode of the lock that is held, to tell later whether the path still names it.

    Raises
    ------
    Busy
        If another holder kept it longer than `wait`.
    StateError
        If the folder cannot be written.

    Notes
    -----
    A reset moves the whole folder aside. Whoever waited on the lock of the old folder would then
    hold a lock that nobody else sees, so the lock is taken again until it is the one of the path.
    """
    for attempt in range(MOST_MOVES):
        inode: list[int] = []
        try:
            lock.parent.mkdir(parents=True, exist_ok=True)
            holder = FileLock(
                lock,
                timeout=wait,
                poll_interval=POLL_SECONDS,
                mode=FILE_MODE,
                fallback_to_soft=False,
                on_acquired=lambda fd, inode=inode: inode.append(os.fstat(fd).st_ino),
            )
            holder.acquire()
        except Timeout as error:
            message = f"{lock} has been held by another process for {wait:g} s; try again later."
            raise Busy(busy or message) from error
        except (FileNotFoundError, FileExistsError) as error:
            if lock.parent.is_file():
                raise StateError(f"{lock.parent} is a file, expected a folder.") from error
            if attempt + 1 == MOST_MOVES:
                raise StateError(
                    f"Cannot make the folder {lock.parent}: {error.strerror}."
                ) from error
            continue  # the folder was moved away while we waited
        except OSError as error:
            raise StateError(f"Cannot lock {lock}: {error.strerror or error}.") from error
        try:
            if inode_of(lock) == inode[-1]:
                yield inode[-1]
                return
        finally:
            holder.release()
    raise StateError(f"{lock.parent} is moved away again and again; start one reset at a time.")


def inode_of(path: Path) -> int | None:
    """The file's inode number, None when there is no such file."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def revision_of(*paths: Path) -> str:
    """A short text that changes whenever one of the files is written, replaced or removed.

    It costs one `stat` a file and reads nothing, so a page may ask on every run.
    """
    parts = []
    for path in paths:
        try:
            found = path.stat()
            parts.append(f"{found.st_ino:x}.{found.st_size:x}.{found.st_mtime_ns:x}")
        except OSError:  # there is none, or nobody may look
            parts.append("0")
    return "-".join(parts)


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Write a small file so that a reader sees the old content or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, FILE_MODE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Have a file's content reach the disk."""
    _sync(path, os.O_RDONLY)


def sync_folder(path: Path) -> None:
    """Have a folder's list of names reach the disk (a new file is not safe before that)."""
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
