"""A state folder in, one archive out; an archive in, a state folder out: whole, or not at all."""

import hashlib
import json
import os
import shutil
import sqlite3
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final

from engine.bank import bank_folders, disk, editions
from engine.bank.erased import ErasedCustomers
from engine.bank.keys import KEY_FILE
from engine.errors import BadInput, NotFound, StateError
from engine.json_values import JsonRecord
from engine.models.text_cache import FILE as TEXTS
from engine.state.event_files import EventFile
from engine.state.opening import FILE
from engine.state.state import State

MANIFEST: Final = "backup.json"
FORMAT: Final = 1
ERASED: Final = "erased"
"""Folder of who was erased, one file a bank, in that of everything that is written."""
BEFORE: Final = ".before-restore."
"""What the folder begins with into which a restore puts what was there."""
_ARRIVING: Final = ".restoring"
_BANKS: Final = bank_folders.BANKS_FOLDER
_WAIT: Final = 30.0
_PIECE: Final = 1 << 20
_BESIDE: Final = ("-wal", "-shm", "-journal")
_ENDS: Final = (".lock", ".draft", *_BESIDE)
_NOT_KEPT: Final = frozenset((".lock", ".removing", _ARRIVING))
"""What is on its way out."""
_CACHE: Final = "cache"
"""Folder of what can be worked out again. Of that, what text models said is kept: worked out in
other batches, vectors differ in their last digits, and so would scores."""
_MOST_NAMES: Final = 1_000_000
_MOST_LISTED: Final = 1 << 29
"""Bytes of a list of so many names; a small archive may claim any size of it (own choice)."""
_PACKED: Final = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
_UNSOUND: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
"""What the library of archives raises where bytes of one were changed."""


@dataclass(frozen=True)
class Backup(JsonRecord):
    """What an archive holds."""

    file: str
    made_at: str
    n_files: int
    n_bytes: int
    """Before they were packed."""
    banks: tuple[str, ...]
    """Ids of banks with something written about them."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Restored(JsonRecord):
    """What came back from an archive."""

    state: str
    made_at: str
    n_files: int
    set_aside: str | None
    """Where what was there before lies now."""
    n_erased_since: int
    """Customers who were erased after the backup, as far as the present state knew, and whom the
    next opening of their bank erases again."""
    notes: tuple[str, ...] = ()


def back_up(state: Path, out: Path, *, now: datetime) -> Backup:
    """Write everything of a state folder but caches into one archive, also while it serves.

    Each bank's events, records and settings are of one moment: their writers wait while they are
    copied, a second or so. What a killed writer left of a line is not in it. The archive holds
    personal data and the keys: only this account may read it.

    Raises
    ------
    NotFound
        If there is no such folder.
    BadInput
        If the archive is there already, or would lie in the folder.
    StateError
        If the disk refuses it; then there is no archive.
    """
    if not state.is_dir():
        raise NotFound(f"{state} is no folder; name the state folder with --state.")
    if os.path.lexists(out):
        raise BadInput(f"{out} is there already; name another file.")
    if not out.parent.is_dir():
        raise NotFound(f"{out.parent} is no folder; make it first.")
    if out.resolve().is_relative_to(state.resolve()):
        raise BadInput(f"{out} would lie in the state folder; keep a backup elsewhere.")
    with _refused(out), tempfile.TemporaryDirectory(prefix=".backup-", dir=out.parent) as place:
        copies, notes = Path(place) / "copies", list[str]()
        banks = _copied(state, copies, notes)
        files = _described(copies)
        about = {"format": FORMAT, "made_at": now.isoformat(), "banks": banks, "files": files}
        draft = Path(place) / "archive"
        _pack(copies, draft, about)
        draft.rename(out)
        disk.sync_folder(out.parent)
    inside = set(bank_folders.available((), state)["bank_id"])
    notes += [
        f"The tables of {one} are not in it: that bank lies outside of the state folder."
        for one in banks
        if one not in inside
    ]
    n_bytes = sum(one["bytes"] for one in files.values())
    return Backup(str(out), now.isoformat(), len(files), n_bytes, tuple(banks), tuple(notes))


def copy_of_bank(state: Path, bank_id: str, copies: Path) -> None:
    """Copy what is written about one bank, as of one moment, into a state folder of its own.

    With who was erased, the key of hashes and pseudonyms, and what was kept to start quicker. For
    processes that read it where they cannot share the locks of the file system.

    Raises
    ------
    StateError
        If something of it is damaged or cannot be read, or the copy cannot be written.
    """
    notes: list[str] = []
    with _refused(copies):
        copies.mkdir(mode=0o700, parents=True)
        for path in (state / ERASED / f"{bank_id}.json", state / KEY_FILE):
            if path.is_file():
                _copy(path, state, copies, notes)
        with _still(State(state, bank_id)):
            _copy(state / bank_id, state, copies, notes)
        kept = copies / bank_id / _CACHE
        kept.mkdir(parents=True, exist_ok=True)
        for path in (state / bank_id / _CACHE).glob("*"):
            if path.is_file() and not path.name.startswith(TEXTS) and not path.name.endswith(_ENDS):
                shutil.copyfile(path, kept / path.name)
    if notes:
        raise StateError(f"{state / bank_id}: {notes[0]} Run: python -m engine check")


def _copied(state: Path, copies: Path, notes: list[str]) -> list[str]:
    """Copy a state folder piece by piece; ids of banks with a state of their own."""
    banks = []
    # Who was erased comes first: whoever is erased while the rest is copied counts as erased after
    # the backup, and a restore takes their rows out. Last, they would count as taken out already.
    first = state / ERASED
    for path in sorted(state.iterdir(), key=lambda path: (path != first, path)):
        if path.name.startswith(BEFORE):
            notes.append(f"{path.name} is not in it: a restore put it aside.")
        elif path.name == _BANKS and path.is_dir():
            for folder in sorted(path.iterdir()):
                if folder.is_dir() and not folder.is_symlink():
                    with disk.held(folder / editions.LOCK, wait=_WAIT):
                        _copy(folder, state, copies, notes)
                else:
                    _copy(folder, state, copies, notes)
        elif (path / FILE).exists() or (path / "events").is_dir():
            banks.append(path.name)
            with _still(State(state, path.name)):
                _copy(path, state, copies, notes)
        else:
            _copy(path, state, copies, notes)
    return banks


@contextmanager
def _still(state: State) -> Iterator[None]:
    """Nobody writes events or records of a bank meanwhile; in the order in which a reset locks."""
    busy = f"{state.bank_id} is being written for {_WAIT:g} s already; try again later."
    with ExitStack() as held:
        if state.folder("events").is_dir():
            lock = state.folder("events") / "events.lock"
            held.enter_context(disk.held(lock, wait=_WAIT, busy=busy))
        if (state.root / FILE).is_file():
            held.enter_context(state.store.still(_WAIT, busy))
        yield


def _copy(path: Path, state: Path, copies: Path, notes: list[str]) -> None:
    within = path.relative_to(state)
    name = path.name
    is_folder = path.is_dir() and not path.is_symlink()
    # A bank may be called travel-journal, cache or events: names of folders below its own count.
    if name in _NOT_KEPT or name.startswith(".staging-"):
        return
    if name.endswith(_ENDS) and not is_folder:
        return
    of_bank = within.parts[1] if len(within.parts) > 2 and within.parts[0] != _BANKS else ""
    if of_bank == _CACHE and len(within.parts) == 3 and not name.startswith(TEXTS):
        return
    if path.is_symlink() or not (path.is_dir() or path.is_file()):
        notes.append(f"{within.as_posix()} is not in it: it is a link or no plain file.")
        return
    if not _is_plain(name):
        notes.append(f"{within.as_posix()!r} is not in it: no restore takes such a name.")
        return
    if path.is_dir():
        for one in sorted(path.iterdir()):
            _copy(one, state, copies, notes)
        return
    target = copies / within
    target.parent.mkdir(parents=True, exist_ok=True)
    # A file of SQLite is opened by SQLite alone: the kernel drops this process's locks on a file as
    # soon as anybody else in it closes that.
    if path.suffix == ".sqlite" and path.stat().st_size:
        _copy_database(path, target, notes, within.as_posix())
        return
    shutil.copyfile(path, target)
    if of_bank == "events" and path.suffix == ".csv":
        try:
            _cut(target)
        except StateError as error:
            notes.append(f"{within.as_posix()} is damaged ({error}) and stands in it as it is.")


def _copy_database(path: Path, target: Path, notes: list[str], name: str) -> None:
    """One picture of a database that others write; byte by byte where it is damaged."""
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with (
            closing(sqlite3.connect(uri, uri=True, timeout=_WAIT)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        notes.append(f"{name} is damaged ({error}) and stands in it as it is.")
        target.unlink(missing_ok=True)
        for end in ("", *_BESIDE):
            if (beside := path.with_name(path.name + end)).is_file():
                shutil.copyfile(beside, target.with_name(target.name + end))


def _cut(events: Path) -> None:
    """Take off what a killed writer left of a batch; the reader would set it aside as well."""
    with events.open("rb+") as file:
        read = EventFile()
        read.read_on(file.fileno(), events)
        if read.offset:
            file.truncate(read.offset)


def _described(copies: Path) -> dict[str, dict[str, Any]]:
    copies.mkdir(exist_ok=True)
    paths = sorted(path for path in copies.rglob("*") if path.is_file())
    return {
        path.relative_to(copies).as_posix(): {
            "sha256": disk.sha256_of(path),
            "bytes": path.stat().st_size,
        }
        for path in paths
    }


def _pack(copies: Path, draft: Path, about: dict[str, Any]) -> None:
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, disk.FILE_MODE))
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(MANIFEST, json.dumps(about, indent=1, sort_keys=True) + "\n")
        for name in about["files"]:
            archive.write(copies / name, f"state/{name}")
    disk.sync_file(draft)


def restore(file: Path, state: Path, *, force: bool = False) -> Restored:
    """Bring a state folder back from an archive, after every file in it was checked.

    Parameters
    ----------
    force : bool
        Put aside what is there; else a folder that is not empty is refused.

    Raises
    ------
    NotFound, BadInput
        If there is no such file; if it is no backup, is damaged, or names a path that leads out of
        the folder; if the folder is not empty. Nothing was changed then.
    StateError
        If the disk refuses it.
    """
    if not file.is_file():
        raise NotFound(f"{file} is no file.")
    there = [p for p in state.iterdir() if p.name != _ARRIVING] if state.is_dir() else []
    there = [p for p in there if not p.name.startswith(BEFORE) and p.suffix != ".lock"]
    if there and not force:
        raise BadInput(
            f"{state} is not empty ({there[0].name}). Restore into another folder, or put aside "
            "what is there with --force."
        )
    arriving = state / _ARRIVING
    with _refused(state):
        shutil.rmtree(arriving, ignore_errors=True)
        arriving.mkdir(parents=True)
        try:
            about = _unpacked(file, arriving)
            # Also of what a restore that was killed put aside: it alone may know of an erasure.
            known = [state, *sorted(state.glob(f"{BEFORE}*"))]
            notes, n_since = _erased_since(known, arriving)
            aside = _exchanged(there, arriving, state)
            disk.sync_folder(state)
        finally:
            shutil.rmtree(arriving, ignore_errors=True)
    made_at = str(about["made_at"])
    if not there and not any((one / ERASED).is_dir() for one in known[1:]):
        notes.append(
            f"Whoever was erased after {made_at[:16].replace('T', ' ')} UTC is in it again: erase "
            "them again. Here nobody knows whom."
        )
    if aside is not None:
        notes.append(f"What was there lies in {aside}; delete it when it is no longer needed.")
    n = len(about["files"])
    return Restored(str(state), made_at, n, str(aside) if aside else None, n_since, tuple(notes))


def _unpacked(file: Path, arriving: Path) -> dict[str, Any]:
    """Unpack an archive, checking every name and every byte; its manifest."""
    try:
        with zipfile.ZipFile(file) as archive:
            about = _manifest(archive, file)
            wanted = {f"state/{name}": told for name, told in about["files"].items()}
            members = {one.filename: one for one in archive.infolist()}
            if any(one.compress_type not in _PACKED for one in members.values()):
                raise BadInput(f"{file} is packed in a way in which no backup is.")
            if len(members) != len(archive.infolist()) or members.keys() != {MANIFEST, *wanted}:
                raise BadInput(f"{file} does not hold just what its list says; it was changed.")
            needed = sum(told["bytes"] for told in wanted.values())
            if needed > shutil.disk_usage(arriving).free:
                raise StateError(f"There is no space for {needed:,} bytes in {arriving.parent}.")
            for name, told in wanted.items():
                target = arriving.joinpath(*_safe(name, members[name], file).parts[1:])
                target.parent.mkdir(parents=True, exist_ok=True)
                _unpack(archive, name, told, target, file)
            return about
    except _UNSOUND as error:
        raise BadInput(f"{file} is no backup, or is damaged ({error}).") from error


def _manifest(archive: zipfile.ZipFile, file: Path) -> dict[str, Any]:
    try:
        if archive.getinfo(MANIFEST).file_size > _MOST_LISTED:
            raise ValueError("its list of files is too long")
        about = json.loads(archive.read(MANIFEST))
        if about["format"] != FORMAT:
            raise BadInput(f"{file} was made by another release (format {about['format']}).")
        sound = all(
            isinstance(name, str) and isinstance(told["bytes"], int) and told["bytes"] >= 0
            for name, told in about["files"].items()
        )
        if not sound or len(about["files"]) > _MOST_NAMES:
            raise ValueError("its list of files is no list of files")
        datetime.fromisoformat(about["made_at"])
        return about
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise BadInput(f"{file} is no backup of Attune ({error}).") from error


def _safe(name: str, member: zipfile.ZipInfo, file: Path) -> PurePosixPath:
    path = PurePosixPath(name)
    plain = all(map(_is_plain, name.split("/")))
    kind = stat.S_IFMT(member.external_attr >> 16)
    if not plain or path.is_absolute() or "\x00" in name or kind not in (0, stat.S_IFREG):
        raise BadInput(f"{file} names {name!r}, which is no file within a state folder.")
    return path


def _is_plain(part: str) -> bool:
    """Does a name lead nowhere else, on any system, and can an archive hold it?"""
    if part in ("", ".", "..") or "\\" in part:
        return False
    return part == part.encode("utf-8", "replace").decode()


def _unpack(
    archive: zipfile.ZipFile, name: str, told: dict[str, Any], target: Path, file: Path
) -> None:
    sha, n = hashlib.sha256(), 0
    made = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, disk.FILE_MODE)
    with archive.open(name) as packed, os.fdopen(made, "wb") as out:
        while piece := packed.read(_PIECE):
            n += len(piece)
            if n > told["bytes"]:
                break
            sha.update(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    if n != told["bytes"] or sha.hexdigest() != told["sha256"]:
        raise BadInput(f"{name} in {file} is not what was backed up. Take another backup.")


def _exchanged(there: list[Path], arriving: Path, state: Path) -> Path | None:
    """Put what arrived in the place of what was there: all of it, or everything is as before."""
    moved: list[tuple[Path, Path]] = []
    aside = _aside(state) if there else None
    try:
        for path in there if aside else ():
            moved.append((path, path.rename(aside / path.name)))
        for path in sorted(arriving.iterdir()):
            moved.append((path, path.rename(state / path.name)))
    except OSError:
        for path, now in reversed(moved):
            now.rename(path)
        if aside:
            aside.rmdir()
        raise
    return aside


def _aside(state: Path) -> Path:
    n = 1
    while os.path.lexists(aside := state / f"{BEFORE}{n}"):
        n += 1
    aside.mkdir(mode=0o700)
    return aside


def _erased_since(known: list[Path], arriving: Path) -> tuple[list[str], int]:
    """Have whoever what is there knows as erased be erased from what comes back too."""
    notes, new = [], dict[str, int]()
    for present in known:
        key = present / KEY_FILE
        if key.is_file() and not (arriving / KEY_FILE).exists():
            shutil.copyfile(key, arriving / KEY_FILE)
            (arriving / KEY_FILE).chmod(disk.FILE_MODE)
        for file in sorted((present / ERASED).glob("*.json")):
            try:
                n = ErasedCustomers(arriving / ERASED / file.name).take_over(ErasedCustomers(file))
            except StateError as error:
                notes.append(f"Erasures of {file.stem} could not be taken over: {error}")
            else:
                new[file.stem] = new.get(file.stem, 0) + n
    for bank, n in new.items():
        if n:
            who = "1 customer was" if n == 1 else f"{n:,} customers were"
            notes.append(
                f"{who} erased from {bank} after this backup, and nothing of them is shown: "
                "as soon as the bank is opened they are erased from its files again."
            )
    return notes, sum(new.values())


@contextmanager
def _refused(path: Path) -> Iterator[None]:
    """An error of the disk in words."""
    try:
        yield
    except OSError as error:
        where = error.filename or path
        raise StateError(f"Cannot write {where}: {error.strerror or error}.") from error
