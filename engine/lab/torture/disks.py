"""Power that goes, disks that are full or may not be written, a clock that goes back."""

import multiprocessing
import os
import random
import resource
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import pandas as pd

from engine.errors import EngineError, StateError
from engine.lab.torture.events import MOST_BYTES, batches, event, split
from engine.state.event_files import FILE, full_files
from engine.state.event_log import EventLog

APPENDED: Final = 5
"""Every so many cuts the log is written on, which takes most of the time."""
_NOBODY = 65_534


@dataclass(frozen=True)
class Found:
    """How often something was tried, and how often it went wrong."""

    n: int
    problems: int
    detail: str


def lose_power(folder: Path, n_cuts: int, seed: int) -> Found:
    """Cut the growing file at any offset, at any time of the life of a log, and open the rest.

    Behind the cut stands nothing, or zeros, or bytes of anything: what a file system may leave of
    a write that did not reach the disk. Of the index all is left, a part, or nothing.
    """
    draw = random.Random(seed)  # noqa: S311 - no secret is drawn
    whole = EventLog(folder / "whole", most_bytes=MOST_BYTES)
    lasting, moments = [*batches(1), *batches(2)], []
    for batch in lasting:
        whole.append_many(batch)
        moments.append((len(full_files(whole.folder)), whole.path.stat().st_size))
    files = [*full_files(whole.folder), FILE]
    index = (whole.folder / "events.index.json").read_bytes()
    problems = 0
    for number in range(n_cuts):
        at = draw.randrange(len(files))
        content = (whole.folder / files[at]).read_bytes()
        cut = draw.randint(0, len(content))
        left = EventLog(folder / "cut", most_bytes=MOST_BYTES)
        left.folder.mkdir()
        for name in files[:at]:
            shutil.copy(whole.folder / name, left.folder / name)
        if at and draw.random() < 0.5:
            (left.folder / "events.index.json").write_bytes(index[: draw.randint(0, 40)])
        tail = draw.choice((b"", bytes(draw.randint(1, 600)), draw.randbytes(40)))
        left.path.write_bytes(content[:cut] + tail.replace(b"\n", b""))
        due = {
            one["event_id"]
            for batch, (n_full, size) in zip(lasting, moments, strict=True)
            if n_full < at or (n_full == at and size <= cut)
            for one in batch
        }
        problems += not _is_sound(left, due, number)
        shutil.rmtree(left.folder)
    return Found(n_cuts, problems, f"over {len(files)} files of one log")


def _is_sound(left: EventLog, due: set[str], number: int) -> bool:
    try:
        stored = set(left.read()["event_id"])
        new = event(f"after-{number}/1.0", pd.Timestamp("2024-01-01"), number)
        if number % APPENDED:
            return due <= stored and not split(stored)
        return (
            due <= stored
            and not split(stored)
            and left.append(new)
            and set(EventLog(left.folder).read()["event_id"]) == stored | {new["event_id"]}
        )
    except EngineError:
        return False


def fill_disk(folder: Path, n: int, seed: int) -> Found:
    """Write until the system takes no more of a file, wherever within a line that is."""
    draw = random.Random(seed)  # noqa: S311 - no secret is drawn
    problems = refused = 0
    for number in range(n):
        place, most = folder / f"full-{number}", draw.randint(300, MOST_BYTES - 500)
        told = _in_child(lambda log, most=most: _write_until(log, most), place)
        stored = set(EventLog(place).read()["event_id"])
        there = place.exists() and "refused" in told
        refused += there
        problems += stored != {*told} - {"refused"} or not there
        shutil.rmtree(place, ignore_errors=True)
    return Found(n, problems, f"{refused} refused with an error, nothing acknowledged")


def forbid_folder(folder: Path) -> Found:
    """A folder that may be read and not be written."""
    place = folder / "forbidden"
    EventLog(place).append(event("first/1.0", pd.Timestamp("2024-01-01"), 0))
    for path in (folder, place, *place.iterdir()):
        path.chmod(0o555 if path.is_dir() else 0o444)
    told = _in_child(_write_as_nobody, place)
    for path in (folder, place):
        path.chmod(0o700)
    stored = list(EventLog(place).read()["event_id"])
    sound = told == ["refused"] and stored == ["first/1.0"]
    return Found(1, int(not sound), "refused with an error, nothing acknowledged")


def turn_back_clock(folder: Path, n: int) -> Found:
    """Each event is dated a year before the last: all are there, in the order of their storing."""
    log = EventLog(folder / "clock", most_bytes=MOST_BYTES)
    ids = [f"{number}-0/1.0" for number in range(n)]
    for number, event_id in enumerate(ids):
        log.append(event(event_id, pd.Timestamp("2100-01-01") - pd.Timedelta(days=365 * number), 0))
    read = EventLog(log.folder).read()
    wrong = sum(one != other for one, other in zip(ids, read["event_id"], strict=True))
    return Found(n, wrong + int(not read["recorded_at"].is_monotonic_decreasing), "events")


def _in_child(doing: Callable[[EventLog], list[str]], place: Path) -> list[str]:
    """What a forked process says that it did."""
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe(duplex=False)
    child = fork.Process(target=_tell, args=(doing, place, theirs))
    child.start()
    theirs.close()
    said: list[str] = ours.recv()
    child.join()
    return said


def _tell(doing: Callable[[EventLog], list[str]], place: Path, pipe: Connection) -> None:
    pipe.send(doing(EventLog(place, most_bytes=MOST_BYTES)))


def _write_until(log: EventLog, most: int) -> list[str]:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    told: list[str] = []
    for batch in batches(1):
        try:
            log.append_many(batch)
        except StateError:
            return [*told, "refused"]
        told += [one["event_id"] for one in batch]
    return told


def _write_as_nobody(log: EventLog) -> list[str]:
    if os.geteuid() == 0:
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
    try:
        log.append(event("second/1.0", pd.Timestamp("2024-01-01"), 0))
    except StateError:
        return ["refused"]
    return ["second/1.0"]
