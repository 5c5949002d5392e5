"""The durability run: many writers, some killed at random moments, no acknowledged event lost."""

import csv
import os
import random
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from engine.errors import BadInput, StateError
from engine.feedback.events import new_event
from engine.feedback.store import EventStore
from engine.vocabulary import TABLES

_ROOT = Path(__file__).parents[2]
_HEADINGS = ("round", "writers", "killed", "told", "stored", "lost", "twice", "damaged", "s", "")
_TABLE = "{:>5}" + "{:>9}" * 8 + "  {}"
_REPEATED = 10
"""Every so many events a writer submits the same event twice: the double click."""


@dataclass(frozen=True)
class TortureResult:
    """What a run did and what was found in the file afterwards.

    Attributes
    ----------
    n_submitted : int
        Events that would have been stored had nobody been killed.
    n_acknowledged, n_stored : int
        Events whose writer was told that they are stored; events in the file at that time.
    n_lost, n_repeated : int
        Acknowledged events that are not in the file; events that are there more than once.
    n_unparsed, n_damaged : int
        Lines that a plain CSV reader does not split into the table's columns; wrong checksums.
    n_torn : int
        Unfinished lines that were cut off and kept aside.
    n_resubmitted : int
        Events that were stored only when all were submitted again after the crash.
    seconds : float
    """

    n_processes: int
    n_killed: int
    n_submitted: int
    n_acknowledged: int
    n_stored: int
    n_lost: int
    n_repeated: int
    n_unparsed: int
    n_damaged: int
    n_torn: int
    n_resubmitted: int
    seconds: float

    @property
    def passed(self) -> bool:
        """Nothing lost, nothing twice, nothing unreadable, and a second submit completes it."""
        problems = self.n_lost + self.n_repeated + self.n_unparsed + self.n_damaged
        return not problems and self.n_stored + self.n_resubmitted == self.n_submitted


def torture(
    folder: Path | str,
    *,
    n_processes: int = 8,
    n_events: int = 1000,
    n_killed: int = 4,
    seed: int = 0,
) -> TortureResult:
    """Have processes write into one event store, kill some of them, and count.

    Parameters
    ----------
    folder : Path or str
        An empty or new folder for the store.
    n_processes, n_events : int
        Writers, and events that each of them submits one by one.
    n_killed : int
        Writers that get SIGKILL after a random number of their events.
    seed : int
        Of the choice of victims and moments; the moment within a write is up to the machine.

    Raises
    ------
    BadInput
        If more writers are to be killed than there are, or the folder holds events already.
    """
    folder = Path(folder).resolve()
    if not 0 <= n_killed <= n_processes:
        raise BadInput(f"Cannot kill {n_killed} of {n_processes} writers.")
    if (folder / "events.csv").exists():
        raise BadInput(f"{folder} holds events already; give an empty folder.")
    draw = random.Random(seed)  # noqa: S311 - no secret is drawn
    victims = draw.sample(range(n_processes), n_killed)
    deadlines = {writer: draw.randint(1, max(1, n_events // 2)) for writer in victims}
    started = time.monotonic()
    acknowledged, n_died = _run_writers(folder, n_processes, n_events, deadlines)
    store = EventStore(folder)
    torn = _leave_half_a_line(store.path)
    stored = Counter(store.read()["event_id"])
    rows = _plain_rows(store.path)
    submitted = [_event(w, i) for w in range(n_processes) for i in range(n_events)]
    resubmitted = sum(store.append_many(submitted))
    in_file = Counter(row[0] for row in _plain_rows(store.path))
    width = len(TABLES["events"])
    return TortureResult(
        n_processes=n_processes,
        n_killed=n_died,
        n_submitted=len(submitted),
        n_acknowledged=len(acknowledged),
        n_stored=len(stored),
        n_lost=len(acknowledged - set(stored)),
        n_repeated=sum(n > 1 for n in in_file.values()),
        n_unparsed=sum(len(row) != width for row in rows),
        n_damaged=len(store.damage()),
        n_torn=len(torn.read_bytes().splitlines()),
        n_resubmitted=resubmitted,
        seconds=time.monotonic() - started,
    )


def main(n_processes: int = 8, n_events: int = 1000, rounds: int = 3) -> list[TortureResult]:
    """Torture a store in a folder of its own, round after round, and print a table.

    Raises
    ------
    StateError
        If an acknowledged event was lost or stored twice, or a line is damaged.
    """
    sys.stdout.write(_TABLE.format(*_HEADINGS) + "\n")
    results = []
    for number in range(rounds):
        with tempfile.TemporaryDirectory(prefix="attune-torture-") as folder:
            killed = n_processes // 2
            result = torture(
                folder,
                n_processes=n_processes,
                n_events=n_events,
                n_killed=killed,
                seed=number,
            )
        results.append(result)
        sys.stdout.write(_TABLE.format(number + 1, *_cells(result)) + "\n")
        sys.stdout.flush()
    if failed := [number + 1 for number, result in enumerate(results) if not result.passed]:
        raise StateError(f"Rounds {failed} lost, repeated or damaged acknowledged events.")
    return results


def _cells(result: TortureResult) -> tuple[object, ...]:
    return (
        result.n_processes,
        result.n_killed,
        result.n_acknowledged,
        result.n_stored,
        result.n_lost,
        result.n_repeated,
        result.n_damaged + result.n_unparsed,
        f"{result.seconds:.1f}",
        "passed" if result.passed else "FAILED",
    )


def _run_writers(
    folder: Path, n_processes: int, n_events: int, deadlines: dict[int, int]
) -> tuple[set[str], int]:
    """Start the writers, kill the victims as they tell what they stored; ids and number killed."""
    command = [sys.executable, "-m", "engine.feedback.torture", str(folder), str(n_events)]
    writers = [
        subprocess.Popen([*command, str(w)], stdout=subprocess.PIPE, cwd=_ROOT)  # noqa: S603
        for w in range(n_processes)
    ]
    n_heard = [0] * n_processes
    parts: list[list[bytes]] = [[] for _ in writers]
    with selectors.DefaultSelector() as waiting:
        for number, writer in enumerate(writers):
            waiting.register(_pipe(writer), selectors.EVENT_READ, number)
        while waiting.get_map():
            for key, _ in waiting.select():
                heard = os.read(key.fd, 65_536)
                if not heard:
                    waiting.unregister(key.fileobj)
                    continue
                parts[key.data].append(heard)
                n_heard[key.data] += heard.count(b"\n")
                if n_heard[key.data] >= deadlines.get(key.data, n_events + 1):
                    writers[key.data].send_signal(signal.SIGKILL)
    for number, writer in enumerate(writers):
        _pipe(writer).close()
        expected = -signal.SIGKILL if number in deadlines else 0
        if (code := writer.wait()) not in (0, expected):
            raise StateError(f"Writer {number} ended with {code}; its message stands above.")
    # A victim may die in the middle of telling; half an id was not an acknowledgement.
    told = [b"".join(part).decode().rpartition("\n")[0].split("\n") for part in parts]
    n_died = sum(writer.returncode == -signal.SIGKILL for writer in writers)
    return {event_id for ids in told for event_id in ids if event_id}, n_died


def _pipe(writer: subprocess.Popen[bytes]) -> IO[bytes]:
    if writer.stdout is None:
        raise StateError("A writer has no pipe to tell what it stored.")
    return writer.stdout


def _leave_half_a_line(path: Path) -> Path:
    """What a power cut in the middle of a write leaves behind; returns where it is to be kept."""
    with path.open("ab") as file:
        file.write(b'half-an-event,"2024-01-01T00:00')
    return path.with_suffix(".torn")


def _plain_rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def _event(writer: int, number: int) -> dict[str, object]:
    return new_event(
        event_id=f"{writer:02d}-{number:07d}",
        recorded_at="2024-01-01",
        actor=f"writer {writer}",
        customer_id=f"customer {number % 97}",
        product_id=f"product {number % 13}",
        action="rated",
        rating=(number % 11) / 10,
        comment=f'line one,\n"line two" of {number}' + " and more" * (number % 50),
    )


def _write(folder: str, n_events: int, writer: int) -> None:
    """One writer: each id goes to the pipe only after the store has acknowledged the event."""
    store = EventStore(folder)
    for number in range(n_events):
        event = _event(writer, number)
        store.append(event)
        if number % _REPEATED == 0:
            store.append(event)
        os.write(1, f"{event['event_id']}\n".encode())


if __name__ == "__main__":
    _write(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
