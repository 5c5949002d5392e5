"""The state file under fire: writers killed at random moments, no acknowledged batch lost."""

import multiprocessing
import os
import random
import signal
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection, wait
from pathlib import Path

from engine.errors import BadInput, StateError
from engine.state.cells import encode
from engine.state.consents import COLUMNS
from engine.state.state import State
from engine.vocabulary import GRANTED, PURPOSES

BATCH = 5
"""Rows of one write; all of them are there, or none."""

_BANK = "crash-test"
_MOST_BATCHES = 12
"""After how many acknowledged batches a writer is killed at the latest (own choice)."""
_NOON = datetime(2024, 1, 1, 12)


@dataclass(frozen=True)
class StateCrashResult:
    """What a run did and what was found in the file afterwards."""

    n_killed: int
    """Writers that were killed."""
    n_acknowledged: int
    """Batches whose writer was told that they are stored."""
    n_stored: int
    n_lost: int
    """Acknowledged batches that are not in the file."""
    n_split: int
    """Batches of which only a part is there."""
    n_damaged: int
    """What a thorough look at the file finds wrong."""

    @property
    def passed(self) -> bool:
        """Nothing lost, nothing split, nothing damaged."""
        return not (self.n_lost or self.n_split or self.n_damaged)


def crash_state(
    folder: Path | str, *, n_processes: int = 8, n_kills: int = 200, seed: int = 0
) -> StateCrashResult:
    """Have processes write into one state, kill them one after the other, and count.

    Parameters
    ----------
    n_processes : int
        Writers at a time; one that was killed is replaced at once.
    n_kills : int
        Writers that get SIGKILL after a random number of their batches.
    seed : int
        Of those numbers; the moment within a write is up to the machine.

    Raises
    ------
    BadInput
        If the folder holds a state already.
    """
    state = State(folder, _BANK)
    if state.root.exists():
        raise BadInput(f"{folder} holds a state already; give an empty folder.")
    draw = random.Random(seed)  # noqa: S311 - no secret is drawn
    fork = multiprocessing.get_context("fork")
    running: dict[Connection, tuple[multiprocessing.process.BaseProcess, int]] = {}
    told: list[str] = []
    n_heard: Counter[Connection] = Counter()
    n_started = n_killed = 0
    while running or n_killed < n_kills:
        while len(running) < min(n_processes, n_kills - n_killed):
            ours, theirs = fork.Pipe(duplex=False)
            writer = fork.Process(target=_write, args=(str(folder), n_started, theirs))
            writer.start()
            theirs.close()
            running[ours] = (writer, draw.randint(1, _MOST_BATCHES))
            n_started += 1
        for pipe in wait(list(running)):
            writer, most = running[pipe]
            try:
                told.append(pipe.recv())
                n_heard[pipe] += 1
                if n_heard[pipe] == most and writer.pid is not None:
                    os.kill(writer.pid, signal.SIGKILL)
            except EOFError:
                writer.join()
                n_killed += writer.exitcode == -signal.SIGKILL
                pipe.close()
                del running[pipe]
    return _counted(State(folder, _BANK), n_killed, told)


def main(n_processes: int = 8, n_kills: int = 200) -> StateCrashResult:
    """Crash a state in a folder of its own and print what was found.

    Raises
    ------
    StateError
        If an acknowledged batch was lost or is there in part, or the file is damaged.
    """
    with tempfile.TemporaryDirectory(prefix="attune-crash-") as folder:
        result = crash_state(folder, n_processes=n_processes, n_kills=n_kills)
    sys.stdout.write(
        f"State file, {result.n_killed:,} writers killed: {result.n_acknowledged:,} batches "
        f"acknowledged, {result.n_lost} lost, {result.n_split} split, {result.n_damaged} damaged\n"
    )
    if not result.passed:
        raise StateError("The state file lost or split acknowledged batches, or is damaged.")
    return result


def _counted(state: State, n_killed: int, told: list[str]) -> StateCrashResult:
    rows = Counter(state.consents.history()["source"])
    return StateCrashResult(
        n_killed=n_killed,
        n_acknowledged=len(told),
        n_stored=len(rows),
        n_lost=len(set(told) - set(rows)),
        n_split=sum(n != BATCH for n in rows.values()),
        n_damaged=len(state.damage(thorough=True)),
    )


def _write(folder: str, writer: int, pipe: Connection) -> None:
    """One writer: a batch is told only after the state has acknowledged it."""
    state, number = State(folder, _BANK), 0
    while True:
        batch = f"{writer}-{number}"
        cells = (f"customer {number % 97}", PURPOSES[0], GRANTED, _NOON, batch)
        encoded = [encode(COLUMNS, dict(zip(COLUMNS, cells, strict=True)))] * BATCH
        with state.store.writing("consents", "consents_copy") as connection:
            state.consents.insert(connection, encoded)
        pipe.send(batch)
        number += 1
