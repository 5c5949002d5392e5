"""Many people at once: a served dashboard in, seconds of a rerun and memory a process out.

usage: python -m tests.benchmarks.load [--people N] [--seconds S] [--think T] [--workers W]

Each person comes, clicks as people do (my day, a search, a customer, their offers, the next ...)
with some seconds of thought between an answer and the next click, leaves after some clicks, and
somebody else comes. It is spoken over Streamlit's websocket, so that no browser takes the cores
that are measured; this program itself takes some of them, and says how much. The exit code is 1
where anything failed.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from websockets.exceptions import WebSocketException

from engine import Engine
from tests.benchmarks.measure import ROOT, grid, machine
from tests.benchmarks.sessions import Person, Run

DEMO = ROOT / "data" / "demo"
PATIENCE = 120.0
"""Seconds after which a run counts as failed."""
LOOKS = ("day", "search", "customer", "offers", "offers", "customer", "insights")
"""What people do, as often as it stands here (own choice)."""
WORDS = ("an", "tara", "lee", "mor", "son", "vos", "ab")
FIRST = 100
"""Sessions after which memory should not grow."""


@dataclass
class Measured:
    """What came of it.

    Attributes
    ----------
    runs : dict
        What was done -> seconds of each, from sent to finished.
    memory : dict
        Moment -> megabytes of each process.
    """

    runs: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    arrivals: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    memory: dict[str, list[float]] = field(default_factory=dict)
    sessions: int = 0
    processor: float = 0.0
    own_processor: float = 0.0
    seconds: float = 0.0

    @property
    def reruns(self) -> list[float]:
        """Seconds of every rerun."""
        return [value for values in self.runs.values() for value in values]


@dataclass(frozen=True)
class Asked:
    """How many people, how long, how much thought, how many clicks a visit; at most how many
    visits."""

    people: int
    seconds: float
    think: float
    visit: int
    sessions: int | None = None


async def click(person: Person, what: str, rng: random.Random, customers: Sequence[str]) -> Run:
    """Do one thing that people do."""
    customer = rng.choice(customers)
    if what == "search":
        if "Search" not in person.inputs:
            await person.open("customers")
        return await person.type("Search", rng.choice(WORDS))
    if what == "customer":
        return await person.open("customers", f"customer={customer}")
    if what == "offers":
        return await person.open("recommendations", f"customer={customer}")
    return await person.open(what)


async def visit(
    address: str,
    asked: Asked,
    rng: random.Random,
    customers: Sequence[str],
    found: Measured,
    end: float,
) -> None:
    """One session, from coming to leaving."""
    person = Person(address)
    try:
        run = await asyncio.wait_for(person.arrive("day"), PATIENCE)
        found.arrivals.append(run.seconds)
        found.errors += run.errors
        for _ in range(asked.visit):
            await asyncio.sleep(asked.think * rng.uniform(0.5, 1.5))
            if time.monotonic() > end:
                break
            what = rng.choice(LOOKS)
            run = await asyncio.wait_for(click(person, what, rng, customers), PATIENCE)
            found.runs[what].append(run.seconds)
            found.errors += run.errors
    except (OSError, TimeoutError, WebSocketException, KeyError) as error:
        found.errors.append(f"{type(error).__name__}: {error}"[:200])
    finally:
        await person.leave()


async def measured(
    address: str, asked: Asked, customers: Sequence[str], processes: Sequence[int]
) -> Measured:
    """Let people come and go for as long as asked."""
    found = Measured()
    found.memory["begin"] = [resident(process) for process in processes]
    begun, spent, own = time.monotonic(), _processor(processes), time.process_time()
    end = begun + asked.seconds

    async def somebody(place: int) -> None:
        rng = random.Random(place)
        await asyncio.sleep(asked.think * place / asked.people)
        while time.monotonic() < end and found.sessions != asked.sessions:
            found.sessions += 1
            if found.sessions == FIRST + 1:
                found.memory[f"after {FIRST} sessions"] = [resident(p) for p in processes]
            await visit(address, asked, rng, customers, found, end)

    await asyncio.gather(*(somebody(place) for place in range(asked.people)))
    found.memory["end"] = [resident(process) for process in processes]
    found.seconds = time.monotonic() - begun
    found.processor = _processor(processes) - spent
    found.own_processor = time.process_time() - own
    return found


async def warmed(address: str, workers: int, customers: Sequence[str]) -> None:
    """Have every process draw every page that is looked at once; new people spread over them."""
    seen: set[str] = set()
    rng = random.Random(0)
    for _ in range(8 * workers):
        person = Person(address)
        await person.arrive("day")
        worker = person.cookies.get("attune_worker", "")
        if worker not in seen:
            seen.add(worker)
            for what in dict.fromkeys(LOOKS):
                await click(person, what, rng, customers)
        await person.leave()
        if len(seen) >= workers:
            return


def resident(process: int) -> float:
    """Megabytes of memory that a process holds now (Linux)."""
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def _processor(processes: Sequence[int]) -> float:
    """Processor seconds of processes so far, user and system (Linux)."""
    ticks = 0
    for process in processes:
        after_name = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
        ticks += sum(map(int, after_name[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def children(supervisor: int) -> list[int]:
    """The dashboard's processes under `python -m serving`, in the order of their starts."""
    found = []
    for task in Path(f"/proc/{supervisor}/task").iterdir():
        found += [int(pid) for pid in (task / "children").read_text("utf-8").split()]
    shown = {pid: Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") for pid in found}
    return [pid for pid in sorted(found) if b"app.py" in shown[pid]]


@contextmanager
def serving(state: Path, workers: int, port: int) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`python -m serving` on a state folder; its address, once it answers, and the supervisor."""
    given = os.environ | {"ATTUNE_STATE": str(state), "ATTUNE_AUTH": "off"}
    given.pop("ATTUNE_DATA", None)
    command = [sys.executable, "-m", "serving", f"--workers={workers}", f"--port={port}"]
    with (state / "serving.log").open("w+", encoding="utf-8") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=given, stdout=log, stderr=log, text=True)
        try:
            limit = time.monotonic() + 180
            while "answers at" not in (said := (state / "serving.log").read_text("utf-8")):
                if server.poll() is not None or time.monotonic() > limit:
                    raise RuntimeError(f"It is not served:\n{said[-2000:]}")
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}", server
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)


def at(values: Sequence[float], share: float) -> float | None:
    """A quantile in seconds; None of nothing."""
    return float(np.quantile(values, share)) if values else None


def as_json(asked: Asked, workers: int, found: Measured) -> dict[str, object]:
    """The figures of one measurement."""
    n = len(found.reruns)
    return {
        "machine": machine(),
        "people": asked.people,
        "think_seconds": asked.think,
        "processes": workers,
        "seconds": found.seconds,
        "sessions": found.sessions,
        "reruns": n,
        "p50": at(found.reruns, 0.5),
        "p95": at(found.reruns, 0.95),
        "arrival_p50": at(found.arrivals, 0.5),
        "arrival_p95": at(found.arrivals, 0.95),
        "errors": found.errors,
        "by_page": {
            what: {"reruns": len(values), "p50": at(values, 0.5), "p95": at(values, 0.95)}
            for what, values in sorted(found.runs.items())
        },
        "memory_mb": found.memory,
        "processor_seconds": found.processor,
        "processor_seconds_of_this_program": found.own_processor,
    }


def shown(figures: dict) -> None:
    """Print the figures as tables."""

    def said(value: float | None) -> str:
        return "-" if value is None else f"{value:.2f}"

    print(f"{figures['machine']}.")
    print(
        f"{figures['people']} people, {figures['think_seconds']:g} s of thought, "
        f"{figures['processes']} processes, {figures['seconds']:.0f} s, "
        f"{figures['sessions']} sessions, {len(figures['errors'])} errors. Processor seconds: "
        f"{figures['processor_seconds']:.0f} of the dashboard, "
        f"{figures['processor_seconds_of_this_program']:.0f} of this program."
    )
    rows = [["a rerun", str(figures["reruns"]), said(figures["p50"]), said(figures["p95"])]]
    for what, one in figures["by_page"].items():
        rows.append([f"  {what}", str(one["reruns"]), said(one["p50"]), said(one["p95"])])
    arrivals = [said(figures["arrival_p50"]), said(figures["arrival_p95"])]
    rows.append(["a first page, from its address", str(figures["sessions"]), *arrivals])
    grid("Seconds from sent to finished", ("what", "n", "p50", "p95"), rows)
    memory = [
        [when, ", ".join(f"{v:.0f}" for v in mb)] for when, mb in figures["memory_mb"].items()
    ]
    if any(figures["memory_mb"].values()):
        grid("Memory, MB a process", ("when", "processes"), memory)
    for error in sorted(set(figures["errors"])):
        print(f"error: {error}")


def main() -> int:
    told = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    told.add_argument("--people", type=int, default=10)
    told.add_argument("--seconds", type=float, default=60.0)
    told.add_argument("--think", type=float, default=5.0, help="seconds between answer and click")
    told.add_argument("--visit", type=int, default=10, help="clicks of one session")
    told.add_argument("--sessions", type=int, help="end after as many, if the seconds suffice")
    told.add_argument("--workers", type=int, default=2, help="processes of a server started here")
    told.add_argument("--port", type=int, default=8599, help="of a server started here")
    told.add_argument("--address", help="of a demo bank that is served already, in place of that")
    told.add_argument("--pid", type=int, help="of its `python -m serving`, for memory")
    told.add_argument("--state", type=Path, help="of the demo bank, fitted; copied, never written")
    told.add_argument("--json", action="store_true")
    args = told.parse_args()
    asked = Asked(args.people, args.seconds, args.think, args.visit, args.sessions)
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        if args.state:
            shutil.copytree(args.state, state)
        engine = Engine.open(DEMO, state)
        customers = [str(one) for one in engine.bank.customer_ids]
        if args.address:
            processes = children(args.pid) if args.pid else []
            found = asyncio.run(measured(args.address, asked, customers, processes))
        else:
            engine.models.warm_up()
            with serving(state, args.workers, args.port) as (address, server):
                asyncio.run(warmed(address, args.workers, customers))
                processes = children(server.pid)
                found = asyncio.run(measured(address, asked, customers, processes))
    figures = as_json(asked, args.workers, found)
    print(json.dumps(figures)) if args.json else shown(figures)
    return int(bool(found.errors))


if __name__ == "__main__":
    sys.exit(main())
