"""An engine in; seconds of every answer that a person waits for, beside naive ways, out."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Final

import numpy as np

from engine import Engine
from tests.benchmarks import naive
from tests.benchmarks.measure import Row, processor_seconds, seconds, timed

Samples = Mapping[str, list[float]]
"""What was asked -> seconds of each time."""

DIMENSIONS = 384
"""Width of an embedding: the matrix product that a batch is compared with."""
PAGE = 50
"""Customers on a page of the list."""
WORD = "an"
"""Searched for: it is in about a third of the names."""
MOVED: Final = {"metrics": {"churn": 8.0, "risk": 3.0}, "balance": 20_000.0}
"""Sliders of a what-if that stand elsewhere."""
COLUMNS: Final = {"contains": {"name": WORD, "segment": "a"}, "between": {"churn": (3.0, 8.0)}}
"""Three columns of the list searched at once."""
LEVER: Final = "ranking.emphasis.needs"
WEIGHTS: Final = (0.2, 0.4, 0.6, 0.8, 1.2, 1.4, 1.6, 1.8)
"""A lever, and where it is moved to."""
BOOK = 300
"""Customers of a manager whose day is timed: the managers nearest to that."""
N_PAGES = 20
"""Pages of the list, and feeds, that are timed."""
N_NAIVE = 5
"""A naive way is timed this often: some take seconds."""


def measured(engine: Engine, n_asked: int, rounds: int) -> Samples:
    """Ask everything of an engine that has a version.

    Parameters
    ----------
    engine : Engine
        Just opened; the first answers are timed as such.
    n_asked : int
        Customers asked for, spread evenly over the bank.
    rounds : int
        Batches, and repetitions of what takes long.
    """
    found = {
        "first list of customers, alerts included": [seconds(engine.customers.table)],
        "first answer": [seconds(lambda: engine.offers.recommend(_ids(engine, 1)[0]))],
    }
    asked = _ids(engine, n_asked)
    for name, calls in _questions(engine, asked).items():
        found[name] = [seconds(call) for call in calls]
        found[f"{name}, processor"] = [processor_seconds(call) for call in calls]
    found |= {
        "levers, first": [seconds(engine.levers.effect)],
        "levers": [seconds(lambda v=v: engine.levers.effect({LEVER: v})) for v in WEIGHTS],
        "alerts": [seconds(engine.alerts.open) for _ in range(N_PAGES)],
        "answer": [_answered(engine, customer) for customer in asked[: 4 * N_NAIVE]],
        "receipt": [_written(engine, customer) for customer in asked],
        "replay": [seconds(lambda: engine.receipts.replay(1)) for _ in range(min(rounds, 2))],
    }
    engine.offers.score(customers=asked)
    found["score"] = [seconds(engine.offers.score) for _ in range(rounds)]
    return found | _naively(engine, asked[:N_NAIVE], n_asked)


def _questions(
    engine: Engine, asked: Sequence[str]
) -> Mapping[str, Sequence[Callable[[], object]]]:
    """What has a goal in milliseconds."""
    return {
        "recommend": [lambda c=c: engine.offers.recommend(c) for c in asked],
        "profile": [lambda c=c: engine.customers.profile(c) for c in asked],
        "cash flow": [lambda c=c: engine.customers.cashflow(c) for c in asked],
        "brief": [lambda c=c: _brief(engine, c) for c in asked[: 4 * N_NAIVE]],
        "day": [lambda m=m: engine.days.today(m) for m in _managers(engine)] * 4,
        "page": [lambda: _page(engine)] * N_PAGES,
        "columns": [lambda: engine.customers.table(**COLUMNS)] * N_PAGES,
        "what if": [lambda c=c: engine.scenarios.what_if(c, **MOVED) for c in asked],
    }


def _naively(engine: Engine, few: Sequence[str], n_asked: int) -> Samples:
    """The same by naive ways, and one matrix product of a batch's shape."""
    table, summary = engine.customers.table(), engine.facts.summary()
    one_by_one = naive.score(engine, _ids(engine, n_asked))
    product = _product(summary.n_customers, summary.n_products)
    return {
        "naive profile": [seconds(lambda c=c: naive.profile(engine, c)) for c in few],
        "naive page": [seconds(lambda: naive.page(table, WORD, PAGE)) for _ in few],
        "naive score": [seconds(lambda: next(one_by_one)) for _ in range(n_asked)],
        "product": [seconds(product) for _ in range(20)],
    }


def _ids(engine: Engine, n: int) -> list[str]:
    """Customers spread evenly over the bank."""
    ids = engine.bank.customer_ids
    places = np.unique(np.linspace(0, len(ids) - 1, n).astype(int))
    return [str(ids[place]) for place in places]


def _managers(engine: Engine) -> list[str]:
    """The managers whose books are nearest to `BOOK` customers, five at most."""
    book = engine.customers.table(search="")["relationship_manager"].value_counts()
    return list((book - BOOK).abs().sort_values(kind="stable").index[:5].astype("str"))


def _brief(engine: Engine, customer: str) -> bytes:
    return engine.briefs.export(engine.briefs.of(customer, actor="bench"), "pdf")


def _page(engine: Engine) -> list[str]:
    return list(islice(engine.customers.table(search=WORD)["customer_id"], PAGE))


def _answered(engine: Engine, customer: str) -> float:
    """From a click on "Not now" to the next list and the list of customers."""
    offers = engine.offers.recommend(customer).offers
    if not offers:
        return seconds(lambda: engine.offers.recommend(customer))

    def click() -> None:
        engine.feedback.record(
            event_id=str(uuid.uuid4()),
            customer_id=customer,
            product_id=offers[0].product_id,
            action="postponed",
            actor="bench",
            offer=offers[0],
        )
        engine.offers.recommend(customer)
        _page(engine)

    return seconds(click)


def _written(engine: Engine, customer: str) -> float:
    """The receipt of a list that is shown, on the disk."""
    shown = engine.offers.recommend(customer)
    return seconds(lambda: engine.receipts.write(shown, actor="bench"))


def _product(n_customers: int, n_products: int) -> Callable[[], object]:
    rng = np.random.default_rng(7)
    left = rng.random((n_customers, DIMENSIONS), dtype=np.float32)
    right = rng.random((DIMENSIONS, n_products), dtype=np.float32)
    return lambda: left @ right


def rows(samples: Samples, n_customers: int) -> list[Row]:
    """The table of one bank: every answer with what it is compared with right below."""
    at = {name: float(np.median(values)) for name, values in samples.items()}

    def ms(label: str, what: str, ratio: str = "", goal: str = "") -> Row:
        return timed(label, samples[what], unit="ms", ratio=ratio, goal=goal)

    found = f"{at['score'] / at['recommend']:,.0f} times as fast as to score all and look it up"
    return [
        ms("recommendation of one customer", "recommend", found, "p95 20 ms"),
        ms("  processor time of it", "recommend, processor"),
        ms("profile of one customer", "profile", _times(at, "profile"), "p95 100 ms"),
        ms("  processor time of it", "profile, processor"),
        ms("  naive: search every table, work it out", "naive profile"),
        ms("cash flow of one customer", "cash flow"),
        ms("  processor time of it", "cash flow, processor"),
        ms("meeting brief of one customer, as PDF", "brief", goal="2,000 ms"),
        ms("  processor time of it", "brief, processor"),
        ms(f"My day of a manager, about {BOOK} customers", "day", goal="p95 300 ms"),
        ms("  processor time of it", "day, processor"),
        ms(f"page of {PAGE} customers, searched and sorted", "page", _times(at, "page"), "300 ms"),
        ms("  processor time of it", "page, processor"),
        ms("  naive: row by row", "naive page"),
        ms("three columns searched at once", "columns", goal="300 ms"),
        ms("“Not now” stored, next list, page drawn anew", "answer"),
        ms("receipt of a list, on the disk", "receipt"),
        timed("replay of a receipt, all worked out anew", samples["replay"]),
        ms("what if: one list from other inputs", "what if", goal="100 ms"),
        ms("levers: effect of one on everybody", "levers", goal="1,000 ms"),
        timed("  the first, which scores everybody", samples["levers, first"]),
        ms("feed of alerts", "alerts"),
        timed("first list of customers after a start", first_list(samples)),
        *_of_all(samples, at, n_customers),
    ]


def _of_all(samples: Samples, at: Mapping[str, float], n_customers: int) -> list[Row]:
    batch, loop = at["score"], at["naive score"] * n_customers
    return [
        timed(
            f"both lists of all {n_customers:,} customers",
            samples["score"],
            ratio=f"{loop / batch:,.0f} times as fast as one by one",
        ),
        timed("  naive: one customer after another, each", samples["naive score"], unit="ms"),
        timed(
            f"  one float32 product, {DIMENSIONS} wide, of that shape",
            samples["product"],
            unit="ms",
            ratio=f"both lists take {batch / at['product']:,.0f} times as long",
        ),
    ]


def first_list(samples: Samples) -> list[float]:
    """From an opened bank to the list of customers: all first offers, all alerts."""
    return samples["first list of customers, alerts included"]


def _times(at: Mapping[str, float], what: str) -> str:
    return f"{at[f'naive {what}'] / at[what]:,.0f} times as fast as below"
