"""Starts, models, answers, growth and durability, measured side by side in one run (`make bench`).

Ratios to naive ways count; seconds are those of the machine in the title. A full run takes about a
quarter of an hour on a machine of its own, `--quick` a minute.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import numpy as np  # noqa: E402

from engine.lab import crash_test  # noqa: E402
from engine.lab.torture.torture import torture  # noqa: E402
from tests.benchmarks import (  # noqa: E402
    allocation,
    asking,
    growth,
    models,
    page_runs,
    parity,
    serving,
    store,
)
from tests.benchmarks.first_page import browser, first_page  # noqa: E402
from tests.benchmarks.growth import Size  # noqa: E402
from tests.benchmarks.measure import Row, machine, show, sized, timed  # noqa: E402

GOAL_COLD, GOAL_WARM = "5 s", "2 s"
"""From the command to the first page, on a quiet machine."""
SIZES = (
    Size(1_000, monthly=False),
    Size(10_000, monthly=False),
    Size(100_000, monthly=False),
    Size(1_000, monthly=True),
    Size(10_000, monthly=True),
    Size(100_000, monthly=True),
    Size(300_000, monthly=True),
)
SHOWN = (1_000, 100_000)
"""Banks with transactions of these sizes get a table of their own."""
QUICK = (Size(200, monthly=False), Size(1_000, monthly=False), Size(1_000, monthly=True))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure everything and print the tables."""
    options = _options(arguments)
    print(f"Attune on {machine()}", flush=True)
    with tempfile.TemporaryDirectory(prefix="attune-bench-") as folder:
        temporary = Path(folder)
        banks, states = options.banks or temporary / "banks", temporary / "states"
        if not options.no_pages:
            rows = starts(options.data, temporary, 1 if options.quick else 3)
            show("Starts on the demo bank", rows)
            title = "Warm runs of pages on the demo bank, processor time of the server"
            show(title, page_runs.rows(3 if options.quick else 20, temporary / "pages"))
        asked = 20 if options.quick else 200
        show("Models, on the processor alone", models.rows(models.apart(asked)))
        title = "Assistant: questions in words after a warm start, processor time"
        show(title, asking.rows(asked, temporary / "asked"))
        found = []
        for size in QUICK if options.quick else SIZES:
            one = growth.measured(
                size,
                banks=banks,
                states=states,
                asked=asked,
                rounds=1 if options.quick else 3,
            )
            found.append(one)
            if size.customers in SHOWN and not size.monthly:
                title = f"{size.customers:,} customers, {one.n_transactions:,} transactions"
                show(title, serving.rows(one.samples, size.customers))
                places = (place / size.name for place in (banks, states))
                show("Store and import, in turns", store.rows(*places, 1 if options.quick else 3))
        growth.show(found)
        customers = 1_000 if options.quick else 100_000
        show("Campaigns: one offer a customer within limits", allocation.rows(customers))
        show("Audit of groups beside fairlearn", parity.rows(customers))
    if not options.quick:
        print("\nMany writers, half of them killed: nothing that was acknowledged may be lost")
        crash_test.main(rounds=3)
        print("\nTorture: 1,000 kills at every place where something is written")
        found = torture(1_000)
        print(found.checks.to_string(index=False))
        print(f"{'passed' if found.passed else 'FAILED'} in {found.seconds:,.0f} s", flush=True)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small banks, few repetitions")
    parser.add_argument("--data", type=Path, default=ROOT / "data" / "demo", help="for the starts")
    parser.add_argument("--banks", type=Path, help="keep the generated banks here")
    parser.add_argument("--no-pages", action="store_true", help="leave the dashboard out")
    return parser.parse_args(arguments)


def starts(data: Path, folder: Path, rounds: int) -> list[Row]:
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


if __name__ == "__main__":
    main()
