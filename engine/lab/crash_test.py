"""The crash test: writers killed at random, power lost at random; nothing acknowledged is lost."""

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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from engine.bank.bank import Bank
from engine.bank.manifest import Manifest
from engine.errors import BadInput, StateError
from engine.feedback.events import new_event
from engine.state.event_lines import COLUMNS
from engine.state.event_log import EventLog

_ROOT = Path(__file__).parents[2]
_HEADINGS = (
    "round  writers   killed     told   stored     lost    split    twice  damaged        s  "
)
_LINE = (
    "{number:>5}{r.n_processes:>9}{r.n_killed:>9}{r.n_acknowledged:>9}{r.n_stored:>9}{r.n_lost:>9}"
    "{r.n_split:>9}{r.n_repeated:>9}{r.n_unreadable:>9}{r.seconds:>9.1f}  {r.outcome}"
)
_REPEATED = 10
"""Every so many batches a writer submits the same one twice: the double click."""
_BATCH_SIZES = (1, 1, 3, 7)
N_CUTS = 400
"""Places at which the power is lost (own choice)."""
_N_CUT_EVENTS = 60
_N_CUSTOMERS, _N_PRODUCTS = 97, 13


@dataclass(frozen=True)
class CrashResult:
    """What a run did and what was found in the file afterwards."""

    n_processes: int
    n_killed: int
    n_submitted: int
    """Events that would have been stored had nobody been killed."""
    n_acknowledged: int
    """Events whose writer was told that they are stored."""
    n_stored: int
    n_lost: int
    """Acknowledged events that are not in the file."""
    n_split: int
    """Batches of which only a part is there."""
    n_repeated: int
    """Events that are there more than once."""
    n_unreadable: int
    """Lines that a plain CSV reader does not split into the table's columns, and those with a
    wrong checksum."""
    n_torn: int
    """Unfinished lines that were cut off and kept aside."""
    n_resubmitted: int
    """Events that were stored only when all were submitted again after the crash."""
    seconds: float

    @property
    def passed(self) -> bool:
        """Nothing lost, nothing twice, nothing unreadable, and a second submit completes it."""
        problems = self.n_lost + self.n_split + self.n_repeated + self.n_unreadable
        return not problems and self.n_stored + self.n_resubmitted == self.n_submitted

    @property
    def outcome(self) -> str:
        return "passed" if self.passed else "FAILED"


def crash_test(
    folder: Path | str,
    *,
    n_processes: int = 8,
    n_events: int = 1000,
    n_killed: int = 4,
    seed: int = 0,
) -> CrashResult:
    """Have processes write into one event store, kill some of them, and count.

    Parameters
    ----------
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
    log = EventLog(folder)
    _leave_half_a_line(log.path)
    stored = set(log.read()["event_id"])
    bank = _bank()
    batches = [batch for w in range(n_processes) for batch in _batches(bank, w, n_events)]
    kept = [sum(event["event_id"] in stored for event in batch) for batch in batches]
    submitted = [event for batch in batches for event in batch]
    resubmitted = sum(log.append_many(submitted))
    rows = _plain_rows(log.path)
    in_file = Counter(row[0] for row in rows)
    width = len(COLUMNS)
    return CrashResult(
        n_processes=n_processes,
        n_killed=n_died,
        n_submitted=len(submitted),
        n_acknowledged=len(acknowledged),
        n_stored=len(stored),
        n_lost=len(acknowledged - stored),
        n_split=sum(0 < n < len(batch) for n, batch in zip(kept, batches, strict=True)),
        n_repeated=sum(n > 1 for n in in_file.values()),
        n_unreadable=sum(len(row) != width for row in rows) + len(log.damage()),
        n_torn=len(log.torn_path.read_bytes().splitlines()),
        n_resubmitted=resubmitted,
        seconds=time.monotonic() - started,
    )


@dataclass(frozen=True)
class PowerLossResult:
    """What was found after the file was cut at random places."""

    n_cuts: int
    n_refused: int
    """Cuts after which the log could not be read or not be written."""
    n_lost: int
    """Events that were acknowledged before the cut and are gone."""
    n_split: int
    """Batches that are there in part."""
    seconds: float

    @property
    def passed(self) -> bool:
        """Every cut log opens, with all that was acknowledged and no part of a batch."""
        return not self.n_refused + self.n_lost + self.n_split


def lose_power(folder: Path | str, *, n_cuts: int = N_CUTS, seed: int = 0) -> PowerLossResult:
    """Cut a log where a power loss may cut it, header included, and open what is left.

    The places are drawn at random over the whole file. Behind a cut stands nothing, or zeros, or
    bytes of anything: what a file system may leave of a write that did not reach the disk.
    """
    started, draw = time.monotonic(), random.Random(seed)  # noqa: S311 - no secret is drawn
    whole, batches = EventLog(Path(folder) / "whole"), list(_batches(_bank(), 0, _N_CUT_EVENTS))
    ends = []
    for batch in batches:
        whole.append_many(batch)
        ends.append(whole.path.stat().st_size)
    content = whole.path.read_bytes()
    n_refused = n_lost = n_split = 0
    for number in range(n_cuts):
        cut = draw.randint(0, len(content))
        left = EventLog(Path(folder) / str(number))
        left.folder.mkdir()
        tail = draw.choice((b"", bytes(draw.randint(1, 600)), draw.randbytes(40)))
        left.path.write_bytes(content[:cut] + tail.replace(b"\n", b""))
        try:
            stored = set(left.read()["event_id"])
            left.append_many(batches[-1])
        except StateError:
            n_refused += 1
            continue
        for batch, end in zip(batches, ends, strict=True):
            n_kept = sum(event["event_id"] in stored for event in batch)
            n_lost += (len(batch) - n_kept) * (end <= cut)
            n_split += 0 < n_kept < len(batch)
    return PowerLossResult(n_cuts, n_refused, n_lost, n_split, time.monotonic() - started)


def main(
    n_processes: int = 8, n_events: int = 1000, rounds: int = 3, n_cuts: int = N_CUTS
) -> tuple[list[CrashResult], PowerLossResult]:
    """Crash a log in a folder of its own, round after round, lose power, and print a table.

    Raises
    ------
    StateError
        If an acknowledged event was lost or stored twice, or a line is damaged.
    """
    sys.stdout.write(_HEADINGS + "\n")
    results = []
    for number in range(rounds):
        with tempfile.TemporaryDirectory(prefix="attune-crash-") as folder:
            result = crash_test(
                folder,
                n_processes=n_processes,
                n_events=n_events,
                n_killed=n_processes // 2,
                seed=number,
            )
        results.append(result)
        sys.stdout.write(_LINE.format(number=number + 1, r=result) + "\n")
        sys.stdout.flush()
    with tempfile.TemporaryDirectory(prefix="attune-power-") as folder:
        loss = lose_power(folder, n_cuts=n_cuts)
    sys.stdout.write(
        f"Power lost at {loss.n_cuts:,} places: {loss.n_refused} refused to open, "
        f"{loss.n_lost} events lost, {loss.n_split} batches split, {loss.seconds:.1f} s\n"
    )
    if failed := [number + 1 for number, result in enumerate(results) if not result.passed]:
        raise StateError(f"Rounds {failed} lost, repeated or damaged acknowledged events.")
    if not loss.passed:
        raise StateError("A loss of power lost acknowledged events, or the log did not open.")
    return results, loss


def _run_writers(
    folder: Path, n_processes: int, n_events: int, deadlines: dict[int, int]
) -> tuple[set[str], int]:
    """Start the writers, kill the victims as they tell what they stored; ids and number killed."""
    command = [sys.executable, "-m", "engine.lab.crash_test", str(folder), str(n_events)]
    writers = [
        subprocess.Popen([*command, str(w)], stdout=subprocess.PIPE, cwd=_ROOT)  # noqa: S603
        for w in range(n_processes)
    ]
    n_heard = [0] * n_processes
    parts: list[list[bytes]] = [[] for _ in writers]
    with selectors.DefaultSelector() as waiting:
        for number, writer in enumerate(writers):
            waiting.register(writer.stdout, selectors.EVENT_READ, number)
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
        writer.stdout.close()
        expected = -signal.SIGKILL if number in deadlines else 0
        if (code := writer.wait()) not in (0, expected):
            raise StateError(f"Writer {number} ended with {code}; its message stands above.")
    # A victim may die in the middle of telling; half an id was not an acknowledgement.
    told = [b"".join(part).decode().rpartition("\n")[0].split("\n") for part in parts]
    n_died = sum(writer.returncode == -signal.SIGKILL for writer in writers)
    return {event_id for ids in told for event_id in ids if event_id}, n_died


def _leave_half_a_line(path: Path) -> None:
    """What a power loss in the middle of a write leaves behind."""
    with path.open("ab") as file:
        file.write(b'half-an-event,"2024-01-01T00:00')


def _plain_rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def _bank() -> Bank:
    """Names the customers and products of all events."""
    customers = [f"customer {n}" for n in range(_N_CUSTOMERS)]
    products = [f"product {n}" for n in range(_N_PRODUCTS)]
    return Bank.from_tables(
        Manifest("Crash test", as_of="2024-01-01"),
        {
            "customers": pd.DataFrame({"customer_id": customers}),
            "products": pd.DataFrame({"product_id": products}),
        },
    )


def _batches(bank: Bank, writer: int, n_events: int) -> Iterator[list[dict[str, object]]]:
    """What one writer submits, batch by batch."""
    start, n_batches = 0, 0
    while start < n_events:
        end = min(start + _BATCH_SIZES[n_batches % len(_BATCH_SIZES)], n_events)
        yield [_event(bank, writer, number) for number in range(start, end)]
        start, n_batches = end, n_batches + 1


def _event(bank: Bank, writer: int, number: int) -> dict[str, object]:
    return new_event(
        bank,
        event_id=f"{writer:02d}-{number:07d}",
        recorded_at=pd.Timestamp("2024-01-01"),
        actor=f"writer {writer}",
        customer_id=f"customer {number % _N_CUSTOMERS}",
        product_id=f"product {number % _N_PRODUCTS}",
        action="rated",
        rating=(number % 11) / 10,
        comment=f'line one,\n"line two" of {number}' + " and more" * (number % 50),
    )


def _write(folder: str, n_events: int, writer: int) -> None:
    """One writer: each id goes to the pipe only after the log has acknowledged the event."""
    log, bank = EventLog(folder), _bank()
    for number, batch in enumerate(_batches(bank, writer, n_events)):
        log.append_many(batch)
        if number % _REPEATED == 0:
            log.append_many(batch)
        os.write(1, "".join(f"{event['event_id']}\n" for event in batch).encode())


if __name__ == "__main__":
    _write(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
