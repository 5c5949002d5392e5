"""A bank's state in; the copy that all parts of a run are made from, and its hash, out."""

import hashlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from engine.bank import disk, keys
from engine.engine import Engine
from engine.parted.plan import STATE
from engine.services.opening import backup
from engine.state.opening import FILE

_LOOKED_AT: Final = ("receipt", "trail", "views", "notes", "scan_pictures", "segments", "sqlite")
"""Tables of what was shown, who looked and what people pinned: no list rests on them. Those that
begin so."""
_ABOUT: Final = ("about", "subjects")
"""Of the file itself, and counts of its writes."""
_FOLDERS: Final = ("events", "texts")


def freeze(engine: Engine, working: Path) -> str:
    """Copy what is written about a bank into the folder of a run; the hash of what lists rest on.

    What somebody writes while the run goes on is then in none of its parts, and a part that is
    made on another machine needs no lock of this one's file system.

    Raises
    ------
    StateError
        If something of it is damaged, or the disk refuses the copy.
    """
    state, into = engine.snapshots.state, working / STATE
    keys.key_beside(state.root)  # a copy without a key would get another one
    shutil.rmtree(into, ignore_errors=True)
    backup.copy_of_bank(state.parent, state.bank_id, into)
    return _hash(into, state.bank_id)


def _hash(copies: Path, bank_id: str) -> str:
    root, found = copies / bank_id, hashlib.sha256()
    # `.nolock` marks and the like are no content: only files that somebody's words or deeds fill.
    files = [copies / backup.ERASED / f"{bank_id}.json"]
    files += [path for name in _FOLDERS for path in sorted((root / name).rglob("*"))]
    for path in files:
        if path.is_file() and path.suffix != ".lock":
            told = f"{path.relative_to(copies).as_posix()}\0{disk.sha256_of(path)}\n"
            found.update(told.encode())
    if (root / FILE).is_file():
        _add_tables(root / FILE, found)
    return found.hexdigest()


def _add_tables(file: Path, found: "hashlib._Hash") -> None:
    """Every row of the tables that an answer may show, in the order of their writing."""
    uri = f"{file.absolute().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as source:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        names = [str(name) for (name,) in source.execute(query)]
        for name in names:
            if name.startswith(_LOOKED_AT) or name in _ABOUT:
                continue
            found.update(f"{name}\n".encode())
            for row in source.execute(f'SELECT * FROM "{name}" ORDER BY rowid'):  # noqa: S608
                found.update(f"{row!r}\n".encode())
