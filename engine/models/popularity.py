"""What customers took in; how popular each product is out: the fallback of all recommenders."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from engine.models.recommender import (
    Matrix,
    as_interactions,
    check_width,
    load_arrays,
    save_arrays,
)


@dataclass(frozen=True)
class Popularity:
    """Share of customers, by weight, who took each product.

    Attributes
    ----------
    shares : ndarray of shape (n_products,), float32
        Sum of a product's weights over n_customers; 0-1 where weights are 0 or 1.
    """

    shares: np.ndarray

    @property
    def n_products(self) -> int:
        """Products that it knows."""
        return len(self.shares)

    def scores(self, owned: Matrix) -> np.ndarray:
        """The same row for every customer, shape (n_customers, n_products), float32, read-only."""
        check_width(owned, self.n_products)
        return np.broadcast_to(self.shares, owned.shape)

    def save(self, path: Path) -> None:
        """Write to one .npz file."""
        save_arrays(path, "popularity", shares=self.shares)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        return cls(*load_arrays(path, "popularity", "shares"))


def fit_popularity(interactions: Matrix) -> Popularity:
    """Count who took what.

    Parameters
    ----------
    interactions : array or sparse matrix of shape (n_customers, n_products)
        Weight of what was taken, 0 or False elsewhere.

    Raises
    ------
    TrainingError
        If the matrix is empty, or a weight is negative or not finite.
    """
    matrix = as_interactions(interactions)
    totals = np.asarray(matrix.sum(axis=0, dtype=np.float64)).ravel()
    return Popularity((totals / matrix.shape[0]).astype(np.float32))
