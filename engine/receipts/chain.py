"""Receipts as numbered lines, each sealed with the hash of the one before; append-only."""

import json
import os
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.bank import appending, disk
from engine.errors import StateError
from engine.receipts.canonical import hash_of, text_of

FILE = "receipts.jsonl"
HEAD = "head"
GENESIS = "0" * 64
"""What the first receipt has in place of the hash before it."""
LISTED, ERASURE = "list", "erasure"
"""Kinds of a receipt: a list that was shown, and the tombstone of a customer's."""

_HEAD = re.compile(rb"([0-9]{12}) ([0-9a-f]{64})\n")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class Link:
    """What ties a receipt to its place.

    Attributes
    ----------
    n : int
        Its number, from 1.
    prev : str
        Hash of the receipt before.
    digest : str
        SHA-256 of its content. It stays when the content is erased, and so does the hash.
    """

    n: int
    prev: str
    digest: str

    @property
    def hash(self) -> str:
        """What the next receipt has as its `prev`."""
        return hash_of([self.n, self.prev, self.digest])


@dataclass(frozen=True)
class Entry:
    """Where a receipt lies in the file, and what it is about; None once it is erased."""

    n: int
    offset: int
    length: int
    about: Mapping[str, Any] | None

    @property
    def identity(self) -> tuple[str, str, str] | None:
        """Receipt id, person and day: a list is one receipt for all three (decision 17)."""
        if self.about is None or self.about["kind"] != LISTED:
            return None
        return identity(self.about)


def identity(about: Mapping[str, Any]) -> tuple[str, str, str]:
    """Receipt id, person and day."""
    return about["id"], about["actor"], about["at"][:10]


def line_of(link: Link, content: Mapping[str, Any]) -> bytes:
    """One receipt as one line; `content` is {about, decision}, or {erased} after an erasure."""
    chain = {"digest": link.digest, "hash": link.hash, "n": link.n, "prev": link.prev}
    return (text_of({**content, "chain": chain}) + "\n").encode()


class Chain:
    """The receipts of one bank, shared by threads, sessions and processes.

    Parameters
    ----------
    folder : Path
        STATE/<bank_id>/receipts; made at the first receipt.

    Notes
    -----
    A receipt is one `os.write` under a lock with `fsync`, as an event is. The file ``head`` holds
    number and hash of the last one, so that receipts cut off the end are missed; it is written
    after the receipt, so after a crash it may lag behind and is never ahead. Where it is ahead,
    the next receipt follows the head: the gap stays for `verify` to find. Only what others have
    written since is read again.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.path = folder / FILE
        self.head_path = folder / HEAD
        self._mutex = threading.RLock()
        self._forget()

    @property
    def revision(self) -> str:
        """Changes with every receipt; costs one `stat`."""
        return disk.revision_of(self.path)

    def add(self, about: Mapping[str, Any], decision: Mapping[str, Any]) -> tuple[int, bool]:
        """Store a receipt, on the disk when this returns.

        Returns
        -------
        tuple of int and bool
            Its number, and whether it was stored now: the same list, person and day once.

        Raises
        ------
        StateError
            If the disk refuses the write.
        """
        with self._mutex, appending.opened(self.path) as descriptor:
            self._catch_up(descriptor)
            if (known := self._known.get(identity(about))) is not None:
                os.fsync(descriptor)  # its writer may have died before its own
                return known, False
            content = {"about": about, "decision": decision}
            n, prev = self._last()
            link = Link(n + 1, prev, hash_of(content))
            if not os.fstat(descriptor).st_size:
                self._write_head(0, GENESIS)
            appending.append(self.path, descriptor, line_of(link, content))
            self._write_head(link.n, link.hash)
            self._catch_up(descriptor)
            return link.n, True

    def erase(self, key: str, *, at: str, actor: str) -> tuple[int, ...]:
        """Empty the receipts of a customer's key and add the tombstone that says so.

        The content is gone from the file; its digest stays, so the chain still verifies.

        Returns
        -------
        tuple of int
            Numbers of the receipts that were emptied; nothing is written where there are none.
        """
        with self._mutex, appending.opened(self.path) as descriptor:
            self._catch_up(descriptor)
            mine = [e for e in self._entries if e.about and e.about.get("customer") == key]
            if not mine:
                return ()
            numbers = tuple(e.n for e in mine)
            content = {
                "about": {"actor": actor, "at": at, "kind": ERASURE},
                "decision": {"receipts": list(numbers)},
            }
            n, prev = self._last()
            tombstone = Link(n + 1, prev, hash_of(content))
            old = appending.read_between(descriptor, 0, os.fstat(descriptor).st_size)
            new, end = [], 0
            for entry in mine:
                line = old[entry.offset : entry.offset + entry.length]
                new += [old[end : entry.offset], _emptied(line, tombstone.n)]
                end = entry.offset + entry.length
            disk.write_whole(self.path, b"".join([*new, old[end:], line_of(tombstone, content)]))
            self._write_head(tombstone.n, tombstone.hash)
            self.path.with_suffix(".torn").unlink(missing_ok=True)
            return numbers

    def entries(self) -> list[Entry]:
        """Every readable receipt in the order of the file; what is damaged is left out."""
        with self._mutex:
            self._refresh()
            return list(self._entries)

    def find(self, about: Mapping[str, Any]) -> int | None:
        """Number of the receipt of this list, person and day; None when there is none."""
        with self._mutex:
            self._refresh()
            return self._known.get(identity(about))

    def line(self, entry: Entry) -> bytes:
        """A receipt as it stands in the file, without its line end."""
        with self.path.open("rb") as file:
            file.seek(entry.offset)
            return file.read(entry.length).rstrip(b"\n")

    def head(self) -> tuple[int, str] | None:
        """Number and hash of the last receipt as noted beside the file; None if not readable."""
        try:
            found = _HEAD.fullmatch(self.head_path.read_bytes())
        except FileNotFoundError:
            return None
        return (int(found[1]), found[2].decode()) if found else None

    def _write_head(self, n: int, hash_: str) -> None:
        """In place, of one length: a crash leaves the old head or the new one."""
        try:
            descriptor = os.open(
                self.head_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, disk.FILE_MODE
            )
            with os.fdopen(descriptor, "r+b", buffering=0) as file:
                file.write(f"{n:012d} {hash_}\n".encode())
                file.truncate()
        except OSError as error:
            raise StateError(f"Cannot write {self.head_path}: {error.strerror}.") from error

    def _last(self) -> tuple[int, str]:
        """What the next receipt follows: the last line, or the head where that is ahead."""
        head = self.head() or (0, GENESIS)
        return head if head[0] > self._end[0] else self._end

    def _refresh(self) -> None:
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            self._forget()
            return
        try:
            self._catch_up(descriptor)
        finally:
            os.close(descriptor)

    def _catch_up(self, descriptor: int) -> None:
        """Take in the lines that were added since; all of them, where it was not only appended."""
        found = os.fstat(descriptor)
        file, size = (found.st_dev, found.st_ino), found.st_size
        start = max(self._offset - 1, 0)
        grown = size > self._offset and (not start or os.pread(descriptor, 1, start) == b"\n")
        if file != self._file or not (grown or (size, found.st_mtime_ns) == self._seen):
            self._forget()
            self._file = file
        self._seen = (size, found.st_mtime_ns)
        new = appending.read_between(descriptor, self._offset, size)
        for line in new.split(b"\n")[:-1]:
            self._take(line)
            self._offset += len(line) + 1

    def _take(self, line: bytes) -> None:
        try:
            about, chain = _front(line.decode())
            entry = Entry(int(chain["n"]), self._offset, len(line) + 1, about)
            if entry.identity is not None:
                self._known.setdefault(entry.identity, entry.n)
            end = (entry.n, str(chain["hash"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            return  # `verify` reads every line whole, and names it
        self._entries.append(entry)
        self._end = end

    def _forget(self) -> None:
        self._file = (0, 0)
        self._seen = (0, 0)
        self._offset = 0
        self._entries: list[Entry] = []
        self._known: dict[tuple[str, str, str], int] = {}
        self._end = (0, GENESIS)


def _front(line: str) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """What a receipt is about and its link; the long rest of the line is not parsed."""
    about, start = None, 0
    if line.startswith('{"about":'):
        about, start = _DECODER.raw_decode(line, len('{"about":'))
    chain, _ = _DECODER.raw_decode(line, line.index('"chain":', start) + len('"chain":'))
    return about, chain


def _emptied(line: bytes, tombstone: int) -> bytes:
    chain = json.loads(line)["chain"]
    return line_of(Link(chain["n"], chain["prev"], chain["digest"]), {"erased": tombstone})
