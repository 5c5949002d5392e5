"""What customers took, and features of both sides, in; LightFM's representations out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy import sparse

from engine.errors import TrainingError
from engine.models.recommender import Matrix, Recommender, as_interactions, check_width

if TYPE_CHECKING:
    from engine.settings import Settings


@dataclass(frozen=True)
class Factorization(Recommender):
    """Where customers and products lie in one space.

    Attributes
    ----------
    customer_factors : ndarray of shape (n_customers, n_factors), float32
    customer_bias : ndarray of shape (n_customers,), float32
    product_factors : ndarray of shape (n_products, n_factors), float32
    product_bias : ndarray of shape (n_products,), float32
    """

    kind: ClassVar[str] = "factorization"
    customer_factors: np.ndarray
    customer_bias: np.ndarray
    product_factors: np.ndarray
    product_bias: np.ndarray

    def scores(self, owned: Matrix | None = None) -> np.ndarray:
        """Score every product for the customers of the fit, by one matrix product.

        Parameters
        ----------
        owned : array or sparse matrix of shape (n_customers, n_products), optional
            Only its shape is read: what was held is in the factors already.

        Returns
        -------
        ndarray of shape (n_customers, n_products), float32

        Raises
        ------
        TrainingError
            If `owned` has other customers or products than the fit.
        """
        if owned is not None:
            check_width(owned, len(self.product_bias))
            if owned.shape[0] != len(self.customer_bias):
                raise TrainingError(
                    f"Got {owned.shape[0]} customers for a factorization of "
                    f"{len(self.customer_bias)}. Customers have changed: fit the model again."
                )
        scores = self.customer_factors @ self.product_factors.T
        scores += self.product_bias
        scores += self.customer_bias[:, None]
        return scores

    def scores_of(self, rows: np.ndarray) -> np.ndarray:
        """Products for the customers at `rows`, without what is the customer's own.

        Returns
        -------
        ndarray of shape (len(rows), n_products), float32

        Notes
        -----
        Factor by factor, so that a customer's scores are the same to the last bit whoever else
        is scored: a matrix product adds in an order that depends on the number of rows.
        """
        customers, products = self.customer_factors[rows], self.product_factors
        scores = np.zeros((len(rows), len(products)), dtype=np.float32)
        for factor in range(products.shape[1]):
            scores += customers[:, factor, None] * products[:, factor]
        return scores + self.product_bias


def fit_factorization(
    interactions: Matrix,
    settings: "Settings",
    *,
    customer_features: Matrix | None = None,
    product_features: Matrix | None = None,
) -> Factorization:
    """Fit LightFM with the WARP loss.

    Parameters
    ----------
    interactions : array or sparse matrix of shape (n_customers, n_products)
        Weight of what was taken, 0 or False elsewhere.
    settings : Settings
        Reads ``models.factors``, ``epochs``, ``learning_rate``, ``l2``, ``seed`` and ``threads``;
        with one thread the same seed gives the same bytes.
    customer_features : array or sparse matrix of shape (n_customers, n_customer_features), optional
        Not negative. Gender, age, name and place must not be among them.
    product_features : array or sparse matrix of shape (n_products, n_product_features), optional
        Not negative.

    Raises
    ------
    TrainingError
        If there is nothing to learn from, shapes disagree, a feature is negative or not finite,
        or the fit diverges.

    Notes
    -----
    Each customer and product also has a feature of its own, except those that took or were taken
    by nobody: they are described by their features alone, and without any by the products' bias,
    so a newcomer gets the popular products and not a random draw.
    """
    matrix = as_interactions(interactions)
    if not matrix.nnz:
        raise TrainingError(
            "No interaction at all: there is nothing to factorize. Use popularity, or import "
            "holdings or events."
        )
    seen_customers = np.diff(matrix.indptr) > 0
    seen_products = np.bincount(matrix.indices, minlength=matrix.shape[1]) > 0
    customers = _features(customer_features, seen_customers, "customer_features")
    products = _features(product_features, seen_products, "product_features")
    model = _fit(matrix.tocoo(), customers, products, settings)
    customer_bias, customer_factors = model.get_user_representations(customers)
    product_bias, product_factors = model.get_item_representations(products)
    arrays = (customer_factors, customer_bias, product_factors, product_bias)
    return Factorization(*(np.ascontiguousarray(array, np.float32) for array in arrays))


def _features(features: Matrix | None, seen: np.ndarray, name: str) -> sparse.csr_matrix:
    """One feature of its own for each row that was seen, then the given ones; rows sum to 1."""
    own = sparse.diags_array(seen.astype(np.float32), format="csr")
    given = sparse.csr_array((len(seen), 0), dtype=np.float32)
    if features is not None:
        given = sparse.csr_array(features, dtype=np.float32)
        if given.ndim != 2 or given.shape[0] != len(seen):
            raise TrainingError(
                f"Got {name} of shape {given.shape}; expected ({len(seen)}, n_features)."
            )
        if not np.isfinite(given.data).all() or (given.data < 0).any():
            raise TrainingError(
                f"{name} hold NaN, an infinite or a negative number; fill or scale them to 0-1."
            )
    both = sparse.hstack([own, given], format="csr")
    totals = np.asarray(both.sum(axis=1)).ravel()
    scale = np.divide(1.0, totals, out=np.zeros_like(totals), where=totals > 0)
    features = sparse.csr_matrix(sparse.diags_array(scale) @ both, dtype=np.float32)
    # LightFM reads 32-bit positions; SciPy gives 64-bit ones for some inputs.
    features.indices = features.indices.astype(np.int32)
    features.indptr = features.indptr.astype(np.int32)
    return features


def _fit(
    matrix: sparse.coo_array,
    customers: sparse.csr_matrix,
    products: sparse.csr_matrix,
    settings: "Settings",
) -> Any:
    """Run LightFM; its asserts and bare exceptions become a TrainingError here and only here."""
    from lightfm import LightFM

    chosen = settings.models
    taken = sparse.coo_matrix(
        (np.ones(matrix.nnz, np.float32), matrix.coords), shape=matrix.shape, dtype=np.float32
    )
    weights = sparse.coo_matrix((matrix.data, matrix.coords), shape=matrix.shape)
    try:
        model = LightFM(
            no_components=chosen.factors,
            loss="warp",
            learning_rate=chosen.learning_rate,
            item_alpha=chosen.l2,
            user_alpha=chosen.l2,
            random_state=chosen.seed,
        )
        return model.fit(
            taken,
            user_features=customers,
            item_features=products,
            sample_weight=weights,
            epochs=chosen.epochs,
            num_threads=chosen.threads,
        )
    except Exception as error:  # LightFM raises bare Exception and AssertionError too
        raise TrainingError(
            f"LightFM could not be fitted on {matrix.shape[0]} customers, {matrix.shape[1]} "
            f"products and {matrix.nnz} interactions: {error or type(error).__name__}. A smaller "
            f"models.learning_rate (now {chosen.learning_rate}) helps where it diverged."
        ) from error
