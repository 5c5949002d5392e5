"""Writers of one event log killed one after another, beside a reader; what is in the log then."""

import csv
import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

import pandas as pd

from engine.lab.torture.deaths import MOMENT, PLACES, ROTATION, Death, Doomed, drawn, kill_soon
from engine.state.event_files import full_files
from engine.state.event_lines import COLUMNS
from engine.state.event_log import EventLog

MOST_BYTES: Final = 4_000
"""So that a file is full after some five batches."""
SIZES: Final = (1, 1, 3, 7)
TWICE: Final = 5
"""Every so many batches a writer submits one again at once: the double click."""
AT_ONCE: Final = 3
"""Writers that run side by side."""
PAUSE: Final = 0.1
"""Seconds between two looks of the reader."""
LAST: Final = 14
"""Batches after which a writer that does not die stops."""


@dataclass
class Killed:
    """What was done to an event log, and what was found in it."""

    n_killed: int = 0
    by_place: Counter[str] = field(default_factory=Counter)
    n_acknowledged: int = 0
    """Events whose writer was told that they are stored."""
    n_stored: int = 0
    n_files: int = 0
    n_lost: int = 0
    """Acknowledged events that are not there."""
    n_split: int = 0
    """Batches of which only a part is there, or was to a reader."""
    n_twice: int = 0
    """Events that are there more than once, also after all were submitted again."""
    n_unreadable: int = 0
    """Lines that a plain CSV reader does not split into the columns, damaged ones, and files that
    hold less than when they were closed."""
    n_incomplete: int = 0
    """Events that are still missing after all were submitted again."""
    n_reads: int = 0
    """Looks of the reader while others wrote."""
    n_unsteady: int = 0
    """Looks at which something that was there before was gone, or stood elsewhere."""


def kill_writers(folder: Path, n_kills: int, seed: int) -> Killed:
    """Start writers, kill each, and start others until so many have died."""
    fork = multiprocessing.get_context("fork")
    draw, found = random.Random(seed), Killed()  # noqa: S311 - no secret is drawn
    told: set[str] = set()
    running: dict[Connection, tuple[BaseProcess, Death]] = {}
    reader_end, end = fork.Pipe()
    reader = fork.Process(target=_read, args=(folder, end))
    reader.start()
    n_started = 0
    while running or found.n_killed < n_kills:
        while len(running) < min(AT_ONCE, n_kills - found.n_killed):
            on_the_way = Counter(one.place for _, one in running.values())
            so_far = found.by_place + on_the_way
            death = drawn(draw, min(PLACES, key=lambda place: so_far[place]))
            ours, theirs = fork.Pipe(duplex=False)
            writer = fork.Process(target=_write, args=(folder, n_started, death, theirs))
            writer.start()
            theirs.close()
            running[ours] = (writer, death)
            n_started += 1
        for pipe in wait(list(running)):
            writer, death = running[pipe]
            try:
                number, ids = pipe.recv()
                told.update(ids)
                if death.place == MOMENT and number >= death.first:
                    kill_soon(writer, draw)
            except (EOFError, OSError):
                writer.join()
                if writer.exitcode == -signal.SIGKILL:
                    found.n_killed += 1
                    found.by_place[death.place] += 1
                pipe.close()
                del running[pipe]
    reader_end.send("stop")
    found.n_reads, found.n_unsteady, found.n_split = reader_end.recv()
    reader.join()
    _count(folder, n_started, told, found)
    return found


def _count(folder: Path, n_started: int, told: set[str], found: Killed) -> None:
    log = EventLog(folder, most_bytes=MOST_BYTES)
    stored = set(log.read()["event_id"])
    found.n_acknowledged, found.n_stored = len(told), len(stored)
    found.n_lost, found.n_split = len(told - stored), found.n_split + len(split(stored))
    submitted = [one for n in range(n_started) for batch in batches(n) for one in batch]
    log.append_many(submitted)
    rows = [row for path in _files(folder) for row in _plain_rows(path)]
    ids = Counter(row[0] for row in rows)
    again = EventLog(folder)
    found.n_files = len(_files(folder))
    found.n_twice = sum(n > 1 for n in ids.values())
    found.n_unreadable = sum(len(row) != len(COLUMNS) for row in rows) + len(again.damage())
    found.n_incomplete = len({one["event_id"] for one in submitted} - {*ids})


def split(stored: set[str]) -> set[str]:
    """Batches of which a part is there; an id says of which batch and of how many it is."""
    n = Counter(name.rsplit(".", 1)[0] for name in stored)
    return {batch for batch, found in n.items() if found != int(batch.rsplit("/", 1)[1])}


def batches(writer: int) -> Iterator[list[dict[str, Any]]]:
    """What one writer submits; the clock of every third goes backwards by years."""
    for number in range(LAST):
        size = SIZES[number % len(SIZES)]
        name = f"{writer}-{number}/{size}"
        backwards = pd.Timedelta(days=400 * number) if writer % 3 == 0 else pd.Timedelta(0)
        at = pd.Timestamp("2035-01-01") - backwards
        yield [event(f"{name}.{place}", at, number) for place in range(size)]


def event(event_id: str, at: pd.Timestamp, number: int) -> dict[str, Any]:
    """An event as the engine checks and stores it."""
    return {
        "event_id": event_id,
        "recorded_at": at,
        "actor": "a writer",
        "customer_id": f"customer {number % 97}",
        "product_id": f"product {number % 13}",
        "action": "rated",
        "rating": number % 11 / 10,
        "comment": f'line one,\n"line two" of {number}' + " and more" * (number % 30),
        "arm": "engine",
        "schema_version": 2,
    }


def _write(folder: Path, writer: int, death: Death, pipe: Connection) -> None:
    """One writer: ids go to the pipe only after the log has acknowledged the events."""
    log = EventLog(folder, most_bytes=MOST_BYTES)
    doomed = Doomed(death) if death.place != MOMENT else None
    if doomed and death.place == ROTATION:
        doomed.arm_when_a_file_is_closed()
    for number, batch in enumerate(batches(writer)):
        if doomed and death.place != ROTATION and number >= death.first:
            doomed.arm()
        log.append_many(batch)
        if number % TWICE == 0:
            log.append_many(batch)
        # The pipe writes by itself, so what is told does not count as a call.
        pipe.send((number, [one["event_id"] for one in batch]))
    os._exit(0)


def _read(folder: Path, pipe: Connection) -> None:
    """Look again and again: batches are whole, and what was there stays where it was."""
    log, before = EventLog(folder), pd.Index([])
    n_reads = n_unsteady = n_split = 0
    while not pipe.poll():
        ids = pd.Index(log.read()["event_id"])
        n_reads += 1
        n_unsteady += not ids[: len(before)].equals(before)
        n_split += len(split(set(ids[len(before) :])))
        before = ids
        time.sleep(PAUSE)
    pipe.send((n_reads, n_unsteady, n_split))


def _files(folder: Path) -> list[Path]:
    return [*(folder / name for name in full_files(folder)), EventLog(folder).path]


def _plain_rows(path: Path) -> list[list[str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]
