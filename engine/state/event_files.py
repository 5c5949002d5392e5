"""The files of an event log: one that grows, those before it that are full, and their index."""

import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from engine.bank import disk
from engine.errors import StateError
from engine.state.event_lines import (
    CHECKSUM_DIGITS,
    COLUMNS,
    HEADERS,
    MORE,
    Part,
    first_cells,
    mark,
    parts_of,
    parts_of_end,
    schema_of,
)

FILE: Final = "events.csv"
"""The file that grows."""

INDEX: Final = "events.index.json"

MOST_BYTES: Final = 8_000_000
"""A file of this size is full: about 30,000 events (own choice)."""

_FULL = re.compile(r"events-(\d{4,})\.csv")
_NO_FILE = (0, 0)


def full_files(folder: Path) -> list[str]:
    """Names of the full files, oldest first."""
    try:
        with os.scandir(folder) as entries:
            found = [entry.name for entry in entries if _FULL.fullmatch(entry.name)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(found, key=number_of)


def number_of(name: str) -> int:
    """Place of a full file among the others, from 1."""
    found = _FULL.fullmatch(name)
    return int(found[1]) if found else 0


def name_of(number: int) -> str:
    """Name of the full file of a number."""
    return f"events-{number:04d}.csv"


def read_index(folder: Path) -> dict[str, dict[str, Any]]:
    """Full file -> what it held when it was closed: bytes, lines, schema, sha256.

    An index that cannot be read is as none: it is derived, and the next writer makes it again.
    """
    try:
        stored = json.loads((folder / INDEX).read_bytes())
        return {str(name): dict(held) for name, held in stored["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def write_index(folder: Path, names: Iterable[str], known: Mapping[str, dict[str, Any]]) -> None:
    """Add some files to the index as they are now; what it knows of others stays."""
    files = dict(known)
    for name in names:
        content = (folder / name).read_bytes()
        files[name] = {
            "bytes": len(content),
            "lines": content.count(b"\n"),
            "schema": schema_of(content.partition(b"\n")[0]),
            "sha256": disk.sha256_of(folder / name),
        }
    ordered = dict(sorted(files.items(), key=lambda item: number_of(item[0])))
    disk.write_whole(folder / INDEX, json.dumps({"files": ordered}, indent=1).encode() + b"\n")


class EventFile:
    """One file as far as it was read; only what was added since is read again."""

    def __init__(self) -> None:
        self.identity = _NO_FILE
        self.offset = 0
        self.n_lines = 0
        self.schema: int | None = None
        self.damaged: list[tuple[int, tuple[str, ...]]] = []
        """Number of each damaged line, and its first cells."""
        self.ends: list[tuple[int, tuple[str, ...]]] = []
        """The same of each line whose end is damaged."""
        self._end = b""

    @property
    def unended(self) -> bool:
        """Did what was read last end in a byte that should be a line end?"""
        return bool(self._end) and not self._end.endswith(b"\n")

    def is_another(self, descriptor: int) -> bool:
        """Is this not the file that was read, or not what it was then? No where none was."""
        if self.identity == _NO_FILE:
            return False
        status = os.fstat(descriptor)
        if (status.st_dev, status.st_ino) != self.identity:
            return True
        if self.unended and status.st_size != self.offset:
            return True
        start = self.offset - len(self._end)
        return os.pread(descriptor, len(self._end), start) != self._end

    def read_on(self, descriptor: int, path: Path) -> list[Part]:
        """The whole lines that were added, in whole batches; see `EventLog`.

        Raises
        ------
        StateError
            If the file does not begin as one of ours does.
        """
        status = os.fstat(descriptor)
        self.identity = (status.st_dev, status.st_ino)
        *lines, end = read_between(descriptor, self.offset, status.st_size).split(b"\n")
        if not self.n_lines and not (lines and _has_header(lines, path)):
            return []
        parts = [part for line in lines for part in parts_of(line)] + parts_of_end(end)
        while parts and parts[-1].mark == MORE:
            parts.pop()
        if parts and self.schema is None:
            sound = (part.content for part in parts if part.mark is not None)
            self.schema = schema_of(parts[0].content) or schema_of(next(sound, b""))
        taken = [part for part in parts if self._is_sound(part)]
        if parts:
            self._end = (parts[-1].content + parts[-1].behind)[-2 * CHECKSUM_DIGITS :]
        return taken

    def _is_sound(self, part: Part) -> bool:
        self.n_lines += part.first
        self.offset += len(part.content) + len(part.behind)
        is_header = part.first and self.n_lines == 1
        cells = first_cells(b"" if is_header else part.content)
        if part.behind != b"\n":
            self.ends.append((self.n_lines, cells))
        if part.mark is not None:
            return True
        if not (is_header and part.content in HEADERS):
            self.damaged.append((self.n_lines, cells))
        return False


def _has_header(lines: list[bytes], path: Path) -> bool:
    """Is the first line the header, whole or damaged? Not where a power loss cut it short."""
    first = lines[0]
    if first.startswith(HEADERS) or any(mark(line) is not None for line in lines[1:]):
        return True
    if any(header.startswith(first.rstrip(b"\0")) for header in HEADERS):
        return False
    raise StateError(
        f"{path} starts with {first[:60].decode(errors='replace')!r}, expected the "
        f"columns {','.join(COLUMNS)[:60]!r}...; it was written by another version or "
        "edited. Move it away or restore it from a backup."
    )


def read_between(descriptor: int, start: int, end: int) -> bytes:
    """Bytes of a file from a place to another, fewer where it ends before."""
    parts = []
    while start < end and (part := os.pread(descriptor, end - start, start)):
        parts.append(part)
        start += len(part)
    return b"".join(parts)
