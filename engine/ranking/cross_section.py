"""A bank without days in; what customers hold, one holding of each hidden in turn, as folds out."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pandas as pd

from engine.bank.audience import in_audience
from engine.bank.bank import Bank
from engine.bank.hidden_holdings import NONE, holdings_without, without_holdings
from engine.ranking.adopters import Adopters
from engine.ranking.signals import Signals, learned
from engine.ranking.signals.learned import LearnedModels
from engine.ranking.temporal_split import sample_rows
from engine.settings import Settings

N_FOLDS, N_FOLDS_OF_MANY = 5, 2
"""Groups of customers; few where there are many customers, who tell enough (own choice)."""
MANY = 20_000
_HIDING = 1
"""Draws of its own: with those of the rival “by chance” that one would know what is hidden."""


def hidden_holdings(bank: Bank, seed: int) -> np.ndarray:
    """One holding of each customer, drawn by chance among those that a list could have held.

    Returns
    -------
    ndarray of int, shape (n_customers,)
        Position of the product; NONE for who holds nothing.
    """
    held = bank.held & in_audience(bank)
    draw = np.where(held, np.random.default_rng([seed, _HIDING]).random(held.shape), -1.0)
    hidden = draw.argmax(axis=1) if bank.n_products else np.zeros(bank.n_customers, dtype=int)
    kept = np.zeros(bank.n_customers, dtype=bool)
    kept[sample_rows(bank.n_customers)] = True
    return np.where(held.any(axis=1) & kept, hidden, NONE)


def folds(
    bank: Bank,
    signals_of: Callable[[Bank, LearnedModels], Signals],
    interest_of: Callable[[Bank], pd.DataFrame],
    settings: Settings,
) -> list[Adopters]:
    """Groups of customers, each with one holding hidden, and what the others' holdings say of it.

    What goes with what and what is popular is learned from the other groups; LightFM, which places
    customers, also sees what is left of a group's own. Profiles and needs are those of a bank in
    which the hidden holdings have left every table.
    """
    hidden = hidden_holdings(bank, settings.models.seed)
    there = np.flatnonzero(hidden != NONE)
    n_folds = N_FOLDS if len(there) <= MANY else N_FOLDS_OF_MANY
    n_folds = min(n_folds, len(there))
    if n_folds < 2:
        return []
    order = np.random.default_rng([settings.models.seed, _HIDING + 1]).permutation(there)
    bare = without_holdings(bank, hidden)
    signals = signals_of(bare, LearnedModels())
    found = []
    for start in range(n_folds):
        mine = np.zeros(bank.n_customers, dtype=bool)
        mine[order[start::n_folds]] = True
        left = holdings_without(bank, np.where(mine, hidden, NONE))
        seen = bare.with_checked(holdings=left["holdings"])
        models = learned.fit_stock(
            seen,
            interest_of(seen),
            settings,
            wants=signals.needs.weights,
            others=~mine,
            segment=signals.profiles.table["segment"],
        )
        then = dataclasses.replace(signals, bank=seen, learned=models, settings=settings)
        found.append(_fold(then, np.flatnonzero(mine), hidden))
    return [fold for fold in found if len(fold.rows)]


def _fold(signals: Signals, rows: np.ndarray, hidden: np.ndarray) -> Adopters:
    candidates = signals.candidates[rows]
    adopted = np.zeros_like(candidates)
    adopted[np.arange(len(rows)), hidden[rows]] = True
    day = signals.bank.as_of
    fold = Adopters(
        day,
        day,
        signals.raw(rows),
        signals.newcomers(rows),
        candidates,
        adopted & candidates,
        rows,
        signals,
    )
    return fold.within(candidates)
