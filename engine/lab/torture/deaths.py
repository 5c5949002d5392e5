"""Ways for a process to die: by itself at a chosen call of the system, or killed from outside."""

import os
import random
import signal
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final, NamedTuple

from engine.state.event_log import EventLog

MOMENT: Final = "any moment"
WRITE: Final = "inside a write"
ROTATION: Final = "while a file is closed"
RETRAIN: Final = "while a version is made"
STATE: Final = "inside the state file"
PLACES: Final = (MOMENT, WRITE, ROTATION)
"""Where a writer of events dies."""

MOST_CALLS: Final = {WRITE: 6, ROTATION: 8, RETRAIN: 24}
"""Calls of the system within which one dies there; the tenth part survives all of them."""
LONGEST: Final = 0.03
"""Seconds within which one is killed from outside after its last sign of life (own choice)."""


class Death(NamedTuple):
    """When and where a process dies."""

    place: str
    calls: int
    """Calls of the system before it, once the place is reached."""
    first: int
    """What it has done before: batches acknowledged, or files closed."""
    before: bool
    """Right before the last call, or right after it."""


def drawn(draw: random.Random, place: str) -> Death:
    """A death at a place."""
    calls = draw.randint(1, MOST_CALLS.get(place, 1))
    return Death(place, calls, draw.randint(0, 9), draw.random() < 0.5)


def kill_soon(process: BaseProcess, draw: random.Random) -> None:
    """Kill a process a random moment from now, in the middle of whatever it does."""
    time.sleep(draw.uniform(0, LONGEST))
    if process.pid is not None and process.is_alive():
        os.kill(process.pid, signal.SIGKILL)


class Doomed:
    """Makes this process die by its own hand at a call of the system; for a forked child."""

    def __init__(self, death: Death):
        self._death = death
        self._left: int | None = None
        for owner, name in (
            (os, "write"),
            (os, "fsync"),
            (os, "ftruncate"),
            (Path, "rename"),
            (Path, "replace"),
        ):
            setattr(owner, name, self._counted(getattr(owner, name)))

    def arm(self) -> None:
        """From now on calls count."""
        if self._left is None:
            self._left = self._death.calls

    def arm_when_a_file_is_closed(self) -> None:
        """Calls count from the next closing on, after so many have gone well."""
        close, left = EventLog._close_file, [self._death.first % 2]

        def closing(log: EventLog) -> None:
            if not left[0]:
                self.arm()
            left[0] -= 1
            close(log)

        EventLog._close_file = closing  # type: ignore[method-assign]

    def _counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any, **named: Any) -> Any:
            if self._left is None:
                return call(*given, **named)
            self._left -= 1
            if self._left == 0 and self._death.before:
                _die()
            done = call(*given, **named)
            if self._left == 0:
                _die()
            return done

        return counted


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)
