"""The signals that need history: LightFM, item-to-item and popularity, fitted on one day's bank."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from engine.bank.bank import Bank
from engine.models.factorization import Factorization, fit_factorization
from engine.models.item_to_item import ItemToItem, fit_item_to_item
from engine.ranking.needs import product_features
from engine.ranking.splits import dated_adoptions
from engine.settings import Settings

HELD_EDGES = np.array([1, 2, 3, 5])
"""Groups of customers by what they hold: nothing, 1, 2, 3-4, 5 or more (own choice)."""
SHRINKAGE = 30
"""Adoptions of all groups that a group's own figures are mixed with (own choice)."""


@dataclass(frozen=True, eq=False)
class Learned:
    """Fitted models, each None where there is too little history (decision 4).

    Attributes
    ----------
    factorization : Factorization or None
    item_to_item : ItemToItem or None
    popularity : ndarray of shape (n_groups, n_products) or None
        See `_popularity`; comparable within an audience.
    known : ndarray of shape (n_customers,), bool, or None
        Customers with at least one interaction; the others get a neutral collaborative score.
    """

    factorization: Factorization | None = None
    item_to_item: ItemToItem | None = None
    popularity: np.ndarray | None = None
    known: np.ndarray | None = None

    def raw(
        self, rows: np.ndarray, held: np.ndarray, audience: np.ndarray
    ) -> dict[str, np.ndarray]:
        """The learned signals of some customers, centred over the products of their audience."""
        found = {}
        if self.factorization is not None and self.known is not None:
            scores = self.factorization.scores_of(rows)
            known = self.known[rows][:, None]
            found["collaborative"] = np.where(known, _scaled(scores, audience), 0.0)
        if self.item_to_item is not None:
            # What goes with what has a long tail: a few pairs stand 10 deviations out and would
            # pull the weight of all others towards 0, hence the inverse hyperbolic sine.
            scores = _scaled(self.item_to_item.scores(held), audience)
            found["item_to_item"] = np.arcsinh(scores)
        if self.popularity is not None:
            group = np.searchsorted(HELD_EDGES, held.sum(axis=1), side="right")
            found["popularity"] = _centre(self.popularity[group], audience)
        return found

    def save(self, folder: Path) -> None:
        """Write the arrays of the models that are there."""
        if self.factorization is not None:
            self.factorization.save(folder / "factorization.npz")
        if self.item_to_item is not None:
            self.item_to_item.save(folder / "item_to_item.npz")
        if self.popularity is not None and self.known is not None:
            np.savez(folder / "popularity.npz", popularity=self.popularity, known=self.known)

    @classmethod
    def load(cls, folder: Path) -> "Learned":
        """Read what `save` wrote; models that were off stay off."""
        if not (folder / "popularity.npz").is_file():
            return cls()
        with np.load(folder / "popularity.npz", allow_pickle=False) as arrays:
            popularity, known = arrays["popularity"], arrays["known"]
        # Whether a file that should be there is there was checked with the version's hashes.
        factors = folder / "factorization.npz"
        return cls(
            Factorization.load(factors) if factors.is_file() else None,
            ItemToItem.load(folder / "item_to_item.npz"),
            popularity,
            known,
        )


def _centre(scores: np.ndarray, audience: np.ndarray) -> np.ndarray:
    """Subtract each customer's mean over the products of their audience; elsewhere 0."""
    n = np.maximum(audience.sum(axis=1, keepdims=True), 1)
    mean = np.where(audience, scores, 0.0).sum(axis=1, keepdims=True, dtype=np.float64) / n
    return np.where(audience, scores - mean, 0.0)


def _scaled(scores: np.ndarray, audience: np.ndarray) -> np.ndarray:
    """Centred scores in units of each customer's own deviation.

    A small audience (corporate customers) gives small factors and weights; without this its
    scores would mean nothing beside those of a large one.
    """
    centred = _centre(scores, audience)
    n = np.maximum(audience.sum(axis=1, keepdims=True), 1)
    spread = np.sqrt((centred**2).sum(axis=1, keepdims=True) / n)
    return centred / np.where(spread > 1e-12, spread, 1.0)


def fit(bank: Bank, interest: pd.DataFrame, settings: Settings, *, recent: int = 500) -> Learned:
    """Fit the models on what is held and what events say.

    Parameters
    ----------
    bank : Bank
        As known on the day of the fit (`Bank.until`).
    interest : DataFrame
        customer_id, product_id, weight: what events add to holdings (features F89).
    settings : Settings
    recent : int
        Popularity looks at this many of the latest adoptions, or a quarter of all if that is more.
    """
    rows = bank.customer_positions(interest["customer_id"])
    columns = bank.product_positions(interest["product_id"])
    known = (rows >= 0) & (columns >= 0)
    shape = (bank.n_customers, bank.n_products)
    events = sparse.coo_array(
        (interest["weight"].to_numpy(dtype=float)[known], (rows[known], columns[known])),
        shape=shape,
    ).tocsr()
    # Weights of interactions are capped at that of a purchase, whatever the number of clicks.
    weights = (sparse.csr_array(bank.held.astype(np.float64) * 3.0) + events).minimum(3.0) / 3.0
    weights = sparse.csr_array(weights)
    factors = None
    if weights.nnz:  # on an early day everything that was ever held may be closed
        factors = fit_factorization(weights, settings, product_features=product_features(bank))
    return Learned(
        factors,
        fit_item_to_item(bank.held, settings),
        _popularity(bank, recent),
        np.asarray(weights.sum(axis=1)).ravel() > 0,
    )


def _popularity(bank: Bank, recent: int) -> np.ndarray:
    """Who took what lately, apart for customers who held nothing, 1, 2, 3-4 or more before.

    Returns
    -------
    ndarray of shape (len(HELD_EDGES) + 1, n_products)
        Logarithm of the share of a group's recent adoptions, shrunk towards that of all groups by
        `SHRINKAGE` adoptions. The first product of a newcomer is not the sixth of anybody, and
        what is held (a tenth of a recent adopter each) keeps rare products in sight.
    """
    table = dated_adoptions(bank)
    latest = table.tail(max(recent, len(table) // 4))
    n = bank.n_products
    everyone = np.bincount(latest["product"], minlength=n) + 0.1 * bank.held.sum(axis=0) + 0.5
    share = everyone / everyone.sum()
    group = np.searchsorted(HELD_EDGES, _held_before(bank, latest), side="right")
    n_groups = len(HELD_EDGES) + 1
    cells = group * n + latest["product"].to_numpy()
    counts = np.bincount(cells, minlength=n_groups * n).reshape(n_groups, n)
    total = counts.sum(axis=1, keepdims=True)
    return np.log((counts + SHRINKAGE * share) / (total + SHRINKAGE))


def _held_before(bank: Bank, adoptions: pd.DataFrame) -> np.ndarray:
    """How many products each adopter had taken before that day; undated ones count as before."""
    holdings = bank["holdings"]
    rows = bank.customer_positions(holdings["customer_id"])
    days = holdings["opened_on"].dt.normalize().fillna(pd.Timestamp(0)).to_numpy("datetime64[D]")
    span = np.int64(1_000_000)  # days in 2,700 years: customer and day as one number
    taken = np.sort(rows * span + days.astype(np.int64))
    customer = adoptions["customer"].to_numpy() * span
    day = adoptions["day"].to_numpy("datetime64[D]").astype(np.int64)
    return np.searchsorted(taken, customer + day) - np.searchsorted(taken, customer)
