"""One customer with other inputs in; the list that follows, beside today's, out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from engine.errors import BadInput
from engine.explain.wording import count, figure, listing, money
from engine.labels import METRIC_LABELS
from engine.ranking.ranker import Scores
from engine.results import WhatIf
from engine.scoring.scenarios.scenario import CustomerScenario, Variants

FROZEN = (
    "Only what is moved changes. The metrics do not follow balance and income, which decide what "
    "may be offered; the rest of the bank stays as it is. Nothing of it is stored."
)


@dataclass(frozen=True, eq=False)
class Assumed:
    """What is assumed about one customer; None leaves an input as it is."""

    metrics: Mapping[str, float] = field(default_factory=dict)
    """Of churn, profit, risk and acumen, 0-10."""
    mood: float | None = None
    """-1 to 1."""
    income: float | None = None
    balance: float | None = None
    """Bank's currency, not negative."""
    needs: np.ndarray | None = None
    """Shape (n_products,). The raw needs signal."""
    said: tuple[str, ...] = ()
    """What was changed about the needs, in words."""

    def __post_init__(self) -> None:
        for name, value in self.metrics.items():
            if name not in METRIC_LABELS:
                known = ", ".join(METRIC_LABELS)
                raise BadInput(f"There is no metric {name!r}; metrics are {known}.")
            _check(METRIC_LABELS[name], value, 0, 10)
        _check("Mood", self.mood, -1, 1)
        _check("Income", self.income, 0, np.inf)
        _check("Balance", self.balance, 0, np.inf)

    def variants(self) -> Variants:
        """The one variant that is assumed."""

        def one(value: float | None) -> np.ndarray | None:
            return None if value is None else np.array([float(value)])

        return Variants(
            1,
            {name: np.array([float(value)]) for name, value in self.metrics.items()},
            mood=one(self.mood),
            needs=None if self.needs is None else self.needs[None, :],
            income=one(self.income),
            balance=one(self.balance),
        )


def _check(label: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not low <= value <= high:
        ends = f"from {figure(low)}" + ("" if np.isinf(high) else f" to {figure(high)}")
        raise BadInput(f"Got {label.lower()} {value}; expected {ends}.")


def what_if(scenario: CustomerScenario, which: str, assumed: Assumed, k: int) -> WhatIf:
    """Score the customer as assumed and lay the list beside today's.

    Parameters
    ----------
    which : str
        The list.
    k : int
        Products per list.
    """
    variants = assumed.variants()
    verdicts = scenario.judged(variants)
    scores = scenario.scores(variants)
    new = _positions(scenario, scores, verdicts.allowed, which, k)
    old = _positions(scenario, scenario.today, scenario.verdicts.allowed, which, k)
    shown = [*new, *(product for product in old if product not in set(new))]
    table = _figures(scenario, shown, which, scores)
    ranks, before = ({p: i + 1 for i, p in enumerate(listed)} for listed in (new, old))
    table.insert(3, "rank", [ranks.get(p, np.nan) for p in shown])
    table.insert(4, "rank_today", [before.get(p, np.nan) for p in shown])
    table.insert(5, "move", [_move(ranks.get(p), before.get(p)) for p in shown])
    table["reason"] = ["" if verdicts.allowed[0, p] else verdicts.reason(0, p) for p in shown]
    changed = tuple(_changed(scenario, assumed))
    return WhatIf(
        customer_id=str(scenario.table.bank.customer_ids[scenario.row]),
        list=which,
        table=table.astype({"rank": float, "rank_today": float}),
        changed=changed,
        sentence=_sentence(table, bool(changed)),
        notes=(FROZEN,),
    )


def _positions(
    scenario: CustomerScenario, scores: Scores, allowed: np.ndarray, which: str, k: int
) -> list[int]:
    listed = scenario.table.top_k.positions(scores.total(which), allowed, k)[0]
    return [int(product) for product in listed if product >= 0]


def _figures(
    scenario: CustomerScenario, shown: Sequence[int], which: str, scores: Scores
) -> pd.DataFrame:
    """What is known of each product, as assumed and as it is."""
    today, products = scenario.today, scenario.table.bank["products"].iloc[list(shown)]

    def of(values: np.ndarray | None) -> np.ndarray:
        return np.full(len(shown), np.nan) if values is None else values[0, list(shown)]

    return pd.DataFrame(
        {
            "product_id": products["product_id"].to_numpy(),
            "name": products["name"].to_numpy(),
            "category": products["category"].fillna("Other").to_numpy(),
            "score": of(scores.total(which)),
            "score_today": of(today.total(which)),
            "confidence": of(scores.confidence),
            "confidence_today": of(today.confidence),
            "fit": of(scores.fit),
            "fit_today": of(today.fit),
        }
    )


def _move(rank: int | None, before: int | None) -> str:
    if rank is None:
        return "out"
    if before is None:
        return "new"
    return "same" if rank == before else "up" if rank < before else "down"


def _changed(scenario: CustomerScenario, assumed: Assumed) -> list[str]:
    """What differs from today, in words."""
    currency = scenario.table.bank.manifest.currency
    said = [
        f"{METRIC_LABELS[name]} {value:.1f} instead of {scenario.metrics[name]:.1f}"
        for name, value in assumed.metrics.items()
        if abs(value - scenario.metrics[name]) > 1e-9
    ]
    if assumed.mood is not None and assumed.mood != scenario.mood:
        today = "none" if scenario.mood is None else f"{scenario.mood:+.1f}"
        said.append(f"Mood {assumed.mood:+.1f} instead of {today}")
    if assumed.income is not None:
        said.append(f"Income {money(assumed.income, currency)} a year")
    if assumed.balance is not None:
        said.append(f"Balance {money(assumed.balance, currency)}")
    return [*said, *assumed.said]


def _sentence(table: pd.DataFrame, changed: bool) -> str:
    """What becomes of the list."""
    if not changed:
        return "Nothing is changed yet: this is today's list."
    moves = table["move"].value_counts()
    parts = [
        f"{count(moves[move], 'product')} {move}"
        for move in ("new", "out", "up", "down")
        if moves.get(move, 0)
    ]
    return f"Against today: {listing(parts)}." if parts else "The list stays as it is today."
