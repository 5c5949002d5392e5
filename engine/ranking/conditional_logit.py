"""Signals of adopters and what they took in, weights and intercepts of a conditional logit out."""

from dataclasses import dataclass

import numpy as np

from engine.settings import RankingSettings


@dataclass(frozen=True, eq=False)
class Choices:
    """What adopters could take, what they took, and what was known of each product before."""

    x: np.ndarray
    """Shape (n_adopters, n_products, n_signals). Standardised signals."""
    offset: np.ndarray
    """Shape (n_adopters, n_products). Utility that is not fitted; -inf for what could not be
    taken."""
    adopted: np.ndarray
    """Bool, shape (n_adopters, n_products). At least one product each, none with an offset of
    -inf."""
    newcomers: np.ndarray
    """Bool, shape (n_adopters,). Whose weights are those of newcomers."""

    def split(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Weights, those of newcomers, and the products' intercepts."""
        k = self.x.shape[-1]
        return theta[:k], theta[k : 2 * k], theta[2 * k :]

    def loss(self, theta: np.ndarray) -> tuple[float, list[np.ndarray]]:
        """Minus the log-likelihood, and its slopes in the three parts of `split`."""
        usual, theirs, intercepts = self.split(theta)
        weights = np.where(self.newcomers[:, None], theirs, usual)
        utility = np.einsum("ijk,ik->ij", self.x, weights) + intercepts + self.offset
        top = utility.max(axis=1, keepdims=True)
        odds = np.exp(utility - top)
        total = odds.sum(axis=1, keepdims=True)
        n_taken = self.adopted.sum(axis=1, keepdims=True)
        residual = n_taken * odds / total - self.adopted
        slopes = np.einsum("ij,ijk->ik", residual, self.x)
        value = (n_taken * (np.log(total) + top)).sum() - utility[self.adopted].sum()
        return float(value), [
            slopes[~self.newcomers].sum(axis=0),
            slopes[self.newcomers].sum(axis=0),
            residual.sum(axis=0),
        ]


def conditional_logit(
    choices: Choices,
    guess: np.ndarray,
    ranking: RankingSettings,
    drawn_to: np.ndarray | float = 0.0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fit the weights under which what was taken was likeliest.

    Parameters
    ----------
    guess : ndarray of shape (n_signals,)
        Where the search for both kinds of weights starts.
    drawn_to : ndarray of shape (n_signals,), optional
        Weights that the ridge draws to; 0 by default.
    ranking : RankingSettings
        l2_weights, l2_newcomers, l2_intercepts: ridge penalties, in adoptions; that of newcomers
        is on how far their weights lie from those of customers who hold something.

    Returns
    -------
    tuple of ndarray
        Weights and those of newcomers, shape (n_signals,), never negative; intercepts, shape
        (n_products,).

    Notes
    -----
    McFadden (1974), "Conditional logit analysis of qualitative choice behavior"; partial pooling:
    Gelman and Hill (2007), chapter 12.
    """
    from scipy.optimize import minimize

    l2_weights, l2_newcomers = ranking.l2_weights, ranking.l2_newcomers
    l2_intercepts = ranking.l2_intercepts

    def penalised(theta: np.ndarray) -> tuple[float, np.ndarray]:
        value, (usual_slope, theirs_slope, intercepts_slope) = choices.loss(theta)
        usual, theirs, intercepts = choices.split(theta)
        apart = theirs - usual
        value += l2_weights * ((usual - drawn_to) ** 2).sum() + l2_newcomers * (apart**2).sum()
        value += l2_intercepts * (intercepts**2).sum()
        gradient = [
            usual_slope + 2 * l2_weights * (usual - drawn_to) - 2 * l2_newcomers * apart,
            theirs_slope + 2 * l2_newcomers * apart,
            intercepts_slope + 2 * l2_intercepts * intercepts,
        ]
        return float(value), np.concatenate(gradient)

    n_products = choices.offset.shape[1]
    begin = np.concatenate([guess, guess, np.zeros(n_products)])
    bounds = [(0.0, None)] * (2 * len(guess)) + [(None, None)] * n_products
    fitted = minimize(penalised, begin, jac=True, method="L-BFGS-B", bounds=bounds)
    return choices.split(fitted.x)
