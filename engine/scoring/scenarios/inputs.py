"""What may be changed about one customer, each input on its own scale and never a protected one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.labels import METRIC_LABELS
from engine.ranking.signals import suitability
from engine.scoring.scenarios.scenario import CustomerScenario, Variants
from engine.vocabulary import METRICS

TOLD = {
    "goal": "the goal",
    "message": "messages about",
    "topic": "talk of",
    "declared": "an interest in",
    "spending": "spending on",
}
"""Kinds of need that a customer can tell of or change, and what they are called. What somebody
works as and their stage of life are no such: they are facts, and close to what is protected."""
METRIC, MOOD, SHARE = "metric", "mood", "share"
"""Scales: 0-10, -1 to 1, and a share (0-1) of what is known of the needs."""


@dataclass(frozen=True, eq=False)
class Input:
    """One input of one customer's scores."""

    feature: str
    label: str
    """See `results.Change`."""
    scale: str
    """metric, mood or share."""
    now: float
    low: float
    high: float
    """Its value today, and the ends of its scale."""
    bends: np.ndarray
    """Values at which a score may change its slope, or a permission its answer; between two
    neighbours every score is a straight line."""
    variants: Callable[[np.ndarray], Variants]
    """Values of shape (n,) -> the customer with each of them."""


def inputs(scenario: CustomerScenario) -> Iterator[Input]:
    """The metrics, the mood where there are messages, and the needs that a customer can tell of."""
    for name in METRICS:
        yield _metric(scenario, name)
    if scenario.mood is not None:
        yield Input(
            "mood",
            "Mood",
            MOOD,
            scenario.mood,
            -1.0,
            1.0,
            np.array([0.0]),
            lambda values: Variants(len(values), {}, mood=values),
        )
    if "needs" in scenario.raw:
        yield from _needs(scenario)


def _metric(scenario: CustomerScenario, name: str) -> Input:
    return Input(
        name,
        METRIC_LABELS[name],
        METRIC,
        scenario.metrics[name],
        0.0,
        10.0,
        _bends(scenario, name),
        lambda values: Variants(len(values), {name: values}),
    )


def _bends(scenario: CustomerScenario, name: str) -> np.ndarray:
    """Where what a metric asks for passes a product's score, and where the guard changes its mind.

    What is asked for is itself straight between the ends and the customer's other metrics.
    """
    knots = np.unique([0.0, 10.0, *(scenario.metrics[other] for other in METRICS)])
    same = {other: np.full(len(knots), value) for other, value in scenario.metrics.items()}
    asked = suitability.asks(pd.DataFrame(same | {name: knots}))
    scores = scenario.table.ranker.signals.product_scores
    bends = [knots]
    for column in asked:
        levels, line = scores[column].unique(), asked[column].to_numpy()
        start, rise = line[:-1, None], np.diff(line)[:, None]
        none = np.full((len(rise), len(levels)), -1.0)
        part = np.divide(levels - start, rise, out=none, where=np.abs(rise) > 1e-12)
        inside = (part > 0) & (part < 1)
        bends.append((knots[:-1, None] + part * np.diff(knots)[:, None])[inside])
    if name == "risk":
        guard = scenario.table.settings.guard
        bends.append(np.array([guard.low_risk_appetite, guard.retired_low_risk_appetite]))
    if scenario.table.ranker.signals.learned.segments:
        edges = scenario.table.settings.metrics
        of = {
            "churn": (edges.medium_from_churn, edges.retention_from_churn),
            "profit": (edges.medium_value_from, edges.high_value_from),
        }
        steps = np.array(of.get(name, ()), dtype=float)
        bends += [steps, np.nextafter(steps, -np.inf)]
    return np.unique(np.concatenate(bends))


def _needs(scenario: CustomerScenario) -> Iterator[Input]:
    """Each need that is known, by its share; the others keep their proportions."""
    similarity = scenario.table.ranker.signals.needs.similarity
    whole = scenario.raw["needs"][0] - scenario.said
    for row in scenario.needs.itertuples(index=False):
        if row.kind in TOLD and row.share < 1:
            mine = similarity[row.phrase]
            rest = (whole - row.share * mine) / (1 - row.share)
            yield need(row.kind, row.item, row.share, mine, rest)


def need(kind: str, item: str, share: float, mine: np.ndarray, rest: np.ndarray) -> Input:
    """One need by its share, today's included.

    Parameters
    ----------
    mine, rest : ndarray of shape (n_products,)
        The raw signal of this need alone, and of all others without it.
    """

    def variants(values: np.ndarray) -> Variants:
        mixed = values[:, None] * mine + (1 - values[:, None]) * rest
        return Variants(len(values), {}, needs=mixed)

    label = f"{TOLD[kind]} “{item}”"
    label = label[:1].upper() + label[1:]
    return Input(
        f"need: {kind} {item}", label, SHARE, float(share), 0.0, 1.0, np.zeros(0), variants
    )
