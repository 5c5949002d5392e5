"""All lists by 1, 2 and 4 workers of dask, and with one that is killed half way: the same bytes?

`python -m tests.benchmarks.batch --data BANK --state STATE [--part-size N] [--workers 1 2 4]`, with
the extra dask[distributed] installed. The bank needs a version that serves; the state gets entries
of the audit trail. Processor time is what counts where others share the machine.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from engine import Engine
from engine.bank.disk import sha256_of
from engine.parted.cluster import workers_of
from engine.parted.run import Parted, Workers, in_process, write_parts
from tests.benchmarks.measure import grid, machine

LISTS, K = ("growth", "retention"), 5


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print one table."""
    options = _options(arguments)
    print(f"Attune on {machine()}", flush=True)
    ways: list[tuple[str, int, bool]] = [("this process", 0, False)]
    ways += [(f"{n} workers" if n > 1 else "1 worker", n, False) for n in options.workers]
    ways.append(("2 workers, one killed half way", 2, True))
    rows, first = [], None
    with tempfile.TemporaryDirectory(prefix="attune-batch-", dir=options.folder) as folder:
        for turn, (name, n, kills) in enumerate(ways):
            out = Path(folder, str(turn))
            run, wall, killed = written(options, out, n, kills)
            bytes_of = [sha256_of(path) for path in sorted(out.glob("part-*.parquet"))]
            first = first or bytes_of
            same = "the first" if turn == 0 else "equal" if bytes_of == first else "NOT equal"
            rows.append(_row(name, run, wall, same, killed))
            print(f"{name}: {same}, {wall:.0f} s", flush=True)
    heads = ("who", "parts", "bytes", "s by the clock", "CPU s a worker to open")
    grid("Lists of all customers", (*heads, "CPU s of parts", "customers a CPU s", "peak MB"), rows)


def written(
    options: argparse.Namespace, out: Path, n: int, kills: bool
) -> tuple[Parted, float, str]:
    """One run; seconds by the clock from after the bank was opened here; who was killed."""
    engine = Engine.open(options.data, options.state)
    engine.models.warm_up()
    killed: list[str] = []
    began = time.perf_counter()
    with ExitStack() as opened:
        workers = in_process
        if n:
            workers = opened.enter_context(workers_of(None, f"local:{n}"))
        run = write_parts(
            engine,
            out,
            LISTS,
            K,
            part_size=options.part_size,
            workers=_killing(workers, killed.append) if kills else workers,
        )
    return run, time.perf_counter() - began, ", ".join(killed)


def _killing(workers: Workers, told: Callable[[str], None]) -> Workers:
    """The same workers, of which the one that answers half way is killed there and then."""

    def killing(requests: Sequence[str]) -> Iterator[str]:
        for done, answer in enumerate(workers(requests), start=1):
            if done == max(len(requests) // 2, 1):
                worker = json.loads(answer)["worker"]
                os.kill(int(worker.rpartition(":")[2]), signal.SIGKILL)
                told(worker)
            yield answer

    return killing


def _row(name: str, run: Parted, wall: float, same: str, killed: str) -> list[str]:
    opening = [run.opening[one] for one in run.opening]
    seconds = sum(run.seconds.values())
    return [
        name if not killed else f"{name} ({len(run.seconds)} processes answered)",
        f"{run.plan.n_parts:,}",
        same,
        f"{wall:.1f}",
        f"{min(opening):.1f} to {max(opening):.1f}",
        f"{seconds:.1f}",
        f"{run.plan.n_customers / seconds:,.0f}",
        f"{min(run.peak_memory.values()) / 2**20:,.0f} to "
        f"{max(run.peak_memory.values()) / 2**20:,.0f}",
    ]


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="batch", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--folder", type=Path, help="where parts are written for a while")
    parser.add_argument("--part-size", type=int, default=1_000)
    parser.add_argument("--workers", type=int, nargs="*", default=(1, 2, 4))
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
