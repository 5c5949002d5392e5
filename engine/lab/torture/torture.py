"""Every kind of torture in a folder of its own, and a table of what was found."""

import logging
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import pandas as pd

from engine.errors import BadInput
from engine.lab.state_crash_test import crash_state
from engine.lab.torture import disks, versions
from engine.lab.torture.deaths import PLACES, RETRAIN, STATE
from engine.lab.torture.events import kill_writers
from engine.lab.torture.report import TortureReport
from engine.progress import Progress, quiet

FEWEST: Final = 5
"""Kills below which not every place gets one."""
CUTS_A_KILL: Final = 3


def torture(
    n_kills: int, folder: Path | None = None, *, seed: int = 0, report: Progress = quiet
) -> TortureReport:
    """Kill, cut, fill and forbid; count what is lost.

    Parameters
    ----------
    n_kills : int
        Processes that get SIGKILL: seven of ten write events, the others make versions and write
        into the state file.
    folder : Path, optional
        On the disk that is to be tested. Everything happens in a new folder in it, which is
        removed; nothing that is there is touched.
    seed : int
        Of places and moments; the moment within a call of the system is up to the machine.

    Raises
    ------
    BadInput
        For fewer kills than `FEWEST`, or where the folder is none.
    """
    if n_kills < FEWEST:
        raise BadInput(f"Give at least {FEWEST} kills: with fewer not every place gets one.")
    if folder is not None and not folder.is_dir():
        raise BadInput(f"{folder} is no folder; name one on the disk that is to be tested.")
    started = time.monotonic()
    noisy = logging.getLogger("engine.state.event_log")
    before = noisy.level
    noisy.setLevel(logging.ERROR)  # each torn end would be told
    try:
        with tempfile.TemporaryDirectory(prefix="attune-torture-", dir=folder) as place:
            rows, places = _all(Path(place), n_kills, seed, report)
    finally:
        noisy.setLevel(before)
    return TortureReport(
        kills=n_kills,
        places=places,
        checks=pd.DataFrame(rows, columns=["check", "n", "unit", "problems", "detail"]),
        seconds=round(time.monotonic() - started, 1),
    )


def _all(
    place: Path, n_kills: int, seed: int, report: Progress
) -> tuple[list[tuple[Any, ...]], dict[str, int]]:
    n_versions = n_state = max(1, round(0.15 * n_kills))
    folders = {name: place / name for name in ("power", "disk", "forbidden", "clock")}
    for one in folders.values():
        one.mkdir()
    report(0.0, "Killing writers of events")
    found = kill_writers(place / "events", n_kills - n_versions - n_state, seed)
    report(0.5, "Killing makers of versions")
    made = versions.kill_makers(place / "versions", n_versions, seed)
    report(0.7, "Killing writers of the state file")
    state = crash_state(place / "state", n_processes=2, n_kills=n_state, seed=seed)
    report(0.8, "Losing power")
    power = disks.lose_power(folders["power"], CUTS_A_KILL * n_kills, seed)
    full = disks.fill_disk(folders["disk"], max(3, n_kills // 10), seed)
    forbidden = disks.forbid_folder(folders["forbidden"])
    clock = disks.turn_back_clock(folders["clock"], 40)
    promoted, kills = f"{made.n_promoted:,} promoted", f"{state.n_killed:,} kills"
    n, told, files = found.n_stored, found.n_acknowledged, f"over {found.n_files:,} files"
    state_wrong = state.n_lost + state.n_split + state.n_damaged
    rows = [
        ("acknowledged events are there", told, "events", found.n_lost, files),
        ("events are there once", n, "events", found.n_twice, "also when sent twice"),
        ("batches are whole", n, "events", found.n_split, "all of one or nothing"),
        ("lines are sound", n, "events", found.n_unreadable, "also to any CSV reader"),
        ("sent again, all are there", n, "events", found.n_incomplete, "after the kills"),
        ("a reader sees whole rows", found.n_reads, "looks", found.n_unsteady, "meanwhile"),
        ("a version serves, whole", made.n_killed, "kills", made.n_wrong, promoted),
        ("state file is whole", state.n_acknowledged, "batches", state_wrong, kills),
        ("power lost at any offset", power.n, "cuts", power.problems, power.detail),
        ("disk full", full.n, "disks", full.problems, full.detail),
        ("read-only folder", forbidden.n, "folder", forbidden.problems, forbidden.detail),
        ("clock goes back", clock.n, "events", clock.problems, "a year each; order kept"),
    ]
    places = {name: found.by_place[name] for name in PLACES}
    return rows, places | {RETRAIN: made.n_killed, STATE: state.n_killed}
