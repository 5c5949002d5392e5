"""Questions in words in; processor time from the question to its answers, after a warm start, out.

`python -m tests.benchmarks.asking measured '{"asked": 40, "state": "FOLDER"}'` measures in a
process of its own and prints what it found as JSON.
"""

import csv
import json
import sys
from pathlib import Path
from typing import Any, Final

from engine import Engine
from engine.lab.assistant_evaluation import OWN, filled
from tests.benchmarks.measure import ROOT, Row, apart, peak_memory, processor_seconds, sized, timed

GOAL: Final = "p95 1.5 s"


def measured(asked: int, state: str) -> dict[str, Any]:
    """Open the demo bank, read the phrasings, then ask; each question of somebody new.

    Returns
    -------
    dict
        first (seconds of the first question), each (of all), warm (seconds of the warm-up),
        memory (bytes), read_by.
    """
    engine = Engine.open(ROOT / "data" / "demo", Path(state))
    engine.models.warm_up()
    engine.segments.warm_up()
    engine.customers.forecast(str(engine.bank.customer_ids[0]))
    warm = processor_seconds(engine.assistant.warm_up)
    with OWN.open(encoding="utf-8") as file:
        texts = [row["question"] for row in csv.DictReader(file)]
    questions = filled(texts, engine.bank)[:: max(1, len(texts) // asked)]
    each = [processor_seconds(lambda q=q: engine.assistant.ask(q)) for q in questions]
    reader = engine.assistant.ask(questions[0]).read_by
    return {
        "first": each[:1],
        "each": each,
        "warm": [warm],
        "memory": peak_memory(),
        "read_by": reader,
    }


def rows(asked: int, state: Path) -> list[Row]:
    """The table of `measured`, in a process of its own."""
    found = apart("asking", "measured", asked=asked, state=str(state))
    return [
        timed("phrasings read and encoder loaded", found["warm"]),
        timed("first question after that", found["first"], goal=GOAL),
        timed(f"a question, read by {found['read_by']}", found["each"], goal=GOAL),
        sized("memory after them", [found["memory"]]),
    ]


STAGES: Final = {"measured": measured}

if __name__ == "__main__":
    print(json.dumps(STAGES[sys.argv[1]](**json.loads(sys.argv[2]))))
