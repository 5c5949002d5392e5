"""One customer of a score table in; their scores, verdicts and the list chosen from them out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from engine.guard.verdicts import Verdicts
from engine.ranking.ranker import Scores
from engine.scoring.lists import places_of
from engine.scoring.score_table import ScoreTable
from engine.snapshot.snapshot import Snapshot

ORDERS = ("score", "value", "interests")
"""What a list may be ordered by."""
INTERESTS = ("needs", "mood", "feedback")
"""Parts of a score that say what the customer wants just now."""


@dataclass(frozen=True, eq=False)
class CustomerScores:
    """One row of everything, and one list from it: also all that a receipt of the list says."""

    snapshot: Snapshot
    now: datetime
    scores: Scores
    verdicts: Verdicts
    expected_value: np.ndarray
    """Shape (n_products,). Money a year; NaN where no margin is set."""
    list: str
    k: int
    order: str
    """One of `ORDERS`."""
    positions: np.ndarray
    """Products on the list, best first."""
    pushed_out: np.ndarray
    """Bool, shape (n_products,). Would be on the list but for the category limit."""
    places_before: np.ndarray | None = None
    """Int, shape (n_products,). Place of each product by score alone, from 1, 0 for none; None
    where no price on a group is this customer's and no experiment orders their lists."""

    @property
    def row(self) -> int:
        """Position of the customer in the bank."""
        return int(self.scores.rows[0])


def customer_scores(
    table: ScoreTable, row: int, which: str, k: int = 5, order: str = "score"
) -> CustomerScores:
    """Score and judge one customer and choose a list."""
    scores, verdicts = table.judged(np.array([row]))
    chance = scores.fit if scores.propensity is None else scores.propensity
    value = chance * table.margins
    worth = np.nan_to_num(value, nan=0.0)
    plain = worth if order == "value" else scores.total(which)
    own = table.arms is not None and bool(table.arms.is_ordered(scores.rows)[0])
    by_value = order == "value" and not own
    ranked = plain if by_value else table.ordered(which, scores.rows, plain)
    priced = own or (order != "value" and table.group_prices.reasons(which, row))
    allowed = verdicts.allowed
    chosen = table.top_k.positions(ranked, allowed, k)
    positions = chosen[0][chosen[0] >= 0]
    if order == "interests" and not own:
        positions = _by_interests(positions, scores.parts)
    return CustomerScores(
        snapshot=table.snapshot,
        now=table.now,
        scores=scores,
        verdicts=verdicts,
        expected_value=value[0],
        list=which,
        k=k,
        order=order,
        positions=positions,
        pushed_out=table.top_k.pushed_out(ranked, allowed, chosen)[0],
        places_before=places_of(table.top_k, plain, allowed)[0] if priced else None,
    )


def _by_interests(positions: np.ndarray, parts: Mapping[str, np.ndarray]) -> np.ndarray:
    """The same offers, those first that the customer's interests, mood and reactions favour.

    What is equal in that stays in the order of the scores.
    """
    wanted = sum(parts[part][0, positions] for part in INTERESTS if part in parts)
    return positions[np.argsort(-np.broadcast_to(wanted, positions.shape), kind="stable")]
