"""A bank on the disk in; opening it with and without what an earlier start kept, and importing it
beside a plain read of the same files, in turns, out.

`python -m tests.benchmarks.store STAGE JSON` runs one stage in a process of its own and prints what
it found as JSON.
"""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from tests.benchmarks.measure import (
    Row,
    apart,
    peak_memory,
    processor_seconds,
    seconds,
    sized,
    timed,
)

KEPT: Final = "*.kept"
"""What an earlier start kept in a bank's cache."""
apart_here = partial(apart, "store")
NOW: Final = datetime(2030, 1, 1, tzinfo=UTC)


def opened(bank: str, state: str, anew: bool) -> dict[str, float | int | None]:
    """Open a bank that has a version, up to its first list of customers with their alerts."""
    from engine import Engine

    for path in Path(state).rglob(KEPT) if anew else ():
        path.unlink()

    def first_list() -> None:
        engine = Engine.open(bank, state)
        engine.models.warm_up()
        engine.customers.table()

    processor: list[float] = []
    clock = seconds(lambda: processor.append(processor_seconds(first_list)))
    return {"clock": clock, "processor": processor[0], "memory": peak_memory()}


def imported(source: str, plainly: bool) -> dict[str, float | int | None]:
    """Import a folder of CSV files, or only read them with pyarrow, on one thread."""
    from pyarrow import csv

    from engine.bank.importing.import_source import import_bank

    files, reading = sorted(Path(source).glob("*.csv")), csv.ReadOptions(use_threads=False)
    with TemporaryDirectory() as into:

        def plain() -> None:
            for file in files:
                csv.read_csv(file, read_options=reading)

        def whole() -> None:
            import_bank(source, Path(into) / "bank", now=NOW)

        return {"processor": processor_seconds(plain if plainly else whole)}


STAGES: Final[dict[str, Callable[..., dict[str, float | int | None]]]] = {
    "opened": opened,
    "imported": imported,
}


def rows(
    bank: Path,
    state: Path,
    rounds: int,
    run: Callable[..., dict[str, object]] = apart_here,
) -> list[Row]:
    """The table of one bank; old and new take turns, so a busy machine is unfair to neither.

    Parameters
    ----------
    bank, state : Path
        A generated bank, and its state with a version.
    rounds : int
        Times that each is done.
    run : callable
        Runs a stage by its name and options.
    """
    from engine.bank.bank import Bank

    where = {"bank": str(bank), "state": str(state)}
    openings = [
        (run("opened", **where, anew=True), run("opened", **where, anew=False))
        for _ in range(rounds)
    ]
    with TemporaryDirectory() as folder:
        Bank.load(bank).save(folder, "csv")
        (Path(folder) / "bank.json").unlink()
        reads = [
            [run("imported", source=folder, plainly=plainly) for plainly in (False, True)]
            for _ in range(rounds)
        ]
    anew, kept = zip(*openings, strict=True)
    whole, plain = zip(*reads, strict=True)
    return [
        timed("opening to the first list", [one["clock"] for one in kept], goal="5 s"),
        _of("  processor time of it", kept, _times(kept, anew, "as fast as below")),
        _of("  processor time where nothing was kept", anew),
        sized("  memory at its highest", [one["memory"] for one in kept]),
        sized("  memory where nothing was kept", [one["memory"] for one in anew]),
        _of("import from CSV", whole, _times(plain, whole, "as long as below"), "2 times"),
        _of("  plain pyarrow read of the same files", plain),
    ]


def _of(what: str, found: tuple[dict, ...], ratio: str = "", goal: str = "") -> Row:
    return timed(what, [one["processor"] for one in found], ratio=ratio, goal=goal)


def _times(less: tuple[dict, ...], more: tuple[dict, ...], words: str) -> str:
    ratios = [b["processor"] / a["processor"] for a, b in zip(less, more, strict=True)]
    return f"{np.median(ratios):,.1f} times {words} ({min(ratios):,.1f} to {max(ratios):,.1f})"


if __name__ == "__main__":
    print(json.dumps(STAGES[sys.argv[1]](**json.loads(sys.argv[2]))))
