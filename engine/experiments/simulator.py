"""A seed in; customers, offers and answers whose truth is known, out: what learning is tried on.

Each round is a customer with some offers. An offer is described by its parts, as a score is, and by
which product it is; the chance of yes is a logistic function of both. Nothing of it is a bank.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class World:
    """What the answers are drawn from; the learners never see it.

    Attributes
    ----------
    weights : ndarray of float64, shape (n_runs, n_parts)
        Of the parts.
    offsets : ndarray of float64, shape (n_runs, n_products)
        Of the products: what no part says of them.
    base : float
        Added to every offer, in logits.
    """

    weights: np.ndarray
    offsets: np.ndarray
    base: float

    @classmethod
    def drawn(
        cls, rng: np.random.Generator, n_runs: int, n_products: int = 12, n_parts: int = 4
    ) -> "World":
        """Worlds that differ from run to run; about one offer in eight is taken."""
        weights = rng.normal(0.0, 0.5, (n_runs, n_parts))
        return cls(weights, rng.normal(0.0, 0.8, (n_runs, n_products)), -2.2)

    @property
    def n_features(self) -> int:
        """Parts, and one of each product."""
        return self.weights.shape[1] + self.offsets.shape[1]

    def parts(self, rng: np.random.Generator) -> np.ndarray:
        """Parts of the offers of one customer in each run, (n_runs, n_products, n_parts)."""
        return rng.normal(0.0, 1.0, (*self.offsets.shape, self.weights.shape[1]))

    def features(self, parts: np.ndarray) -> np.ndarray:
        """What a learner is told of each offer, (n_runs, n_products, n_features)."""
        n_runs, n_products, _ = parts.shape
        which = np.broadcast_to(np.eye(n_products), (n_runs, n_products, n_products))
        return np.concatenate([parts, which], axis=2)

    def chance(self, parts: np.ndarray) -> np.ndarray:
        """Of yes to each offer, (n_runs, n_products)."""
        logit = np.einsum("rpk,rk->rp", parts, self.weights) + self.offsets + self.base
        return 1 / (1 + np.exp(-logit))


def logged(
    rng: np.random.Generator, n_logs: int, n: int = 1_500, n_products: int = 6
) -> tuple[tuple[np.ndarray, ...], float]:
    """Logs of a policy that shows at random, and what a better one would be worth.

    Returns
    -------
    tuple of ndarray
        Arguments of `off_policy.estimates`, arrays of shape (n_logs, n): reward, logged, target,
        predicted, predicted_target. The model of answers is wrong on purpose.
    float
        The true mean reward of the target policy on the same customers.
    """
    shape = (n_logs, n, n_products)
    likes = rng.normal(0.0, 1.0, (n_logs, n, 1)) * np.linspace(-1, 1, n_products)
    chance = 1 / (1 + np.exp(1.5 - likes))
    shown_with = _normed(np.exp(0.4 * rng.normal(size=shape)))
    target = _normed(np.exp(2.0 * likes))
    luck = rng.random((n_logs, n, 1))
    shown = (shown_with.cumsum(axis=2) < luck).sum(axis=2).clip(max=n_products - 1)[..., None]

    def of_shown(values: np.ndarray) -> np.ndarray:
        return np.take_along_axis(values, shown, 2)[..., 0]

    reward = (rng.random((n_logs, n)) < of_shown(chance)).astype(float)
    expects = 0.7 * chance + 0.05
    rows = (reward, of_shown(shown_with), of_shown(target), of_shown(expects))
    return (*rows, (target * expects).sum(axis=2)), float((target * chance).sum(axis=2).mean())


def _normed(values: np.ndarray) -> np.ndarray:
    return values / values.sum(axis=2, keepdims=True)
