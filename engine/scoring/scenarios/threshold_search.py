"""One input, one product in; the nearest value that brings it among the first of a list out."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from engine.scoring.scenarios.inputs import TOLD, Input, need
from engine.scoring.scenarios.scenario import CustomerScenario, Variants

GRID = 41
"""Values tried over a scale besides its bends, in case a signal bends where none is known."""
NUDGE = 1e-6
"""Share of a scale by which the nearest value lies beyond the tie, where a tie is not enough."""
NEW_NEEDS = 3
"""Needs that the customer does not have, tried exactly: those that the scores put first."""


class Enough(NamedTuple):
    """The nearest value that is enough, and the product's place then."""

    value: float
    rank: int


@dataclass(frozen=True, eq=False)
class Race:
    """One product's way among the first of a list, with a customer changed one input at a time."""

    scenario: CustomerScenario
    which: str
    product: int
    first: int
    """Places that count, from the top."""

    def places(self, variants: Variants) -> np.ndarray:
        """The product's place in every variant, from 1; 0 where it is not among the first."""
        totals = self.scenario.scores(variants).total(self.which)
        totals = self.scenario.ordered(self.which, totals)
        allowed = self.scenario.allowed(variants)
        listed = self.scenario.table.top_k.positions(totals, allowed, self.first)
        is_it = listed == self.product
        return np.where(is_it.any(axis=1), is_it.argmax(axis=1) + 1, 0)

    def nearest(self, given: Input) -> Enough | None:
        """The value nearest to today's that brings the product among the first; None for none.

        Notes
        -----
        Between two bends all scores are straight lines, so who is before whom changes only where
        two lines cross. Crossings with the product divide the scale into stretches in which its
        place is the same; one value of each is scored by the real model. The nearest stretch
        that is good enough begins at a tie; the answer lies at most `NUDGE` beyond it.
        """
        edges = self._edges(given)
        middles = (edges[1:] + edges[:-1]) / 2
        good = np.flatnonzero(self.places(given.variants(middles)) > 0)
        if not good.size:
            return None
        above, below = good[edges[good] >= given.now], good[edges[good + 1] <= given.now]
        ways = [(edges[i], edges[i + 1]) for i in above[:1]]
        ways += [(edges[i + 1], edges[i]) for i in below[-1:]]
        near_enough = [value for near, far in ways if (value := self._enough(given, near, far))]
        return min(near_enough, key=lambda one: abs(one.value - given.now), default=None)

    def _edges(self, given: Input) -> np.ndarray:
        """Ends of the stretches in which the product's place is the same."""
        ends = np.array([given.low, given.now, given.high])
        grid = np.concatenate([ends, given.bends, np.linspace(given.low, given.high, GRID)])
        grid = np.unique(np.clip(grid, given.low, given.high))
        totals = self.scenario.scores(given.variants(grid)).total(self.which)
        totals = self.scenario.ordered(self.which, totals)
        ahead = totals[:, [self.product]] - totals
        start, end = ahead[:-1], ahead[1:]
        crosses = start * end < 0
        part = np.divide(start, start - end, out=np.zeros_like(start), where=crosses)
        at = (grid[:-1, None] + part * np.diff(grid)[:, None])[crosses]
        return np.unique(np.concatenate([grid, at]))

    def _enough(self, given: Input, near: float, far: float) -> Enough | None:
        """The stretch's near end where a tie is enough, else a hair beyond it."""
        width = far - near
        small = max(abs(near - given.now) / 1000, 1e-9)
        hair = min(NUDGE * (given.high - given.low), abs(width) / 2, small)
        steps = np.array([near, near + np.sign(width) * hair, near + width / 2])
        places = self.places(given.variants(steps))
        enough = np.flatnonzero(places > 0)
        return Enough(float(steps[enough[0]]), int(places[enough[0]])) if enough.size else None

    def new_needs(self) -> list[Input]:
        """The needs of other customers that would bring the product up with the smallest share."""
        scenario = self.scenario
        if "needs" not in scenario.raw:
            return []
        table = scenario.table.ranker.signals.needs
        others = ~table.phrases.index.isin(scenario.needs["phrase"])
        phrases = np.flatnonzero(table.phrases["kind"].isin(list(TOLD)) & others)
        if not phrases.size or scenario.needs.empty:
            return []
        whole = scenario.raw["needs"][0] - scenario.said
        shares = self._shares(whole, table.similarity[phrases])
        best = [i for i in np.argsort(shares, kind="stable")[:NEW_NEEDS] if shares[i] <= 1]
        return [
            need(row.kind, row.item, 0.0, table.similarity[phrase], whole)
            for phrase, row in zip(
                phrases[best], table.phrases.iloc[phrases[best]].itertuples(), strict=True
            )
        ]

    def _shares(self, whole: np.ndarray, similarity: np.ndarray) -> np.ndarray:
        """Share of each of n needs from which the product is among the first; inf for never.

        Scores are straight lines in the share, so each rival passes the product or is passed by
        it at most once; counting those in the order of their crossings gives the share.
        """
        scenario, product = self.scenario, self.product
        alone = Variants(len(similarity), {}, needs=similarity)
        start = scenario.ordered(self.which, scenario.today.total(self.which))
        end = scenario.ordered(self.which, scenario.scores(alone).total(self.which))
        rivals = np.flatnonzero(scenario.verdicts.allowed[0] & (np.arange(len(whole)) != product))
        before = start[:, [product]] - start[:, rivals]
        after = end[:, [product]] - end[:, rivals]
        passes = (before < 0) & (after > 0)
        passed = (before > 0) & (after < 0)
        moves = passes | passed
        at = np.divide(before, before - after, out=np.full(after.shape, np.inf), where=moves)
        order = np.argsort(at, axis=1, kind="stable")
        step = passed.astype(int) - passes
        ahead = (before < 0).sum(axis=1, keepdims=True)
        ahead = ahead + np.cumsum(np.take_along_axis(step, order, axis=1), axis=1)
        crossed = np.take_along_axis(at, order, axis=1)
        enough = (ahead < self.first) & np.isfinite(crossed)
        return np.where(enough, crossed, np.inf).min(axis=1, initial=np.inf)
