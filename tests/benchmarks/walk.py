"""Three persons' jobs in a real browser: a served demo bank in, clicks and seconds of each out.

usage: python -m tests.benchmarks.walk [--times N] [--state PATH]

A relationship manager, an analyst, a stranger with a workbook and a stakeholder do what they came
for, in headless Chromium against `python app.py`. Seconds are the machine's alone: nobody reads,
types or thinks. Processor seconds are the server's. The exit code is 1 where a bound is missed.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from engine import Engine
from tests.benchmarks.measure import ROOT, machine
from tests.e2e import journeys
from tests.e2e.browsing import Watched, blank_page, chromium, started
from tests.e2e.journeys import Journey

DEMO = ROOT / "data" / "demo"


@dataclass(frozen=True)
class Job:
    """What somebody comes for, and how much it may take."""

    who: str
    what: str
    walk: Callable[[Journey], object]
    clicks: int
    seconds: float | None = None


@dataclass(frozen=True)
class Walked:
    """One walk: clicks, seconds in all and of the longest wait, the server's processor seconds."""

    clicks: int
    seconds: float
    longest: float
    processor: float


def find_tara(journey: Journey) -> None:
    """Somebody whose name is half remembered."""
    journeys.offer_and_next(journey, "tara vos", "Tara Voss")


JOBS = (
    Job("relationship manager", "whom do I call today", journeys.whom_to_call, 0),
    Job("relationship manager", "find, offer, why, record, next", find_tara, 6),
    Job("analyst", "to Excel of a segment", journeys.segment_to_excel, 3),
    Job("stakeholder", "the demonstration of five persons", journeys.demonstration, 4, 240),
    Job("stranger", "a workbook to lists, one question", journeys.workbook_to_lists, 8, 120),
)


def processor_seconds(server: int) -> float:
    """Of the server and of its children that have ended so far, user and system (Linux)."""
    after_name = Path(f"/proc/{server}/stat").read_text("utf-8").rpartition(")")[2].split()
    return sum(map(int, after_name[11:15])) / os.sysconf("SC_CLK_TCK")


def walked(job: Job, browser: Browser, address: str, server: int) -> Walked:
    """Do a job once, in a browser that has been nowhere yet."""
    page = blank_page(browser)
    journey = Journey(Watched(page, address))
    before, begun = processor_seconds(server), time.monotonic()
    job.walk(journey)
    seconds, spent = time.monotonic() - begun, processor_seconds(server) - before
    journey.session.sound()
    page.context.close()
    return Walked(journey.clicks, seconds, max(journey.waits), spent)


def row(job: Job, walks: list[Walked]) -> tuple[str, bool]:
    """A line of the table, and whether the bounds are held."""
    clicks = max(one.clicks for one in walks)
    slowest = max(one.seconds for one in walks)
    held = clicks <= job.clicks and (job.seconds is None or slowest <= job.seconds)
    bound = f"{job.clicks} clicks" + (f", {job.seconds:.0f} s" if job.seconds else "")

    def said(name: str) -> str:
        values = [getattr(one, name) for one in walks]
        return f"{median(values):.1f} [{min(values):.1f}, {max(values):.1f}]"

    cells = (job.who, job.what, f"{clicks}", said("seconds"), said("longest"), said("processor"))
    return f"| {' | '.join((*cells, bound, 'yes' if held else 'NO'))} |", held


def fitted(state: Path) -> Path:
    """A state folder in which the demo bank has its first version."""
    Engine.open(DEMO, state).models.warm_up()
    return state


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--times", type=int, default=3, help="walks of each job, in turns")
    asked.add_argument("--state", type=Path, help="of the demo bank; copied, never written")
    args = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        state = Path(folder) / "state"
        if args.state:
            shutil.copytree(args.state, state)
        fitted(state)
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        with started(state) as (address, server):
            Watched(blank_page(browser), address).open()  # the server has drawn a page once
            turns = [
                [walked(job, browser, address, server.pid) for job in JOBS]
                for _ in range(args.times)
            ]
        browser.close()
    print(f"{machine()}. Median of {args.times} [least, most]; a warm server, demo bank.\n")
    print("| who | what | clicks | seconds | longest wait, s | processor, s | bound | held |")
    print("|---|---|---|---|---|---|---|---|")
    rows = [
        row(job, list(walks)) for job, walks in zip(JOBS, zip(*turns, strict=True), strict=True)
    ]
    print(*(text for text, _ in rows), sep="\n")
    return int(not all(held for _, held in rows))


if __name__ == "__main__":
    sys.exit(main())
