"""What customers held and then took in; the log-odds of taking each product, given what is held."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import sparse

from engine.errors import TrainingError
from engine.models.recommender import Matrix, Recommender, check_width


@dataclass(frozen=True)
class Transitions(Recommender):
    """One logistic regression a product, all in one table.

    Attributes
    ----------
    weights : ndarray of shape (n_products, n_products), float32
        Row: a product that is held; column: what that adds to the log-odds of taking another. The
        diagonal is zero.
    intercepts : ndarray of shape (n_products,), float32
        Log-odds for somebody who holds nothing.
    """

    kind: ClassVar[str] = "transitions"
    weights: np.ndarray
    intercepts: np.ndarray

    def scores(self, owned: Matrix) -> np.ndarray:
        """Log-odds of taking each product."""
        check_width(owned, len(self.weights))
        log_odds = np.asarray(sparse.csr_array(owned, dtype=np.float32) @ self.weights)
        return log_odds + self.intercepts


def fit_transitions(
    held: np.ndarray, taken: np.ndarray, could: np.ndarray, *, inverse_ridge: float
) -> Transitions:
    """Regress what was taken later on what was held before, product by product.

    Parameters
    ----------
    held : ndarray of bool, shape (n_customers, n_products)
        On the day on which the adoptions begin.
    taken : ndarray of bool, same shape
        Since then.
    could : ndarray of bool, same shape
        Whose regression of a product a customer belongs to: it is meant for them and they lacked
        it.
    inverse_ridge : float
        1 / l2 of scikit-learn's LogisticRegression; small values lean on how often a product is
        taken by anybody.

    Raises
    ------
    TrainingError
        If the tables differ in shape or are empty.
    """
    from sklearn.linear_model import LogisticRegression

    if not held.shape == taken.shape == could.shape or 0 in held.shape:
        raise TrainingError(
            f"Got tables of shapes {held.shape}, {taken.shape} and {could.shape}; expected three "
            "of (n_customers, n_products) with at least one of each."
        )
    n = held.shape[1]
    weights, intercepts = np.zeros((n, n)), np.zeros(n)
    before = held.astype(np.float64)
    for product in range(n):
        rows, others = could[:, product], np.arange(n) != product
        took = taken[rows, product]
        if not took.any() or took.all() or n == 1:
            share = (took.sum() + 0.5) / (len(took) + 1)
            intercepts[product] = np.log(share / (1 - share))
            continue
        model = LogisticRegression(C=inverse_ridge, max_iter=1000)
        model.fit(before[rows][:, others], took)
        weights[others, product] = model.coef_[0]
        intercepts[product] = model.intercept_[0]
    return Transitions(weights.astype(np.float32), intercepts.astype(np.float32))
