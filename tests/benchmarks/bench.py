"""Speeds and memory on the demo bank in one table, then the durability run (`make bench`).

Medians and ratios count; seconds are those of the machine in the title (decision 30).
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import numpy as np  # noqa: E402

from engine import Engine  # noqa: E402
from engine.feedback import torture  # noqa: E402
from tests.benchmarks.first_page import browser, first_page  # noqa: E402
from tests.benchmarks.measure import (  # noqa: E402
    Row,
    machine,
    peak_memory,
    seconds,
    show,
    sized,
    timed,
)

GOAL_COLD, GOAL_WARM = "10 s", "3 s"
"""From the command to the first page (issue 2)."""
DIMENSIONS = 384
"""Width of an embedding: the matrix product that a batch is compared with."""


def main(arguments: list[str] | None = None) -> None:
    """Measure everything and print the table."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="attune-bench-") as folder:
        rows = [] if options.no_pages else _starts(options.data, Path(folder), options.rounds)
        engine = Engine.open(options.data, Path(folder) / "engine")
        opened = seconds(engine.warm_up)
        summary = engine.summary()
        rows.append(timed("first fit of a bank without a version", [opened]))
        reopened = [
            seconds(lambda: Engine.open(options.data, Path(folder) / "engine").warm_up())
            for _ in range(options.rounds)
        ]
        rows.append(timed("open a bank that has one", reopened, ratio=_times(opened, reopened)))
        rows += _serving(engine, options.customers, options.rounds)
        rows.append(sized("memory of this process, highest", [peak_memory()]))
    show(
        f"Attune on {machine()}\n{summary.name}: {summary.n_customers:,} customers, "
        f"{summary.n_products:,} products, version {summary.model_version}",
        rows,
    )
    if options.torture_rounds:
        print("\nMany writers, half of them killed: nothing that was acknowledged may be lost")
        torture.main(rounds=options.torture_rounds)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT / "data" / "demo")
    parser.add_argument("--rounds", type=int, default=3, help="starts and batches per median")
    parser.add_argument("--customers", type=int, default=200, help="recommendations timed")
    parser.add_argument("--no-pages", action="store_true", help="leave the dashboard out")
    parser.add_argument("--torture-rounds", type=int, default=3, help="0 leaves durability out")
    return parser.parse_args(arguments)


def _starts(data: Path, folder: Path, rounds: int) -> list[Row]:
    """Cold is a state folder with nothing in it; warm is what the cold start left there."""
    cold, warm = [], []
    with browser() as chromium:
        for turn in range(rounds):
            state = folder / f"start-{turn}"
            cold.append(first_page(data, state, chromium))
            warm.append(first_page(data, state, chromium))
    rows = [
        timed("command to first answer, cold", [s.answering for s in cold]),
        timed("command to first answer, warm", [s.answering for s in warm]),
    ]
    drawn = [(c.page, w.page) for c, w in zip(cold, warm, strict=True) if c.page and w.page]
    if drawn:
        first, second = (list(column) for column in zip(*drawn, strict=True))
        rows += [
            timed("command to Customers drawn, cold", first, goal=GOAL_COLD),
            timed(
                "command to Customers drawn, warm",
                second,
                ratio=f"cold is {np.median(first) / np.median(second):.1f} times this",
                goal=GOAL_WARM,
            ),
        ]
    else:
        rows.append(Row("command to Customers drawn", "no chromium", "", 0))
    return [
        *rows,
        sized("memory of the server, cold", [s.memory for s in cold]),
        sized("memory of the server, warm", [s.memory for s in warm]),
    ]


def _serving(engine: Engine, n_customers: int, rounds: int) -> list[Row]:
    ids = engine.customers()["customer_id"].sort_values().to_numpy()
    asked = ids[np.unique(np.linspace(0, len(ids) - 1, n_customers).astype(int))]
    engine.recommend(str(asked[0]))
    single = [seconds(lambda c=customer: engine.recommend(str(c))) for customer in asked]
    again = [seconds(lambda c=customer: engine.recommend(str(c))) for customer in asked]
    engine.score()
    batch = [seconds(engine.score) for _ in range(rounds)]
    each = float(np.median(batch)) / len(ids)
    product = [seconds(_product(len(ids), engine.summary().n_products)) for _ in range(20)]
    return [
        timed("recommend one customer", single, unit="ms", goal="p95 20 ms"),
        timed("the same customers again", again, unit="ms", ratio=_times(single, again)),
        timed(
            f"score all {len(ids):,} customers, both lists",
            batch,
            ratio=f"{np.median(batch) / np.median(product):,.0f} times the product below",
        ),
        Row(
            "customers scored a second",
            f"{1 / each:,.0f}",
            "",
            rounds,
            f"{np.median(single) / each:,.0f} times one by one",
        ),
        timed(f"one float32 product, {DIMENSIONS} wide, of that shape", product, unit="ms"),
    ]


def _product(n_customers: int, n_products: int):
    rng = np.random.default_rng(7)
    left = rng.random((n_customers, DIMENSIONS), dtype=np.float32)
    right = rng.random((DIMENSIONS, n_products), dtype=np.float32)
    return lambda: left @ right


def _times(slow: float | list[float], fast: list[float]) -> str:
    return f"{np.median(slow) / np.median(fast):.1f} times as fast"


if __name__ == "__main__":
    # `python -m engine bench` runs this file with its own command still in the arguments.
    main([] if sys.argv[1:2] == ["bench"] else sys.argv[1:])
