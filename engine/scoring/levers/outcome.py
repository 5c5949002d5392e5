"""A base and settings in; everybody's first offers under them, and the figures they add up to."""

from dataclasses import dataclass

import numpy as np

from engine.audit.parity.group_prices import GroupPrices
from engine.guard.list_selection import TopK
from engine.ranking.calibration import POOR_FIT
from engine.ranking.objectives import objectives
from engine.scoring.levers.lever_base import LeverBase
from engine.scoring.product_worth import margins
from engine.scoring.score_table import ScoreTable
from engine.settings import Settings
from engine.vocabulary import GROWTH, LISTS, RETENTION

CHUNK = 4096
"""Customers weighed at once: what they need fits into a processor's cache."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What customers would be offered."""

    picks: np.ndarray
    """Int16, shape (n, k). Positions of products, best first; -1 pads."""
    value: np.ndarray
    """Float, shape (n, k). Expected value of each a year, money; 0 where there is none."""
    sure: np.ndarray
    """Bool, shape (n,). Is an offer a confident one?"""
    leaving: np.ndarray
    """Bool, shape (n,). Does the retention list open first?"""
    allowed: np.ndarray
    """Bool, shape (n, n_products)."""

    @property
    def offered(self) -> np.ndarray:
        """Has the customer any offer?"""
        return self.picks[:, 0] >= 0


def outcome(base: LeverBase, settings: Settings, off: frozenset[str], k: int) -> Outcome:
    """First offers under some settings.

    Parameters
    ----------
    off : frozenset of str
        Switches of the guard that are off under them.

    Notes
    -----
    A changed weight is added as a difference to the score of the version, so what nobody changed
    stays to the last bit; a part counts in 32 bits, about 1e-7 of itself. The chances are those of
    the fitted weights, whatever the order: emphasis is what the bank wants, not what is likely.
    """
    blended, ranker = base.pairs.blended, base.table.ranker
    churn = base.table.snapshot.profiles.table["churn"].to_numpy()[base.rows]
    leaving = churn >= settings.metrics.retention_from_churn
    by_list = objectives(ranker.signals, ranker.model.blend.aims, settings.ranking)
    aims = np.stack([by_list[name] for name in LISTS])
    which = np.where(leaving, LISTS.index(RETENTION), LISTS.index(GROWTH))
    weights = {s: n - 1 for s, n in settings.ranking.emphasis.items() if n != 1}
    moved = [(n, base.parts[s]) for s, n in weights.items() if s in base.parts]
    allowed = base.core.copy()
    for name, mask in base.holding_back.items():
        if name not in off:
            allowed &= ~mask
    lists = TopK.of(base.table.bank, settings.guard, ranker.model.blend.widened)
    prices = GroupPrices.of(base.table.bank, settings.fairness)
    picks = np.empty((len(base.rows), k), dtype=np.int16)
    for start in range(0, len(base.rows), CHUNK):
        here = slice(start, start + CHUNK)
        score = blended[here] + aims[which[here]]
        for n, part in moved:
            score += n * part[here]
        for name in LISTS:
            cost = prices.of_rows(name, base.rows[here])
            if cost is not None:
                score -= np.where((which[here] == LISTS.index(name))[:, None], cost, 0.0)
        picks[here] = lists.positions(score, allowed[here], k)
    value, sure = _worth(base, settings, picks)
    return Outcome(picks, value, sure, leaving, allowed)


def first_offers(table: ScoreTable, rows: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """What a table offers in the list that opens first, whatever its settings.

    Returns
    -------
    tuple of ndarray
        `Outcome.picks` and `Outcome.allowed` of the customers at `rows`.
    """
    pairs, opens = table.of(rows), table.lists_that_open(rows)
    picks = np.empty((len(rows), k), dtype=np.int16)
    for name in LISTS:
        at = np.flatnonzero(opens == name)
        picks[at] = table.top(pairs, at, name, k)
    return picks, pairs.allowed


def _worth(base: LeverBase, settings: Settings, picks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Expected value of each pick, and whether each customer has a confident one."""
    bank = base.table.bank
    if not bank.n_products:
        return np.zeros(picks.shape), np.zeros(len(picks), dtype=bool)
    there, product = picks >= 0, np.maximum(picks, 0)
    at = np.arange(len(picks))[:, None]
    calibration = base.calibration.with_bar(settings.confidence.bar)
    confidence = base.pairs.confidence(at, product)
    propensity = calibration.propensity_of(confidence)
    chance = base.pairs.fit(at, product) if propensity is None else propensity
    sureness, least = (chance, POOR_FIT) if confidence is None else (confidence, 0.0)
    bar = least if calibration.bar is None else calibration.bar
    sure = (there & (sureness >= bar)).any(axis=1)
    margin = np.nan_to_num(margins(bank, settings.money), nan=0.0)[product]
    return np.where(there, chance * margin, 0.0), sure
