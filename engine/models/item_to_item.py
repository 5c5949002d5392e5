"""What customers hold in; which product goes with which, in closed form, out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy import sparse

from engine.errors import TrainingError
from engine.models.recommender import Matrix, Recommender, as_interactions, check_width

if TYPE_CHECKING:
    from engine.settings import Settings


@dataclass(frozen=True)
class ItemToItem(Recommender):
    """Weights between products.

    Attributes
    ----------
    weights : ndarray of shape (n_products, n_products), float32
        Row: a product that is held; column: what that says for another product. The diagonal is
        zero, so no product recommends itself.
    """

    kind: ClassVar[str] = "item-to-item"
    weights: np.ndarray

    def scores(self, owned: Matrix) -> np.ndarray:
        """Sum of the rows of `weights` of what each customer holds; 0 where nothing is held."""
        check_width(owned, len(self.weights))
        return np.asarray(sparse.csr_array(owned, dtype=np.float32) @ self.weights)


def fit_item_to_item(owned: Matrix, settings: "Settings") -> ItemToItem:
    """Regress each product on all others, with a ridge.

    Parameters
    ----------
    owned : array or sparse matrix of shape (n_customers, n_products)
        True where a customer holds a product; weights are read as held or not.
    settings : Settings
        Reads ``models.ease_l2``.

    Raises
    ------
    TrainingError
        If the matrix is empty or the products' matrix cannot be inverted.

    Notes
    -----
    EASE^R (Steck 2019, arXiv:1905.03375): with G = X'X + l2 I and P = G^-1, the weights are
    -P / diag(P) by column. In 64-bit, kept in 32.
    """
    held = as_interactions(owned).astype(bool).astype(np.float64)
    gram = (held.T @ held).toarray()
    gram[np.diag_indices_from(gram)] += settings.models.ease_l2
    try:
        inverse = np.linalg.inv(gram)
    except np.linalg.LinAlgError as error:
        raise TrainingError(
            f"Item-to-item weights of {len(gram)} products could not be computed: {error}. Raise "
            f"models.ease_l2 (now {settings.models.ease_l2})."
        ) from error
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return ItemToItem(weights.astype(np.float32))
