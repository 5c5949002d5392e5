"""Seconds and bytes in, rows of one printed table out."""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Row:
    """One line of the table; `ratio` says how many times what, `goal` is what was asked for."""

    what: str
    median: str
    spread: str
    n: int
    ratio: str = ""
    goal: str = ""


def machine() -> str:
    """What a figure depends on: processor, cores, their load, memory, software and the day."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.is_file() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    processor = names[0] if names else platform.processor() or platform.machine()
    return (
        f"{processor}, {max(len(names), 1)} cores with {os.getloadavg()[0]:.1f} "
        f"processes at work, {memory() / 2**30:.0f} GB of memory, "
        f"{platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, Streamlit {version('streamlit')}, "
        f"{datetime.now(UTC):%Y-%m-%d}"
    )


def memory() -> int:
    """Bytes of memory that the machine has."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def seconds(doing: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    doing()
    return time.perf_counter() - start


def processor_seconds(doing: Callable[[], object]) -> float:
    """Processor time of one call: how long it takes where nothing else is at work."""
    start = time.process_time()
    doing()
    return time.process_time() - start


def timed(
    what: str, samples: Sequence[float], *, unit: str = "s", ratio: str = "", goal: str = ""
) -> Row:
    """Median and spread of seconds, shown in `unit` ("s", "ms" or "µs")."""
    factor, digits = {"s": (1, 2), "ms": (1e3, 1), "µs": (1e6, 0)}[unit]
    values = np.asarray(samples) * factor
    if len(values) >= 20:
        spread = f"p95 {np.quantile(values, 0.95):.{digits}f}"
    else:
        spread = f"{values.min():.{digits}f} to {values.max():.{digits}f}"
    return Row(what, f"{np.median(values):.{digits}f} {unit}", spread, len(values), ratio, goal)


def sized(what: str, samples: Sequence[int | None]) -> Row:
    """Median and spread of memory, shown in MB; unknown where the system does not tell."""
    known = np.asarray([s for s in samples if s is not None], dtype=float) / 2**20
    if not len(known):
        return Row(what, "unknown", "", 0)
    return Row(
        what, f"{np.median(known):,.0f} MB", f"{known.min():,.0f} to {known.max():,.0f}", len(known)
    )


def peak_memory(pid: int | str = "self") -> int | None:
    """Largest resident size of a process so far in bytes, None where /proc is not there."""
    status = Path(f"/proc/{pid}/status")
    if not status.is_file():
        return None
    for line in status.read_text("utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return None


def apart(module: str, stage: str, **options: object) -> dict[str, object]:
    """Run one stage of a module of the benchmark in a new process.

    Raises
    ------
    RuntimeError
        With the end of what it printed, when it fails.
    """
    command = [sys.executable, "-m", f"tests.benchmarks.{module}", stage, json.dumps(options)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"The stage {stage} of the benchmark failed:\n{done.stderr[-2000:]}")
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def show(title: str, rows: Sequence[Row]) -> None:
    """Print the rows of one table."""
    heads = ("what", "median", "spread", "n", "ratio", "goal")
    cells = [[row.what, row.median, row.spread, f"{row.n:,}", row.ratio, row.goal] for row in rows]
    grid(title, heads, cells)


def grid(title: str, heads: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    """Print cells under their heads, each column as wide as it has to be."""
    widths = [max(len(line[i]) for line in [heads, *cells]) for i in range(len(heads))]
    print(f"\n{title}")
    for line in (heads, ["-" * width for width in widths], *cells):
        pairs = zip(line, widths, strict=True)
        print("  ".join(cell.ljust(width) for cell, width in pairs).rstrip(), flush=True)
