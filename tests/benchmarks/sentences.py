"""Banks in; sentences that the program says of their customers, drawn to be read against the files.

`python -m tests.benchmarks.sentences FOLDER [FOLDER ...] --each 50 --seed 1` prints as JSON, one a
line: bank, surface, customer and sentence. A folder is an imported bank, or files to import.
Customers come first: as many as sentences, or everybody, so that no single one speaks much. Then
one surface after the other has its turn, and of it a sentence is drawn that was not drawn before.
The same seed gives the same sentences of the same program.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.importing.import_source import import_bank
from engine.engine import Engine
from engine.errors import EngineError

NOW: Final = datetime(2026, 1, 15)
Said = tuple[str, str, str]
"""Surface, customer ("" for the book) and sentence."""


def main() -> None:
    """Draw of every bank that is named, and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folders", nargs="+", type=Path)
    asked.add_argument("--each", type=int, default=50, help="sentences a bank")
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    for folder in given.folders:
        with tempfile.TemporaryDirectory() as scratch:
            engine = opened(folder, Path(scratch))
            for surface, customer, sentence in drawn(engine, given.each, given.seed):
                row = {"bank": folder.name, "surface": surface, "customer": customer}
                print(json.dumps(row | {"sentence": sentence}, ensure_ascii=False), flush=True)


def opened(folder: Path, scratch: Path) -> Engine:
    """An engine on a bank, which is imported where it is not one yet, with a state of its own."""
    if not (folder / "bank.json").is_file():
        import_bank(folder, scratch / "bank", now=pd.Timestamp(NOW))
        folder = scratch / "bank"
    engine = Engine.open(folder, scratch / "state", now=lambda: NOW)
    engine.models.warm_up()
    return engine


def drawn(engine: Engine, each: int, seed: int) -> list[Said]:
    """So many sentences, surface after surface."""
    rng = np.random.default_rng(seed)
    ids = engine.bank.customer_ids
    chosen = rng.choice(len(ids), size=min(each, len(ids)), replace=False)
    said = list(said_of_book(engine))
    for row in sorted(chosen):
        said += said_of(engine, str(ids[row]))
    said = list(dict.fromkeys(one for one in said if one[2]))
    by_surface: dict[str, list[Said]] = {}
    for place in rng.permutation(len(said)):
        by_surface.setdefault(said[place][0], []).append(said[place])
    found: list[Said] = []
    while len(found) < each and any(by_surface.values()):
        for surface in sorted(by_surface):
            if by_surface[surface] and len(found) < each:
                found.append(by_surface[surface].pop())
    return found


def said_of_book(engine: Engine) -> Iterator[Said]:
    """What is said of everybody."""
    day = engine.days.today(most=20)
    yield "day", "", day.sentence
    for call in day.calls:
        yield "my day", call.customer_id, call.line
    book = engine.customers.insights()
    for text in book.sentences:
        yield "book", "", text


def said_of(engine: Engine, customer: str) -> Iterator[Said]:
    """Everything that is said of one customer, surface by surface."""
    whole = engine.customers.profile(customer)
    yield "insight", customer, whole.insight
    yield from (("note", customer, text) for text in whole.notes)
    for metric in whole.metrics.values():
        yield "argument", customer, metric.argument
        yield from (
            ("driver", customer, f"{metric.label}: {one.label}: {one.detail}")
            for one in metric.drivers
            if one.detail
        )
    for label, (value, remark) in whole.figures.items():
        yield "figure", customer, f"{label}: {value} ({remark})"
    yield from (
        ("alert", customer, f"{row.title}: {row.reason}")
        for row in engine.alerts.open(customer).table.itertuples()
    )
    flow = engine.customers.cashflow(customer)
    yield "cash flow", customer, flow.summary
    yield from (("cash flow", customer, text) for text in flow.notes)
    for text in (flow.volatility.sentence, flow.savings.sentence):
        yield "cash flow", customer, text
    months = engine.customers.forecast(customer)
    for figure in (months.balance, months.spending):
        yield from (("forecast", customer, text) for text in (figure.sentence, *figure.notes))
    yield "needs", customer, engine.customers.needs(customer)
    card = engine.days.card(customer)
    for text in (card.line, *card.talking_points, *card.avoid):
        about = f"{card.topic}: " if card.topic and text in card.talking_points else ""
        yield "call card", customer, about + text
    brief = engine.briefs.of(customer, actor="reader")
    for title, texts in engine.briefs.parts(brief):
        if title != "Sources":
            yield from (("brief", customer, f"{title}: {text.strip()}") for text in texts)
    try:
        plan = engine.customers.strategy(customer)
        yield from (("plan", customer, text) for text in (plan.sentence, *plan.notes))
    except EngineError as error:
        yield "plan", customer, str(error)
    yield from _of_lists(engine, customer)


def _of_lists(engine: Engine, customer: str) -> Iterator[Said]:
    for name in ("growth", "retention"):
        given = engine.offers.recommend(customer, list=name)
        yield "action", customer, given.action
        yield "likely next", customer, given.likely_next
        yield from (("list note", customer, f"{name}: {text}") for text in given.notes)
        for offer in given.offers:
            of = f"{name} {offer.rank}. {offer.name}: "
            yield from (("reason", customer, of + text) for text in offer.reasons)
            yield "short reason", customer, of + offer.short_reason
            yield "confidence", customer, f"{of}{offer.word}: {offer.word_meaning}"
            checks = (*offer.checks, *offer.passed)
            yield from (("check", customer, of + text) for text in checks)
        for one in given.removed[:5]:
            yield "removed", customer, f"{name} {one.name}: {one.reason}"
        if len(given.offers) > 1:
            first, second = (offer.product_id for offer in given.offers[:2])
            told = engine.scenarios.compare(customer, first, second, list=name).sentence
            yield "comparison", customer, f"{name}: {told}"


if __name__ == "__main__":
    main()
