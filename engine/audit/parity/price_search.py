"""Scores and groups in; prices that close gaps of attention with the least loss of score out."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from engine.audit.parity.gap_parts import attention_weights
from engine.guard.list_selection import NONE, TopK
from engine.threads import one_thread

ROUNDS: Final = 200
"""Cuts at most (own choice); two groups and two kinds take about 30."""
CLOSE: Final = 1e-6
"""Of the range of the scores: the distance from the best possible at which a search ends."""
TRIES: Final = 6
"""Times that the tolerance is drawn in where ties keep a gap above it (own choice)."""


@dataclass(frozen=True, eq=False)
class PricedLists:
    """Everything that lists under prices are made of."""

    total: np.ndarray
    """Float64, shape (n, n_products). What the order is read from without prices."""
    allowed: np.ndarray
    """Bool, same shape."""
    lists: TopK
    k: int
    members: np.ndarray
    """Float64, shape (n, n_groups). Each customer is in one group."""
    kinds: np.ndarray
    """Float64, shape (n_products, n_kinds)."""
    judged: np.ndarray
    """Bool, shape (n_groups,). Groups whose gaps are to be closed."""

    @cached_property
    def sizes(self) -> np.ndarray:
        """Customers of each group."""
        return self.members.sum(axis=0)

    @cached_property
    def weights(self) -> np.ndarray:
        """Attention of each place, shape (k,)."""
        return attention_weights(self.k)

    @cached_property
    def pull(self) -> np.ndarray:
        """Of a multiplier of one group's gap in the price of each group, shape (n_groups,
        n_groups): a gap is the mean over customers of their pull times their attention."""
        n = len(self.total)
        rest = np.maximum(n - self.sizes, 1)
        pull = np.repeat(-n / rest[:, None], len(self.sizes), axis=1)
        np.fill_diagonal(pull, n / np.maximum(self.sizes, 1))
        return pull

    def picks(self, prices: np.ndarray) -> np.ndarray:
        """Lists of shape (n, k) under prices of shape (n_groups, n_kinds)."""
        cost = (self.members @ prices) @ self.kinds.T
        return self.lists.positions(self.total - cost, self.allowed, self.k)

    def attention(self, picks: np.ndarray) -> np.ndarray:
        """On each kind, shape (n, n_kinds)."""
        kinds = np.vstack([self.kinds, np.zeros(self.kinds.shape[1])])
        return np.einsum("r,nrk->nk", self.weights, kinds[picks])

    def gaps(self, picks: np.ndarray) -> np.ndarray:
        """Mean attention of each group less everybody else's, shape (n_groups, n_kinds)."""
        shown = self.attention(picks)
        sums = self.members.T @ shown
        rest = np.maximum(len(shown) - self.sizes, 1)[:, None]
        return sums / np.maximum(self.sizes, 1)[:, None] - (shown.sum(axis=0) - sums) / rest

    def worst(self, picks: np.ndarray) -> float:
        """The largest gap of a judged group, 0-1."""
        return float(np.abs(self.gaps(picks)[self.judged]).max(initial=0.0))

    def excess(self, picks: np.ndarray, limits: np.ndarray) -> float:
        """By how much a judged group's gap exceeds its limit at most; below 0 where none does."""
        over = np.abs(self.gaps(picks)) - limits
        return float(over[self.judged].max(initial=-np.inf))

    def score(self, picks: np.ndarray) -> float:
        """Mean score of a list, its places weighed by their attention."""
        there = picks != NONE
        values = np.take_along_axis(self.total, np.where(there, picks, 0), axis=1)
        return float((np.where(there, values, 0.0) @ self.weights).mean())


@dataclass(frozen=True, eq=False)
class Found:
    """Prices, and what lists under them are."""

    prices: np.ndarray
    """Float64, shape (n_groups, n_kinds). In units of score; above 0 holds a kind back."""
    picks: np.ndarray
    worst: float
    """Largest gap of a judged group under them."""
    score: float
    """Mean score under them."""
    best: float
    """No lists within the tolerance have a higher mean score: the bound of the linear program."""
    closed: bool
    """Is every gap that is to be closed within the tolerance, and no other wider than it was?"""


@one_thread()
def search(lists: PricedLists, tolerance: float, beyond: np.ndarray | None = None) -> Found:
    """Prices under which no judged group's gap of attention exceeds a tolerance.

    Parameters
    ----------
    tolerance : float
        Of a gap, a share of attention (0-1).
    beyond : ndarray of bool, shape (n_groups, n_kinds), optional
        Gaps that are to be closed; another one may stay as wide as it is, and gets no wider. All
        by default.

    Returns
    -------
    Found
        `closed` is False where customers whose scores are equal cannot be told apart by a price;
        then the prices with the smallest gap are given. Where there is nothing to close, prices
        are 0.

    Notes
    -----
    The lists with the highest mean score within the tolerance solve a linear program (each place of
    each list holds one product, each product stands once, gaps are linear in who stands where). Its
    dual has one multiplier a gap; for given multipliers the best list of a customer is the order by
    score less price, since places are weighed by attention and a category limit is a matroid. The
    dual is minimised by cutting planes (J. E. Kelley, 1960) with HiGHS, all customers at once, and
    its minimum is the program's. One customer a gap is tied at it; where that leaves a gap above
    the tolerance, the search is done again with a little less.
    """
    nothing = np.zeros((len(lists.sizes), lists.kinds.shape[1]))
    start = lists.picks(nothing)
    floor = np.where(True if beyond is None else beyond, 0.0, np.abs(lists.gaps(start)))
    limits, target = np.maximum(floor, tolerance), tolerance
    if lists.excess(start, limits) <= 1e-12:
        score = lists.score(start)
        return Found(nothing, start, lists.worst(start), score, score, closed=True)
    found, least = None, np.inf
    best = np.inf
    for _ in range(TRIES):
        prices, bound = _multipliers(lists, np.maximum(floor, max(target, 0.0)))
        picks = lists.picks(prices)
        excess = lists.excess(picks, limits)
        best = bound if found is None else best
        if found is None or excess < least:
            score, worst = lists.score(picks), lists.worst(picks)
            found = Found(prices, picks, worst, score, best, closed=excess <= 1e-12)
            least = excess
        if excess <= 1e-12 or target <= 0:
            break
        target -= max(1.05 * excess, 0.02 * tolerance)
    return replace(found, best=best)


def _multipliers(lists: PricedLists, limits: np.ndarray) -> tuple[np.ndarray, float]:
    """Prices at the minimum of the dual, and the minimum; `limits` are of every gap."""
    from scipy.optimize import linprog

    closing = np.flatnonzero(lists.judged)
    if len(closing) == len(lists.sizes) == 2:
        closing = closing[:1]  # the other's gap is the same the other way
    shape = (len(closing), lists.kinds.shape[1])
    n, usable = shape[0] * shape[1], lists.total[lists.allowed]
    span = float(np.ptp(usable)) if usable.size else 0.0
    if not n or span == 0:
        picks = lists.picks(np.zeros((len(lists.sizes), shape[1])))
        return np.zeros((len(lists.sizes), shape[1])), lists.score(picks)
    at, cuts, ends = np.zeros(n), [], []
    within = limits[closing].ravel()
    lowest, chosen = np.inf, at
    for _ in range(ROUNDS):
        prices = lists.pull[closing].T @ at.reshape(shape)
        picks = lists.picks(prices)
        gaps = lists.gaps(picks)[closing].ravel()
        value = lists.score(picks) - at @ gaps
        if value + within @ np.abs(at) < lowest:
            lowest, chosen = value + within @ np.abs(at), at
        cuts.append(np.concatenate([-gaps, gaps, [-1.0]]))  # value - gaps (x - at) <= height
        ends.append(-value - gaps @ at)
        solved = linprog(
            np.concatenate([within, within, [1.0]]),
            A_ub=np.array(cuts),
            b_ub=np.array(ends),
            bounds=[(0, span)] * (2 * n) + [(None, None)],
            method="highs",
        )
        if solved.status != 0 or lowest - solved.fun <= CLOSE * span:
            break
        at = solved.x[:n] - solved.x[n : 2 * n]
    return lists.pull[closing].T @ chosen.reshape(shape), lowest
