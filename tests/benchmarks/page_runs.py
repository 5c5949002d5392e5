"""A demo state in; processor time of a warm run of each page, another customer at each, out.

A run is what the server does for one click: the page's script from its first line to its last, in
its own thread. What AppTest adds (reading the answer back) is not counted, nor the browser's part.
`python -m tests.benchmarks.page_runs measured '{"rounds": 8, "state": "FOLDER"}'` measures in a
process of its own and prints what it found as JSON.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from tests.benchmarks.measure import ROOT, Row, apart, timed

GOAL: Final = "100 ms"
"""The median warm run of every page, of processor time."""
PAGES: Final = (
    ("My day", "my_day.py", False),
    ("Customers, the list", "customer_explorer.py", False),
    ("Customers, one of them", "customer_explorer.py", True),
    ("Assistant", "assistant.py", False),
    ("Recommendations", "recommendations.py", True),
    ("Campaigns", "campaigns.py", False),
    ("Insights", "insights.py", False),
    ("Fairness", "fairness.py", False),
    ("Governance", "governance.py", False),
    ("Feedback", "feedback.py", False),
    ("Data", "data.py", False),
    ("What is this?", "about.py", False),
)
"""What it is called, its file, and whether it is asked for a customer."""
WARM_UP: Final = 2
"""Runs of a page before those that are counted."""


def measured(rounds: int, state: str) -> dict[str, list[float]]:
    """Seconds of processor time of each counted run, page by page."""
    from engine import Engine

    engine = Engine.open(ROOT / "data" / "demo", Path(state))
    engine.models.warm_up()
    engine.segments.warm_up()
    ids = [str(one) for one in engine.bank.customer_ids[:: max(1, engine.bank.n_customers // 40)]]
    return {name: _runs(file, ids if asked else None, rounds) for name, file, asked in PAGES}


def _runs(file: str, ids: list[str] | None, rounds: int) -> list[float]:
    from streamlit.testing.v1 import AppTest

    took = _listening()
    at = AppTest.from_file(str(ROOT / "pages" / "_shell.py"), default_timeout=120)
    at.run()
    if file != "customer_explorer.py":
        at.switch_page(file).run()
    for turn in range(WARM_UP + rounds):
        if ids:
            at.query_params["customer"] = ids[turn % len(ids)]
        if turn == WARM_UP:
            took.clear()
        at.run()
        if at.exception:
            raise RuntimeError(f"{file} ends in an error: {at.exception[0].value}")
    return list(took)


@cache
def _counted() -> list[float]:
    return []


def _listening() -> list[float]:
    """Seconds of every run from now on, as the thread of the script spends them."""
    from streamlit.components.v2 import manifest_scanner
    from streamlit.runtime.scriptrunner import script_runner

    took = _counted()
    took.clear()
    run: Callable[..., object] = script_runner.exec_func_with_error_handling
    if not hasattr(run, "listening"):
        # A server looks through all that is installed once, AppTest at every run.
        scanned = cache(manifest_scanner.scan_component_manifests)
        manifest_scanner.scan_component_manifests = scanned

        def listening(*given: object) -> object:
            began = time.thread_time()
            try:
                return run(*given)
            finally:
                took.append(time.thread_time() - began)

        listening.listening = True
        script_runner.exec_func_with_error_handling = listening
    return took


def rows(rounds: int, state: Path) -> list[Row]:
    """The table of `measured`, in a process of its own."""
    found = apart("page_runs", "measured", rounds=rounds, state=str(state))
    return [timed(f"a warm run: {name}", samples, goal=GOAL) for name, samples in found.items()]


STAGES: Final = {"measured": measured}

if __name__ == "__main__":
    _, stage, options = sys.argv
    chosen = json.loads(options)
    os.environ["ATTUNE_STATE"] = chosen["state"]
    os.environ["ATTUNE_QUESTIONS__READS"] = "words"
    print(json.dumps(STAGES[stage](**chosen)))
