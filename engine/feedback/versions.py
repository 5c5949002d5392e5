"""One version of the model bundle as a folder: files with their hashes, and its record."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.bank import disk
from engine.errors import BadInput, OtherFormat, StateError
from engine.feedback.version_history import Status

RECORD = "version.json"
REMEDY = "Roll back to another version or retrain."
_MADE_BY_DESKTOPS = frozenset((".DS_Store", "Thumbs.db", "desktop.ini"))
"""Files that a desktop leaves in a folder that somebody looked at; no version reads them."""
FORMAT = 4
"""Of what a version holds and of what its numbers mean. Raise it when a stored array or key
changes, or a signal comes to mean something else: weights fitted on the old one would rank by it
without anybody noticing. Versions from before there was a number count as 0."""
EARLIER = (1, 2, 3)
"""Formats that mean the same here: 1 had no offsets of products and no measured aims, 2 no
measured limit on a category and no temperature by products held, 3 nothing learned from answers."""


@dataclass(frozen=True)
class VersionFacts:
    """What a version was made from and how it did."""

    seed: int
    bank_fingerprint: str
    """Of the bank with its records."""
    as_of: str
    """The bank's day."""
    settings_hash: str
    n_events: int = 0
    n_adoptions: int = 0
    metrics: Mapping[str, float] = field(default_factory=dict)
    """On held-out data; NaN where it could not be measured."""
    grade: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    """Anything else worth keeping as JSON: kind of split, n, baselines."""
    notes: tuple[str, ...] = ()
    author: str = ""
    """Who asked for it; "" of versions from before that was kept."""


@dataclass(frozen=True)
class Version:
    """One version as it lies on the disk."""

    version_id: str
    created_at: str
    parent: str | None
    facts: VersionFacts
    files: Mapping[str, str]
    """Path within the folder -> SHA-256."""
    folder: Path
    status: Status
    format: int = FORMAT

    @property
    def readable(self) -> bool:
        """Is it of a format that this release reads?"""
        return self.format in (FORMAT, *EARLIER)


@dataclass(frozen=True)
class Draft:
    """A version that is being made: the folder to write its files into."""

    version_id: str
    parent: str | None
    folder: Path


def seal(draft: Draft, facts: VersionFacts, now: datetime) -> str:
    """Have a draft's files reach the disk and write its record; returns the record's SHA-256.

    Raises
    ------
    BadInput
        If the draft holds no file, or a file of the record's name.
    """
    names = files_of(draft.folder)
    if not names or RECORD in names:
        raise BadInput(
            f"The draft of {draft.version_id} holds {', '.join(names) or 'no file'}; "
            f"write the model's files into it, and leave {RECORD} to the registry."
        )
    for name in names:
        disk.sync_file(draft.folder / name)
    for folder in (path for path in draft.folder.rglob("*") if path.is_dir()):
        disk.sync_folder(folder)
    record = {
        "format": FORMAT,
        "version_id": draft.version_id,
        "created_at": now.isoformat(),
        "parent": draft.parent,
        "facts": asdict(facts) | {"metrics": _finite(facts.metrics)},
        "files": {name: disk.sha256_of(draft.folder / name) for name in names},
    }
    disk.write_whole(draft.folder / RECORD, as_json(record))
    return disk.sha256_of(draft.folder / RECORD)


def read(folder: Path, record_sha256: str, status: Status) -> Version:
    """A committed version's record.

    Raises
    ------
    StateError
        If the record was changed or removed.
    OtherFormat
        If another release wrote it in a way that this one cannot read at all.

    Notes
    -----
    Of another release's record what this one knows is read, so that the list of versions stays
    whole; `verify` then refuses to let it serve.
    """
    path = folder / RECORD
    _expect_hash(path, record_sha256)
    stored = json.loads(path.read_text("utf-8"))
    try:
        known = (one.name for one in fields(VersionFacts))
        facts = {name: stored["facts"][name] for name in known if name in stored["facts"]}
        facts["notes"] = tuple(facts.get("notes", ()))
        measured = facts.get("metrics", {}).items()
        facts["metrics"] = {k: math.nan if v is None else v for k, v in measured}
        return Version(
            version_id=stored["version_id"],
            created_at=stored["created_at"],
            parent=stored["parent"],
            facts=VersionFacts(**facts),
            files=stored["files"],
            folder=folder,
            status=status,
            format=stored.get("format", 0),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise OtherFormat(_foreign(folder.name, stored)) from error


def verify(version: Version) -> None:
    """Make sure that a version is what was committed, and is meant for this release.

    Raises
    ------
    OtherFormat
        If another release wrote it.
    StateError
        Names the first file which was changed, removed or added.
    """
    if not version.readable:
        raise OtherFormat(_foreign(version.version_id, {"format": version.format}))
    for name, expected in version.files.items():
        _expect_hash(version.folder / name, expected)
    if stray := sorted(set(files_of(version.folder)) - {*version.files, RECORD}):
        raise StateError(
            f"{version.folder} holds {stray[0]}, which was not there when the version was made. "
            "Move it away."
        )


def files_of(folder: Path) -> list[str]:
    """Every file below a folder, as paths within it."""
    paths = (path for path in folder.rglob("*") if not path.is_dir())
    ours = (path for path in paths if path.name not in _MADE_BY_DESKTOPS)
    return sorted(path.relative_to(folder).as_posix() for path in ours)


def as_json(content: Any) -> bytes:
    """The same content gives the same bytes."""
    text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()


def _foreign(version_id: str, stored: Mapping[str, Any]) -> str:
    return (
        f"{version_id} was written by another release of this program (format "
        f"{stored.get('format', 0)}, this one reads {FORMAT}). Retrain: python -m engine retrain."
    )


def _expect_hash(path: Path, expected: str) -> None:
    if path.is_dir():
        raise StateError(f"{path} is a folder, expected a file. {REMEDY}")
    if not path.is_file():
        raise StateError(f"{path} is missing. {REMEDY}")
    if (actual := disk.sha256_of(path)) != expected:
        raise StateError(
            f"{path} was changed after it was written (SHA-256 {actual[:12]}..., expected "
            f"{expected[:12]}...). {REMEDY}"
        )


def _finite(metrics: Mapping[str, float]) -> dict[str, float | None]:
    return {k: float(v) if math.isfinite(v) else None for k, v in metrics.items()}
