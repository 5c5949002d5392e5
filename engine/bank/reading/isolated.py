"""Uploads in, raw tables out: read by a process of its own, which has limits of time and memory.

Whatever a file does to its reader, it cannot stop the other people of the server.
"""

import fcntl
import json
import os
import resource
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from engine import settings
from engine.bank.decision import Certainty, Decision
from engine.bank.reading.files import Forms, SourceFiles, read_files
from engine.bank.reading.raw_table import FileForm, RawTable
from engine.errors import BadInput, EngineError

_ROOT = Path(__file__).resolve().parents[3]
_PREFIX, _HELD = "attune-upload-", "held"
"""How folders of uploads begin, and the file in each that is locked while somebody needs it."""
_JUST_MADE = 60
"""Seconds for which a folder is left alone: it may not be locked yet (own choice)."""
_REQUEST, _ANSWER, _STARTED = "request.json", "answer.json", "started"
_LINES = "\0lines"
"""Name of the column that carries the number of each row; no column of a file is called so."""


def read_isolated(
    name: str, uploads: Mapping[str, bytes], forms: Forms | None = None
) -> SourceFiles:
    """Read files, given as name -> content, outside this process; `forms` as in `read_path`.

    Raises
    ------
    BadInput
        If a file cannot be read, or not within the settings bank.read_seconds and
        bank.read_megabytes; or if others are being read all the while (bank.max_readers).
    """
    limits = settings.default().bank
    remove_left_behind()
    with _turn(limits.max_readers, limits.read_seconds), _own_folder() as (folder, lock):
        for number, data in enumerate(uploads.values()):
            (folder / f"upload-{number}").write_bytes(data)
        request = {
            "name": name,
            "files": list(uploads),
            "forms": {key: asdict(form) for key, form in (forms or {}).items()},
            "seconds": limits.read_seconds,
            "megabytes": limits.read_megabytes,
        }
        (folder / _REQUEST).write_text(json.dumps(request), "ascii")
        command = [sys.executable, "-m", __name__, str(folder)]
        try:
            ended = subprocess.run(  # noqa: S603 - our own module; the files are data to it
                command,
                cwd=_ROOT,
                capture_output=True,
                timeout=limits.read_seconds,
                check=False,
                pass_fds=(lock,),  # a reader whose server was killed still holds its folder
            )
        except subprocess.TimeoutExpired as error:
            raise BadInput(
                f"{_current(folder, uploads)} took longer to read than the {limits.read_seconds:,} "
                "seconds of the setting bank.read_seconds. Save it as CSV, or split it."
            ) from error
        answer = folder / _ANSWER
        if ended.returncode != 0 or not answer.is_file():
            raise BadInput(
                f"{_current(folder, uploads)} could not be read with the "
                f"{limits.read_megabytes:,} MB of memory of the setting bank.read_megabytes. "
                "Save it as CSV, or split it."
            )
        return _taken(folder, json.loads(answer.read_text("ascii")))


@contextmanager
def _turn(most: int, seconds: float) -> Iterator[None]:
    """Wait until fewer than the most readers of this server are at work."""
    turns = _turns(most)
    if not turns.acquire(timeout=seconds):
        raise BadInput(
            f"{most} uploads are being read already, the most of the setting bank.max_readers. "
            "Try again in a minute."
        )
    try:
        yield
    finally:
        turns.release()


@cache
def _turns(most: int) -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(most)


@contextmanager
def _own_folder() -> Iterator[tuple[Path, int]]:
    """A folder that goes away afterwards, and the lock that says it is needed until then."""
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as place:
        lock = os.open(Path(place) / _HELD, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield Path(place), lock
        finally:
            os.close(lock)


@cache
def remove_left_behind() -> None:
    """Once a process: remove uploads of a server that was killed, which no process holds."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            about = folder.lstat()
            is_new = about.st_mtime > time.time() - _JUST_MADE
            if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.geteuid() or is_new:
                continue
            lock = os.open(folder / _HELD, os.O_RDWR | os.O_NOFOLLOW)
        except OSError:
            continue  # not ours, or gone meanwhile
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            pass  # it is being read
        finally:
            os.close(lock)


def _current(folder: Path, uploads: Mapping[str, bytes]) -> str:
    """The file that was being read when its reader stopped."""
    started = folder / _STARTED
    number = int(started.read_text("ascii")) if started.is_file() else 0
    return list(uploads)[number]


def _taken(folder: Path, answer: Mapping[str, Any]) -> SourceFiles:
    if "error" in answer:
        raise BadInput(answer["error"])
    tables = {}
    for number, told in enumerate(answer["tables"]):
        with pa.OSFile(str(folder / f"table-{number}"), "rb") as stream:
            cells = pa.ipc.open_file(stream).read_all()
        lines = cells.column(_LINES).to_numpy()
        columns = {c: pd.Series(cells.column(c), dtype="str") for c in cells.column_names[:-1]}
        tables[told["key"]] = RawTable(
            told["name"],
            told["file"],
            pd.DataFrame(columns, index=pd.RangeIndex(len(lines))),
            np.asarray(lines, dtype="int64"),
            frozenset(told["json_columns"]),
            tuple((line, problem) for line, problem in told["bad_lines"]),
            told["n_bad_lines"],
            tuple(told["notes"]),
            told["delimiter"],
            told["signed"],
            tuple(
                Decision(
                    **{**d, "certainty": Certainty(d["certainty"]), "others": tuple(d["others"])}
                )
                for d in told["readings"]
            ),
            {account: (opening, closing) for account, (opening, closing) in told["balances"]},
        )
    return SourceFiles(answer["name"], tables, answer["hashes"], tuple(answer["notes"]))


def _serve(folder: Path) -> None:
    """What the process of its own does: read what was asked for, and leave the answer there."""
    request = json.loads((folder / _REQUEST).read_text("ascii"))
    seconds, size = request["seconds"], request["megabytes"] * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer = _written(folder, request)
    except EngineError as error:
        answer = {"error": str(error)}
    draft = folder / "answer.draft"
    draft.write_text(json.dumps(answer), "ascii")
    draft.rename(folder / _ANSWER)


def _written(folder: Path, request: Mapping[str, Any]) -> dict[str, Any]:
    files = request["files"]
    source = read_files(
        request["name"],
        {file: folder / f"upload-{number}" for number, file in enumerate(files)},
        before=lambda file: (folder / _STARTED).write_text(str(files.index(file)), "ascii"),
        forms={
            key: FileForm(**{**form, "columns": tuple(form["columns"])})
            for key, form in request["forms"].items()
        },
    )
    tables = []
    for number, (key, raw) in enumerate(source.tables.items()):
        columns = {c: pa.array(raw.frame[c], pa.large_string()) for c in raw.frame.columns}
        cells = pa.table({**columns, _LINES: raw.lines})
        with (
            pa.OSFile(str(folder / f"table-{number}"), "wb") as stream,
            pa.ipc.new_file(stream, cells.schema) as writer,
        ):
            writer.write_table(cells)
        tables.append(
            {
                "key": key,
                "name": raw.name,
                "file": raw.file,
                "json_columns": sorted(raw.json_columns),
                "bad_lines": raw.bad_lines,
                "n_bad_lines": raw.n_bad_lines,
                "notes": raw.notes,
                "delimiter": raw.delimiter,
                "signed": raw.signed,
                "readings": [asdict(decision) for decision in raw.readings],
                "balances": list(raw.balances.items()),
            }
        )
    return {
        "name": source.name,
        "hashes": dict(source.hashes),
        "notes": source.notes,
        "tables": tables,
    }


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
