"""Signals in, one score with its parts out: fixed weights, or a choice model fitted on history."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.ranking.conditional_logit import Choices, conditional_logit
from engine.ranking.signals.all_signals import NOT_FITTED, TABLE
from engine.settings import RankingSettings
from engine.vocabulary import SIGNALS


@dataclass(frozen=True, eq=False)
class Blend:
    """A linear score: weight times standardised signal, plus a product's own intercept."""

    weights: Mapping[str, float]
    centres: Mapping[str, float]
    scales: Mapping[str, float]
    """By signal; a signal that is off has no entry."""
    intercepts: np.ndarray
    """Shape (n_products,). Zeros where the weights are the fixed ones."""
    fitted: bool
    note: str
    """What the weights rest on, in one sentence."""
    fallback: str = ""
    """The simple rival that serves in place of fitted weights; "" where none does."""
    drawn: bool = False
    """Are fitted weights drawn to those that the fit starts from? Where little is known they then
    stay near them."""
    left_out: str = ""
    """Which signals surely hurt on folds and have no weight, and that the limit on a category did,
    in sentences."""
    newcomers: Mapping[str, float] = field(default_factory=dict)
    """Weights for customers who hold nothing, where theirs are others; empty where they are not."""
    aims: Mapping[str, float] = field(default_factory=dict)
    """Weight of a list's own aim that was measured to cost no accuracy that shows, by list; a list
    without an entry was not measured."""
    widened: Mapping[str, int] = field(default_factory=dict)
    """The setting's limit on a category, in words of JSON, where it surely costs accuracy -> the
    limit that serves in its place; another setting is taken as it is."""

    def without(self, signal: str) -> "Blend":
        """The same blend with one signal off."""
        weights = {name: weight for name, weight in self.weights.items() if name != signal}
        return dataclasses.replace(self, weights=weights)

    def with_answers(self, weight: float) -> "Blend":
        """The same blend with what was learned from answers, in its own units, so many times."""
        weights = {**self.weights, "answers": weight}
        return dataclasses.replace(
            self,
            weights={s: weights[s] for s in SIGNALS if s in weights},
            centres={**self.centres, "answers": 0.0},
            scales={**self.scales, "answers": 1.0},
        )

    def standardise(self, raw: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Signals in units of their own deviation, in the vocabulary's order."""
        return {
            s: (raw[s] - self.centres[s]) / self.scales[s]
            for s in SIGNALS
            if s in self.weights and s in raw
        }

    def weight(self, signal: str, *, newcomer: bool) -> float:
        """What a signal counts for one who holds nothing, or for one who holds something."""
        usual = self.weights[signal]
        return self.newcomers.get(signal, usual) if newcomer else usual

    def parts(self, raw: Mapping[str, np.ndarray], newcomers: np.ndarray) -> dict[str, np.ndarray]:
        """What the score is the sum of: each of shape (n_rows, n_products).

        Parameters
        ----------
        raw : mapping of str to ndarray of shape (n_rows, n_products)
        newcomers : ndarray of bool, shape (n_rows,)
            Who holds nothing.
        """
        parts = {}
        for signal, z in self.standardise(raw).items():
            theirs, usual = (self.weight(signal, newcomer=new) for new in (True, False))
            weight = usual if theirs == usual else np.where(newcomers, theirs, usual)[:, None]
            parts[signal] = weight * z
        return parts | {"product": np.tile(self.intercepts, (len(newcomers), 1))}

    def scores(self, raw: Mapping[str, np.ndarray], newcomers: np.ndarray) -> np.ndarray:
        """The sum of `parts`, shape (n_rows, n_products)."""
        return np.sum(list(self.parts(raw, newcomers).values()), axis=0)


def fixed(
    raw: Mapping[str, np.ndarray], candidates: np.ndarray, weights: Mapping[str, float], note: str
) -> Blend:
    """A blend with the weights of settings.toml, standardised on the candidates at hand.

    Parameters
    ----------
    raw : mapping of str to ndarray of shape (n_rows, n_products)
    candidates : ndarray of bool, same shape
    """
    centres, scales = {}, {}
    for signal, values in raw.items():
        seen = values[candidates]
        centre = float(seen.mean()) if seen.size and TABLE[signal].centred else 0.0
        spread = float(seen.std()) if seen.size and TABLE[signal].scaled else 1.0
        centres[signal], scales[signal] = centre, spread if spread > 1e-9 else 1.0
    used = {s: float(weights[s]) for s in SIGNALS if s in raw}
    n_products = candidates.shape[1]
    return Blend(used, centres, scales, np.zeros(n_products), fitted=False, note=note)


def fit(
    start: Blend,
    raw: Mapping[str, np.ndarray],
    newcomers: np.ndarray,
    candidates: np.ndarray,
    adopted: np.ndarray,
    ranking: RankingSettings,
) -> Blend:
    """Fit the weights as a conditional logit: which product was next, given that one was taken.

    Parameters
    ----------
    start : Blend
        Fixed weights; its standardisation and its unfitted weights are kept.
    raw : mapping of str to ndarray of shape (n_adopters, n_products)
        As known before the adoptions.
    newcomers : ndarray of bool, shape (n_adopters,)
        Who held nothing then.
    candidates : ndarray of bool
        What each adopter did not hold then.
    adopted : ndarray of bool
        What they took; a subset of the candidates.
    ranking : RankingSettings
        Its ridge penalties, see `conditional_logit`.

    Returns
    -------
    Blend
        Fitted weights are never negative: more of a signal never lowers a score.

    Notes
    -----
    A conditional logit, see `conditional_logit`. With a small ridge on the intercepts rare
    products shrink to what their signals say. Newcomers have weights of their own, drawn to the
    others', because a signal may mean something else for them: without holdings LightFM tells what
    people with the same needs start with, with holdings what goes with them.
    """
    z = start.standardise(raw)
    free = [s for s in z if s not in NOT_FITTED]
    offset = sum((start.weights[s] * z[s] for s in z if s in NOT_FITTED), np.zeros(adopted.shape))
    guess = np.array([start.weights[s] for s in free])
    usual, theirs, intercepts = conditional_logit(
        Choices(
            np.stack([z[s] for s in free], axis=-1),
            np.where(candidates, offset, -np.inf),
            adopted,
            newcomers,
        ),
        guess,
        ranking,
        guess if start.drawn else 0.0,
    )
    weights = dict(start.weights) | dict(zip(free, usual.tolist(), strict=True))
    own = dict(zip(free, theirs.tolist(), strict=True)) if newcomers.any() else {}
    return dataclasses.replace(
        start,
        weights={s: weights[s] for s in SIGNALS if s in weights},
        newcomers=own,
        intercepts=intercepts,
        fitted=True,
        note=f"Weights fitted on {int(adopted.sum()):,} past adoptions.",
    )
