"""One customer with other inputs in; the list that follows, beside today's, out."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from engine.audit.parity import move_claims
from engine.errors import BadInput
from engine.explain.wording import count, figure, listing, money
from engine.figures import signed
from engine.labels import METRIC_LABELS
from engine.ranking.ranker import Scores
from engine.results import WhatIf
from engine.scoring.scenarios.scenario import CustomerScenario, Variants

FROZEN = (
    "Only what is moved changes. The metrics do not follow balance and income, which decide what "
    "may be offered; the segment follows churn and profit where offers are learned by segment. The "
    "rest of the bank stays as it is. Nothing of it is stored."
)


def assumed(
    metrics: Mapping[str, float],
    mood: float | None,
    income: float | None,
    balance: float | None,
    needs: np.ndarray | None,
) -> Variants:
    """One customer otherwise, as somebody asked; None leaves an input as it is.

    Parameters
    ----------
    metrics : mapping of str to float
        Of churn, profit, risk and acumen, 0-10.
    mood : float or None
        -1 to 1.
    income, balance : float or None
        Bank's currency, not negative.
    needs : ndarray of shape (n_products,) or None
        The raw needs signal.

    Raises
    ------
    BadInput
        If a value is off its scale.
    """
    for name, value in metrics.items():
        if name not in METRIC_LABELS:
            raise BadInput(f"There is no metric {name!r}; metrics are {', '.join(METRIC_LABELS)}.")
        _check(METRIC_LABELS[name], value, 0, 10)
    _check("Mood", mood, -1, 1)
    _check("Income", income, 0, np.inf)
    _check("Balance", balance, 0, np.inf)
    one = [None if value is None else np.array([float(value)]) for value in (mood, income, balance)]
    return Variants(
        1,
        {name: np.array([float(value)]) for name, value in metrics.items()},
        mood=one[0],
        income=one[1],
        balance=one[2],
        needs=None if needs is None else needs[None, :],
    )


def _check(label: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not low <= value <= high:
        ends = f"from {figure(low)}" + ("" if np.isinf(high) else f" to {figure(high)}")
        raise BadInput(f"Got {label.lower()} {value}; expected {ends}.")


def what_if(
    scenario: CustomerScenario, which: str, variants: Variants, said: Sequence[str], k: int
) -> WhatIf:
    """Score the customer as assumed and lay the list beside today's.

    Parameters
    ----------
    said : sequence of str
        What it changes about the needs, in words.
    """
    verdicts = scenario.judged(variants)
    scores = scenario.scores(variants)
    new = scenario.listed(scores, verdicts.allowed, which, k)
    old = scenario.listed(scenario.today, scenario.verdicts.allowed, which, k)
    shown = [*new, *(product for product in old if product not in set(new))]
    table = _figures(scenario, shown, which, scores)
    ranks, before = ({p: i + 1 for i, p in enumerate(listed)} for listed in (new, old))
    table.insert(3, "rank", [ranks.get(p, np.nan) for p in shown])
    table.insert(4, "rank_today", [before.get(p, np.nan) for p in shown])
    table.insert(5, "move", [_move(ranks.get(p), before.get(p)) for p in shown])
    table["reason"] = ["" if verdicts.allowed[0, p] else verdicts.reason(0, p) for p in shown]
    changed = (*_changed(scenario, variants), *said)
    return WhatIf(
        customer_id=str(scenario.table.bank.customer_ids[scenario.row]),
        list=which,
        table=table.astype({"rank": float, "rank_today": float}),
        changed=changed,
        sentence=_sentence(table, bool(changed)),
        notes=(FROZEN, *_priced(scenario, which)),
    )


def _priced(scenario: CustomerScenario, which: str) -> list[str]:
    """That the order is not that of the scores alone, where an experiment or prices make it."""
    if (told := scenario.by_arm) is not None:
        return [f"{told.text}."]
    reasons = scenario.table.group_prices.reasons(which, scenario.row)
    return [f"{move_claims.uses(attribute=a, kinds=kinds).text}." for a, kinds in reasons]


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


def _changed(scenario: CustomerScenario, variants: Variants) -> list[str]:
    """What differs from today but for the needs, in words."""
    currency = scenario.table.bank.manifest.currency
    said = [
        f"{METRIC_LABELS[name]} {value:.1f} instead of {scenario.metrics[name]:.1f}"
        for name, (value,) in variants.metrics.items()
        if abs(value - scenario.metrics[name]) > 1e-9
    ]
    if variants.mood is not None and variants.mood[0] != scenario.mood:
        today = "none" if scenario.mood is None else signed(scenario.mood, 1)
        said.append(f"Mood {signed(variants.mood[0], 1)} instead of {today}")
    if variants.income is not None:
        said.append(f"Income {money(variants.income[0], currency)} a year")
    if variants.balance is not None:
        said.append(f"Balance {money(variants.balance[0], currency)}")
    return said


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
