"""What was known before a test in; the scores of the simple systems that a blend must beat out."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from engine.audit.evaluation import baselines
from engine.bank.bank import Bank
from engine.ranking import temporal_split
from engine.ranking.signals import Signals
from engine.settings import EvaluationSettings

RULE_LIFT = 10.0
"""Puts a product that a rule names before all others; shares by segment are at most 1."""

ALONE = {
    "item_to_item": "item_to_item",
    "lightfm": "collaborative",
    "next_steps": "transitions",
    "popularity": "popularity",
    "needs": "needs",
    "suitability": "suitability",
    "mood": "mood",
    "feedback": "feedback",
}
"""Systems that are one signal alone -> the signal; rules alone leave most lists in an order of
chance, so the system of that name goes on with what the segment holds."""
SIMPLE = ("popular_owned", "popular_adopted", "rules", "logistic", *ALONE)
"""Rivals that a grade is given against; chance is shown beside them."""


def rivals(signals: Signals, raw: Mapping[str, np.ndarray], rows: np.ndarray, seed: int) -> dict:
    """Scores of every rival, each of shape (n_rows, n_products).

    Parameters
    ----------
    signals : Signals
        Of the bank as known on the day before the test.
    raw : mapping of str to ndarray of shape (n_rows, n_products)
        `signals.raw(rows)`.
    rows : ndarray of int
        Customers who are evaluated.
    """
    then = signals.bank
    adoptions = temporal_split.dated_adoptions(then)
    shape = (then.n_customers, then.n_products)
    chosen = signals.settings.evaluation
    first = temporal_split.lately(then, adoptions, chosen.stock_share)
    adopted = temporal_split.window(adoptions, first, adoptions["day"].max(), shape)
    scores = baselines(then.held, adopted, seed, rows)
    scores["rules"] = _rules(signals, raw, rows, np.ones(then.n_customers, dtype=bool))
    scores["logistic"] = _logistic(then, first, adopted, rows, chosen)
    return scores | {name: raw[signal] for name, signal in ALONE.items() if signal in raw}


def stock_rivals(
    signals: Signals, raw: Mapping[str, np.ndarray], rows: np.ndarray, seed: int
) -> dict[str, np.ndarray]:
    """Scores of the rivals that need no days, counted without the customers who are evaluated."""
    others = np.ones(signals.bank.n_customers, dtype=bool)
    others[rows] = False
    held = signals.bank.held
    shape = (len(rows), signals.bank.n_products)
    scores = {
        "random": np.random.default_rng(seed).random(held.shape)[rows],
        "popular_owned": np.broadcast_to(held[others].sum(axis=0, dtype=float), shape),
        "rules": _rules(signals, raw, rows, others),
    }
    there = {name: raw[signal] for name, signal in ALONE.items() if signal in raw}
    return scores | there


def _rules(
    signals: Signals, raw: Mapping[str, np.ndarray], rows: np.ndarray, counted: np.ndarray
) -> np.ndarray:
    """What a branch does without a model: the named rules, then what the segment holds most.

    Of a segment without anybody who counts, what everybody who counts holds.
    """
    segment = signals.profiles.table["segment"].to_numpy(dtype=object)
    names, codes = np.unique(segment.astype(str), return_inverse=True)
    theirs = [counted & (codes == c) for c in range(len(names))]
    held = signals.bank.held
    share = np.stack([held[who if who.any() else counted].mean(axis=0) for who in theirs])
    fired = raw.get("rules", 0.0)
    return share[codes[rows]] + RULE_LIFT * fired


def _logistic(
    then: Bank,
    first: pd.Timestamp,
    adopted: np.ndarray,
    rows: np.ndarray,
    chosen: EvaluationSettings,
) -> np.ndarray:
    """One regression a product: was it taken, given what was held when the adoptions begin."""
    from sklearn.linear_model import LogisticRegression

    seen = np.arange(0, then.n_customers, max(1, -(-then.n_customers // chosen.logistic_customers)))
    start = then.until(first - pd.Timedelta(days=1)).held[seen]
    adopted = adopted[seen]
    now = then.held.astype(float)
    log_odds = np.full((len(rows), then.n_products), -np.inf)
    for product in range(then.n_products if len(rows) else 0):
        could = ~start[:, product]
        took = adopted[could, product]
        others = np.arange(then.n_products) != product
        if took.all() or not took.any() or not others.any():
            log_odds[:, product] = np.log((took.sum() + 0.5) / (len(took) + 1))
            continue
        model = LogisticRegression(C=chosen.logistic_inverse_ridge, max_iter=1000)
        model.fit(start[could][:, others].astype(float), took)
        log_odds[:, product] = model.decision_function(now[rows][:, others])
    return log_odds
