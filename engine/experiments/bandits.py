"""Features of offers in, one at a time; the offer to show, learned from what came of it, out.

LinUCB with one model for all products (Li, Chu, Langford and Schapire, WWW 2010, in the form of
Abbasi-Yadkori, Pal and Szepesvari, NeurIPS 2011): an offer is worth what a ridge regression expects
of it and more where little is known of it. `width` 0 is the greedy learner that never tries.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.experiments.simulator import World
from engine.rates import LEVEL

RANDOM, GREEDY, LINUCB = "random", "greedy", "LinUCB"
WIDTH: Final = 0.35
"""Standard errors that an offer is given for what is not known of it (own choice: .1 to .5 gain
alike on the simulator)."""
RIDGE: Final = 1.0


class LinUcb:
    """Learners of several runs side by side.

    Parameters
    ----------
    n_runs, n_features : int
    width : float
        Of the bonus for what is not known; 0 for a greedy learner.
    """

    def __init__(self, n_runs: int, n_features: int, *, width: float = WIDTH):
        self._width = width
        self._inverse = np.tile(np.eye(n_features) / RIDGE, (n_runs, 1, 1))
        self._sums = np.zeros((n_runs, n_features))

    def worth(self, features: np.ndarray) -> np.ndarray:
        """Of each run's offers, (n_runs, n_products), from (n_runs, n_products, n_features)."""
        mean = np.einsum("rpf,rf->rp", features, np.einsum("rfg,rg->rf", self._inverse, self._sums))
        if not self._width:
            return mean
        unknown = np.einsum("rpf,rfg,rpg->rp", features, self._inverse, features, optimize=True)
        return mean + self._width * np.sqrt(np.maximum(unknown, 0.0))

    def learn(self, features: np.ndarray, reward: np.ndarray) -> None:
        """What came of the offer that each run showed: (n_runs, n_features) and (n_runs,).

        The inverse is updated by one row (Sherman and Morrison, Annals of Mathematical Statistics
        21, 1950).
        """
        along = np.einsum("rfg,rg->rf", self._inverse, features)
        scale = 1 + np.einsum("rf,rf->r", features, along)
        self._inverse -= np.einsum("rf,rg->rfg", along, along) / scale[:, None, None]
        self._sums += reward[:, None] * features


@dataclass(frozen=True, eq=False)
class Contest:
    """Taken offers of a round in each run and by each learner, and how they differ."""

    taken: dict[str, np.ndarray]
    """Learner -> expected share of yes over all rounds, (n_runs,); also "best": who knows."""

    def margin(self, other: str, level: float = LEVEL) -> tuple[float, float, float]:
        """LinUCB less another, of 1,000 rounds, with the interval over runs (paired t)."""
        from scipy.special import stdtrit

        apart = 1000 * (self.taken[LINUCB] - self.taken[other])
        half = stdtrit(len(apart) - 1, 0.5 + level / 2) * apart.std(ddof=1) / np.sqrt(len(apart))
        return float(apart.mean()), float(apart.mean() - half), float(apart.mean() + half)


def contest(seed: int, *, n_runs: int = 50, n_rounds: int = 2_000, width: float = WIDTH) -> Contest:
    """Random, greedy and LinUCB on the same customers of the same worlds; same seed, same figures.

    What is compared is the chance of yes to what each shows, so that the draw of the answers adds
    no noise of its own; they learn from the answers alone.
    """
    rng = np.random.default_rng(seed)
    world = World.drawn(rng, n_runs)
    runs, n_products = np.arange(n_runs), world.offsets.shape[1]
    learners = {
        GREEDY: LinUcb(n_runs, world.n_features, width=0.0),
        LINUCB: LinUcb(n_runs, world.n_features, width=width),
    }
    total = {name: np.zeros(n_runs) for name in (RANDOM, GREEDY, LINUCB, "best")}
    for _ in range(n_rounds):
        parts = world.parts(rng)
        chance, features = world.chance(parts), world.features(parts)
        luck, first = rng.random(n_runs), rng.integers(n_products, size=n_runs)
        total[RANDOM] += chance[runs, first]
        total["best"] += chance.max(axis=1)
        for name, learner in learners.items():
            shown = learner.worth(features).argmax(axis=1)
            total[name] += chance[runs, shown]
            learner.learn(features[runs, shown], (luck < chance[runs, shown]).astype(float))
    return Contest({name: taken / n_rounds for name, taken in total.items()})
