"""A score table and what is left alone in; each customer's next offer, if it is a confident one."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from engine.explain.confidence import bar_of
from engine.guard.verdicts import RULES
from engine.scoring.score_table import ScoreTable
from engine.vocabulary import LISTS

_LIST = 5
"""Offers of a list that is looked through for a confident one, as many as a page shows."""
_LEFT_ALONE = RULES.index("hidden")


class NextOffers(NamedTuple):
    """Of some customers; arrays of shape (n_rows,)."""

    products: np.ndarray
    """Positions, -1 where nothing may be offered, or nothing is confident enough."""
    chance: np.ndarray
    """Confidence, or the fit where there is no history; NaN without an offer."""
    is_fit: bool


def next_offers(
    table: ScoreTable, rows: np.ndarray, quiet: tuple[np.ndarray, np.ndarray]
) -> NextOffers:
    """The first offer of the list that opens, for customers at `rows`.

    Parameters
    ----------
    quiet : pair of int arrays
        Customers and products that are left alone just now.
    """
    pairs = table.of(rows)
    place = np.full(table.bank.n_customers, -1)
    place[rows] = np.arange(len(rows))
    at, columns = place[quiet[0]], quiet[1]
    if (here := at >= 0).any():
        codes = pairs.codes.copy()
        own, columns = at[here], columns[here]
        codes[own, columns] = np.where(codes[own, columns] == 0, _LEFT_ALONE, codes[own, columns])
        pairs = replace(pairs, codes=codes)
    history = pairs.normaliser is not None
    calibration = table.ranker.model.calibration.with_bar(table.settings.confidence.bar)
    bar = bar_of(calibration, history=history)
    products, chance = np.full(len(rows), -1), np.full(len(rows), np.nan)
    opens = table.lists_that_open(rows)
    for which in LISTS:
        mine = np.flatnonzero(opens == which)
        top = table.top(pairs, mine, which, _LIST)
        sure = np.full(top.shape, -np.inf)
        i, j = np.nonzero(top >= 0)
        told = pairs.confidence(mine[i], top[i, j]) if history else pairs.fit(mine[i], top[i, j])
        sure[i, j] = told
        confident = (top[:, 0] >= 0) & (sure.max(axis=1, initial=-np.inf) >= bar)
        products[mine[confident]] = top[confident, 0]
        chance[mine[confident]] = sure[confident, 0]
    return NextOffers(products, chance, not history)
