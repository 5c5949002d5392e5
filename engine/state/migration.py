"""Files that earlier releases wrote in; rows of the state file out, once."""

import csv
import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from engine.bank import disk
from engine.errors import BadInput, StateError
from engine.state import added_records, alerts, consents, receipts
from engine.state.cells import Cell, Columns, checksum, encode
from engine.state.event_lines import CHECKSUM_DIGITS, plain
from engine.state.opening import FILE, UNREADABLE, connect
from engine.state.rows import Damage, insert_rows
from engine.state.store import Store
from engine.state.subjects import count
from engine.state.tables import DECISIONS, EDITS, SETTINGS_LOG
from engine.vocabulary import Kind

MIGRATED: Final = "migrated"
"""Folder that keeps the files as they were."""

CONSENTS: Final = "consents/consents.csv"

_LOGS: Final[dict[str, tuple[str, Columns]]] = {
    CONSENTS: ("consents", consents.COLUMNS),
    "records/edits.csv": ("edits", EDITS),
    "records/transactions.csv": ("transactions", added_records.COLUMNS["transactions"]),
    "records/messages.csv": ("messages", added_records.COLUMNS["messages"]),
    "settings/changes.csv": ("settings_log", SETTINGS_LOG),
}
"""File -> the table that takes its lines."""
_TEXTS: Final[dict[str, str]] = {
    "settings/*.toml": "settings_saved",
    "metrics/*.json": "learned_metrics",
    "receipts/kept/*.json": "receipt_contents",
}
"""Files -> the table that takes each of them under its name."""
_OTHERS: Final = (
    "records/alerts.csv",
    "records/alerts_reopened.csv",
    "receipts/receipts.jsonl",
    "receipts/head",
    "receipts/keys.csv",
    "versions/registry.json",
)
_LOCKS: Final = ("consents", "records", "receipts", "settings")
"""Folders whose locks earlier releases hold for a moment while they write."""
_DECIDING: Final = "versions/registry.lock"
_LEFT_BEHIND: Final = ("consents/*", "records/*", "receipts/*", "metrics/*", "settings/*.lock")
_STAYS: Final = "settings/settings.toml"
_BROUGHT_IN: Final = "brought in: "
_SEALED = "damaged"
"""What a line that was damaged before has as its checksum: it matches nothing."""


def bring_in(connection: sqlite3.Connection, folder: Path) -> bool:
    """Fill a new database with what earlier releases wrote; False where they wrote nothing.

    Rows keep their order, so what a receipt says was known stays known. A damaged line becomes a
    damaged row behind the others.
    """
    if not any(True for _ in _files(folder)):
        return False
    _note_content(connection, folder)
    for name, (table, columns) in _LOGS.items():
        sound, damaged = _read_lines(folder / name, columns)
        copies = ("consents", "consents_copy") if table == "consents" else (table,)
        for copy in copies:
            insert_rows(connection, copy, columns, sound)
            _insert_damaged(connection, copy, columns, damaged)
            count(connection, [copy])
    for pattern, table in _TEXTS.items():
        for path in sorted(folder.glob(pattern)):
            if path != folder / _STAYS:
                _put(connection, table, path.stem, path.read_text("utf-8", "surrogateescape"))
        count(connection, [table])
    _alerts(connection, folder / "records")
    _keys(connection, folder / "receipts")
    _receipts(connection, folder / "receipts")
    _decisions(connection, folder / "versions")
    return True


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the locks of earlier releases: one that still runs writes nothing meanwhile."""
    locks = [path for name in _LOCKS for path in folder.glob(f"{name}/*.lock")]
    with ExitStack() as writers:
        for lock in sorted([*locks, *folder.glob(_DECIDING)], reverse=True):
            writers.enter_context(disk.held(lock))
        yield


def put_by(folder: Path) -> None:
    """Move the old files into the folder `migrated`; nothing is removed or written over.

    A file whose content was not brought in stays where it is: see `written_later`.
    """
    files = [path for path in _files(folder) if path.is_file()]
    known = _contents(folder / FILE) if files else {}
    moved = [path for path in files if known.get(_name(folder, path)) == disk.sha256_of(path)]
    strange = {*files} - {*moved}
    others = {path for pattern in _LEFT_BEHIND for path in folder.glob(pattern) if path.is_file()}
    moved += sorted(others - {*files} - {folder / _STAYS})
    for path in moved:
        place = folder / MIGRATED / path.relative_to(folder)
        while place.exists():
            place = place.with_name(f"{place.name}.again")
        place.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # another process does the same
            path.rename(place)
    if moved and not strange:
        for name in ("receipts/kept", "receipts", "consents", "records", "metrics"):
            with suppress(OSError):
                (folder / name).rmdir()


def written_later(store: Store, path: Path) -> bool:
    """Did an earlier release write a file after its content was brought in?"""
    try:
        if not path.is_file() or not store.path.exists():
            return False
    except OSError:  # nobody may look; then the store cannot be read either, which says more
        return False
    with suppress(*UNREADABLE), store.reading() as connection:
        return _noted(connection).get(_name(store.folder, path)) != disk.sha256_of(path)
    return True


def damage(store: Store) -> list[Damage]:
    """Files that an earlier release wrote after the move; nobody reads what they say."""
    later: list[Path] = []
    with suppress(OSError):
        later = sorted(path for path in _files(store.folder) if written_later(store, path))
    problem = "was written by an earlier release after the move"
    return [Damage(_name(store.folder, path), "", "", problem) for path in later]


def _note_content(connection: sqlite3.Connection, folder: Path) -> None:
    """Remember which content is brought in, so that a later one is told from it."""
    rows = [
        (f"{_BROUGHT_IN}{_name(folder, path)}", disk.sha256_of(path)) for path in _files(folder)
    ]
    connection.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", rows)


def _noted(connection: sqlite3.Connection) -> dict[str, str]:
    query = "SELECT name, value FROM about"
    return {str(n).removeprefix(_BROUGHT_IN): str(v) for n, v in connection.execute(query)}


def _contents(path: Path) -> dict[str, str]:
    """Name of each file that was brought in and SHA-256; none where the database is not there."""
    with suppress(*UNREADABLE), closing(connect(path, 0.0)) as connection:
        return _noted(connection)
    return {}


def _name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()


def _files(folder: Path) -> Iterator[Path]:
    for pattern in (*_LOGS, *_TEXTS, *_OTHERS):
        yield from (path for path in folder.glob(pattern) if path != folder / _STAYS)


# --- lines of CSV that end in the checksum of what stands before it


def _read_lines(
    path: Path, columns: Columns
) -> tuple[list[tuple[Cell, ...]], list[tuple[Cell, ...]]]:
    """Cells of the sound lines, and of the damaged ones as far as they can be told."""
    with suppress(FileNotFoundError):
        head, *lines = path.read_bytes().split(b"\n")[:-1] or [_head(columns)]
        if head != _head(columns):
            if not _are_ours(lines, columns):
                raise StateError(
                    f"{path} has other columns than expected; it was edited. Move it away."
                )
            if len(head) != len(_head(columns)):
                lines.append(head)  # it may have run into the first line
        whole = [line for line in lines if _is_whole(line)]
        broken = [_mended(line) for line in lines if not _is_whole(line)]
        return (
            [_cells(line, columns) for line in whole],
            [_cells(line, columns) if line else (None,) * len(columns) for line in broken],
        )
    return [], []


def _are_ours(lines: list[bytes], columns: Columns) -> bool:
    """Do lines of the expected width say that only the header is damaged?"""
    sound = [line for line in lines if _is_whole(line)]
    width = len(columns) + 1
    return bool(sound) and all(len(next(csv.reader([line.decode()]))) == width for line in sound)


def _head(columns: Columns) -> bytes:
    return ",".join([*columns, "checksum"]).encode()


def _is_whole(line: bytes) -> bool:
    payload, comma, seal = line.rpartition(b",")
    return bool(comma) and seal == hashlib.sha256(payload).hexdigest()[:CHECKSUM_DIGITS].encode()


def _mended(line: bytes) -> bytes:
    """The line with the one bit turned back that makes it whole; nothing where no bit does."""
    for place in range(len(line)):
        for bit in range(8):
            tried = bytearray(line)
            tried[place] ^= 1 << bit
            if _is_whole(bytes(tried)):
                return bytes(tried)
    return b""


def _cells(line: bytes, columns: Columns) -> tuple[Cell, ...]:
    texts = next(csv.reader([line.decode()]))[:-1]
    pairs = zip(columns.items(), texts, strict=True)
    return encode(columns, {name: _value(text, kind) for (name, kind), text in pairs})


def _value(text: str, kind: Kind) -> object:
    if kind == "flag":
        return {"true": True, "false": False}.get(text)
    if kind in ("time", "number"):
        return text or None
    return plain(text)


def _insert_damaged(
    connection: sqlite3.Connection, table: str, columns: Columns, rows: list[tuple[Cell, ...]]
) -> None:
    insert_rows(connection, table, columns, rows)
    connection.execute(
        f"UPDATE {table} SET checksum = ? WHERE n > (SELECT max(n) FROM {table}) - ?",  # noqa: S608
        (_SEALED, len(rows)),
    )


def _put(connection: sqlite3.Connection, table: str, name: str, content: str) -> None:
    query = f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?)"  # noqa: S608 - our own schema
    try:
        content.encode()
        connection.execute(query, (name, content, checksum(name, content)))
    except UnicodeEncodeError:
        connection.execute(query, (name, None, _SEALED))


# --- files of their own shapes


def _alerts(connection: sqlite3.Connection, folder: Path) -> None:
    """Done and undone take turns for each alert."""
    turns: list[tuple[tuple[int, int, int], tuple[Cell, ...]]] = []
    damaged: list[tuple[Cell, ...]] = []
    for name, action in (("alerts", alerts.ACKNOWLEDGED), ("alerts_reopened", alerts.REOPENED)):
        columns: Columns = {"alert_id": "id", f"{action}_at": "time", "actor": "text"}
        sound, broken = _read_lines(folder / f"{name}.csv", columns)
        seen: dict[Cell, int] = {}
        for place, (alert_id, at, actor) in enumerate(sound):
            seen[alert_id] = seen.get(alert_id, 0) + 1
            turn = (seen[alert_id], int(action == alerts.REOPENED), place)
            turns.append((turn, (alert_id, action, at, actor)))
        damaged += [(alert_id, action, at, actor) for alert_id, at, actor in broken]
    insert_rows(connection, "alerts", alerts.COLUMNS, [cells for _, cells in sorted(turns)])
    _insert_damaged(connection, "alerts", alerts.COLUMNS, damaged)
    count(connection, ["alerts"])


def _keys(connection: sqlite3.Connection, folder: Path) -> None:
    columns: Columns = {"customer_id": "id", "key": "id", "made_at": "time"}
    sound, _ = _read_lines(folder / "keys.csv", columns)
    for customer, key, _ in reversed(sound):  # the first of a customer stands
        _put(connection, "receipt_keys", str(customer), str(key))
    count(connection, ["receipt_keys"])


def _receipts(connection: sqlite3.Connection, folder: Path) -> None:
    """What cannot be read is left out: verifying names it as removed."""
    with suppress(FileNotFoundError):
        for line in (folder / "receipts.jsonl").read_bytes().split(b"\n")[:-1]:
            with suppress(ValueError, KeyError, TypeError, sqlite3.IntegrityError):
                receipts.insert(connection, _receipt(json.loads(line)))
    with suppress(FileNotFoundError, ValueError):
        n, hash_ = (folder / "head").read_text("ascii").split()
        query = "INSERT OR REPLACE INTO receipts_head VALUES (1, ?, ?)"
        connection.execute(query, (int(n), hash_))
    count(connection, receipts.TABLES)


def _receipt(stored: dict[str, Any]) -> receipts.ReceiptRow:
    chain, about, decision = stored["chain"], stored.get("about"), stored.get("decision")
    shown = about is not None and "id" in about
    return receipts.ReceiptRow(
        n=int(chain["n"]),
        prev=chain["prev"],
        digest=chain["digest"],
        hash=chain["hash"],
        receipt_id=about["id"] if shown else None,
        actor=about["actor"] if shown else None,
        day=about["at"][:10] if shown else None,
        customer=about["customer"] if shown else None,
        about=None if about is None else _canonical(about),
        decision=None if decision is None else _canonical(decision),
        erased=stored.get("erased"),
    )


def _canonical(content: Any) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def _decisions(connection: sqlite3.Connection, folder: Path) -> None:
    try:
        stored = json.loads((folder / "registry.json").read_text("utf-8"))["decisions"]
        insert_rows(
            connection, "version_decisions", DECISIONS, [encode(DECISIONS, d) for d in stored]
        )
    except FileNotFoundError:
        return
    except (ValueError, KeyError, TypeError, BadInput):
        _insert_damaged(connection, "version_decisions", DECISIONS, [(None,) * len(DECISIONS)])
    count(connection, ["version_decisions"])
