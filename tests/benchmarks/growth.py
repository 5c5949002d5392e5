"""Sizes of a generated bank in; how time and memory grow with its customers out.

`python -m tests.benchmarks.growth STAGE JSON` runs one stage in a process of its own, whose highest
memory is then that stage's, and prints what it found as JSON.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from tests.benchmarks import serving
from tests.benchmarks.measure import apart, grid, peak_memory, seconds

MEMORY = 24 * 2**30
"""Bytes of the machine that the largest bank with transactions is said for."""
SEED = 7
apart_here = partial(apart, "growth")


GOALS = {10_000: 10.0}
"""Customers -> seconds in which all their lists are to be made (own choice)."""


@dataclass(frozen=True)
class Size:
    """A generated bank: with transactions and messages, or with monthly figures alone."""

    customers: int
    monthly: bool

    @property
    def name(self) -> str:
        """Of its folders."""
        return f"{'monthly' if self.monthly else 'full'}-{self.customers}"


@dataclass(frozen=True)
class Found:
    """What was measured of one bank; seconds and bytes."""

    size: Size
    n_transactions: int
    fit: float
    fit_memory: int
    reopen: float
    memory: int
    samples: Mapping[str, list[float]] = field(repr=False)


# --- stages, each in a process of its own ---------------------------------------------------------


def make(bank: str, customers: int, monthly: bool) -> dict[str, object]:
    """Generate a bank, where it does not lie there already."""
    from engine.bank import editions
    from engine.demo import generate

    if not (Path(bank) / "bank.json").is_file():
        made = generate(customers, SEED, monthly_only=monthly)
        editions.put(made.by_customer(), Path(bank), format="parquet")
    return {}


def fit(bank: str, state: str) -> dict[str, object]:
    """Open a bank for the first time, which fits its first version."""
    from engine import Engine

    engine = Engine.open(bank, state)
    taken = seconds(engine.models.warm_up)
    return {
        "seconds": taken,
        "memory": peak_memory(),
        "rows": len(engine.bank.rows("transactions")),
    }


def serve(bank: str, state: str, asked: int, rounds: int) -> dict[str, object]:
    """Open a bank that has a version, and ask it everything."""
    from engine import Engine

    def opened() -> Engine:
        engine = Engine.open(bank, state)
        engine.models.warm_up()
        return engine

    engines: list[Engine] = []
    taken = seconds(lambda: engines.append(opened()))
    samples = serving.measured(engines[0], asked, rounds)
    return {"seconds": taken, "memory": peak_memory(), "samples": samples}


STAGES: dict[str, Callable[..., dict[str, object]]] = {"make": make, "fit": fit, "serve": serve}


# --- all sizes ------------------------------------------------------------------------------------


def measured(
    size: Size,
    banks: Path,
    states: Path,
    asked: int,
    rounds: int,
    run: Callable[..., dict[str, object]] = apart_here,
) -> Found:
    """Generate, fit and ask one bank.

    Parameters
    ----------
    size : Size
    banks : Path
        Where generated banks lie; those that are there are used again.
    states : Path
        Must hold nothing of this bank.
    asked, rounds : int
        As for `serving.measured`.
    run : callable
        Runs a stage by its name and options.
    """
    bank, state = str(banks / size.name), str(states / size.name)
    run("make", bank=bank, **asdict(size))
    first = run("fit", bank=bank, state=state)
    later = run("serve", bank=bank, state=state, asked=asked, rounds=rounds)
    return Found(
        size,
        n_transactions=first["rows"],
        fit=first["seconds"],
        fit_memory=first["memory"] or 0,
        reopen=later["seconds"],
        memory=later["memory"] or 0,
        samples=later["samples"],
    )


def show(found: Sequence[Found]) -> None:
    """Print how everything grows, and how many customers the memory holds with transactions."""
    heads = ["customers", "transactions", "first fit", "its memory", "open again", "memory"]
    heads += ["first list", "page", "p95", "recommend", "p95", "profile", "p95", "score all"]
    grid("Growth with the bank", heads, [_cells(one) for one in found])
    full = [one for one in found if not one.size.monthly]
    if len(full) > 1:
        each, n = holds(full, MEMORY)
        print(
            f"With transactions a customer takes {each / 1024:,.0f} kB at the fit's peak, so "
            f"{MEMORY / 2**30:.0f} GB hold about {n:,} (by the line through these sizes)."
        )


def _cells(one: Found) -> list[str]:
    cells = [f"{one.size.customers:,}", f"{one.n_transactions:,}" if one.n_transactions else "none"]
    cells += [f"{one.fit:,.1f} s", _gigabytes(one.fit_memory)]
    cells += [f"{one.reopen:,.1f} s", _gigabytes(one.memory)]
    cells.append(f"{np.median(serving.first_list(one.samples)):,.1f} s")
    for name in ("page", "recommend", "profile"):
        values = np.asarray(one.samples[name]) * 1000
        cells += [f"{np.median(values):.1f} ms", f"{np.quantile(values, 0.95):.1f} ms"]
    goal = GOALS.get(one.size.customers)
    said = "" if goal is None else f" (goal {goal:g} s)"
    return [*cells, f"{np.median(one.samples['score']):,.2f} s{said}"]


def _gigabytes(n: int) -> str:
    return f"{n / 2**30:.1f} GB"


def holds(full: Sequence[Found], memory: int) -> tuple[float, int]:
    """Bytes a customer with transactions, and how many customers a memory holds."""
    sizes = [one.size.customers for one in full]
    each, ground = np.polyfit(sizes, [one.fit_memory for one in full], 1)
    return float(each), round((memory - ground) / each / 1000) * 1000


if __name__ == "__main__":
    print(json.dumps(STAGES[sys.argv[1]](**json.loads(sys.argv[2]))))
