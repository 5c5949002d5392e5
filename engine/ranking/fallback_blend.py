"""A simple rival's name in; a blend that ranks by it alone, its score still a sum of parts, out."""

import dataclasses

import numpy as np

from engine.ranking import temporal_split
from engine.ranking.blend import Blend
from engine.ranking.signals import Signals
from engine.ranking.signals.all_signals import NOT_FITTED
from engine.vocabulary import GROWTH, SIGNALS

SERVABLE = {
    "popular_owned": "what most people hold",
    "popular_adopted": "what most people took",
    "item_to_item": "what goes with the products held",
    "lightfm": "what similar customers took",
    "next_steps": "what holders of the same products took next",
    "popularity": "what those who hold as many products took",
}
"""Rivals that can serve in the blend's place -> what they rank by, in words."""
_SIGNAL = {
    "item_to_item": "item_to_item",
    "lightfm": "collaborative",
    "next_steps": "transitions",
    "popularity": "popularity",
}
_PSEUDO_COUNT = 0.5


def servable(fixed: Blend) -> list[str]:
    """Rivals whose scale is known: where a signal began after the fit fold, it is not."""
    return [name for name in SERVABLE if _SIGNAL.get(name, "") in {"", *fixed.centres}]


def fallback(name: str, fixed: Blend, signals: Signals, note: str) -> Blend:
    """Rank by one rival, with what was never fitted on top: own feedback, rules and mood.

    Without a growth aim: its weight was measured to cost nothing beside the blend's scores, and
    beside those of a rival, which lie closer together, it turns the order round.

    Parameters
    ----------
    name : str
        Key of SERVABLE.
    fixed : Blend
        Gives the standardisation, and the weights of the signals that are never fitted.
    signals : Signals
        Of the day on which it serves; popularity is counted from that day's bank.
    """
    weights = {s: fixed.weights[s] for s in NOT_FITTED if s in fixed.weights}
    intercepts = np.zeros(signals.bank.n_products)
    if name in _SIGNAL:
        weights[_SIGNAL[name]] = 1.0
    else:
        counts = np.log(_counts(name, signals) + _PSEUDO_COUNT)
        intercepts = counts - counts.mean()
    return dataclasses.replace(
        fixed,
        weights={s: weights[s] for s in SIGNALS if s in weights},
        intercepts=intercepts,
        fitted=True,
        note=note,
        fallback=name,
        aims={GROWTH: 0.0},
    )


def _counts(name: str, signals: Signals) -> np.ndarray:
    """How many hold, or ever took, each product."""
    if name == "popular_owned":
        return signals.bank.held.sum(axis=0).astype(float)
    adoptions = temporal_split.dated_adoptions(signals.bank)
    since = temporal_split.lately(signals.bank, adoptions, signals.settings.evaluation.stock_share)
    taken = adoptions.loc[adoptions["day"] >= since, "product"]
    return np.bincount(taken.to_numpy(), minlength=signals.bank.n_products).astype(float)
