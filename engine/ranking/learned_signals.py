"""The signals that need history: LightFM, item-to-item, next steps, popularity; of one day."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from engine.bank.bank import Bank
from engine.models.factorization import Factorization, fit_factorization
from engine.models.item_to_item import ItemToItem, fit_item_to_item
from engine.models.transitions import Transitions, fit_transitions
from engine.ranking import temporal_split
from engine.ranking.adoption_rates import group_of, log_rates
from engine.ranking.audience import audience_of
from engine.ranking.needs import product_features
from engine.settings import Settings


@dataclass(frozen=True, eq=False)
class Learned:
    """Fitted models, each None where there is too little history (decision 4).

    Attributes
    ----------
    factorization : Factorization or None
    item_to_item : ItemToItem or None
    transitions : Transitions or None
    popularity : ndarray of shape (n_groups, n_products) or None
        See `adoption_rates.log_rates`; comparable within an audience.
    known : ndarray of shape (n_customers,), bool, or None
        Customers with an interaction or a need; the others get a neutral collaborative score.
    """

    factorization: Factorization | None = None
    item_to_item: ItemToItem | None = None
    transitions: Transitions | None = None
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
        if self.transitions is not None:
            found["transitions"] = _centre(self.transitions.scores(held), audience)
        if self.popularity is not None:
            group = group_of(held.sum(axis=1))
            found["popularity"] = _centre(self.popularity[group], audience)
        return found

    def save(self, folder: Path) -> None:
        """Write the arrays of the models that are there."""
        if self.factorization is not None:
            self.factorization.save(folder / "factorization.npz")
        if self.item_to_item is not None:
            self.item_to_item.save(folder / "item_to_item.npz")
        if self.transitions is not None:
            self.transitions.save(folder / "transitions.npz")
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
        factors, next_steps = folder / "factorization.npz", folder / "transitions.npz"
        return cls(
            Factorization.load(factors) if factors.is_file() else None,
            ItemToItem.load(folder / "item_to_item.npz"),
            Transitions.load(next_steps) if next_steps.is_file() else None,
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


def fit(
    bank: Bank,
    interest: pd.DataFrame,
    settings: Settings,
    *,
    wants: sparse.csr_array | None = None,
) -> Learned:
    """Fit the models on what is held and what events say.

    Parameters
    ----------
    bank : Bank
        As known on the day of the fit (`Bank.until`).
    interest : DataFrame
        customer_id, product_id, weight: what events add to holdings (features F89).
    settings : Settings
    wants : csr_array of shape (n_customers, n_phrases), optional
        Shares of each customer's needs on that day (`Needs.weights`): what describes a customer to
        LightFM beside what they took, and alone where they took nothing. Nothing protected is in
        them (engine.customers.interests).
    """
    rows = bank.customer_positions(interest["customer_id"])
    columns = bank.product_positions(interest["product_id"])
    there = (rows >= 0) & (columns >= 0)
    shape = (bank.n_customers, bank.n_products)
    events = sparse.coo_array(
        (interest["weight"].to_numpy(dtype=float)[there], (rows[there], columns[there])),
        shape=shape,
    ).tocsr()
    # Weights of interactions are capped at that of a purchase, whatever the number of clicks.
    weights = (sparse.csr_array(bank.held.astype(np.float64) * 3.0) + events).minimum(3.0) / 3.0
    weights = sparse.csr_array(weights)
    known = np.asarray(weights.sum(axis=1)).ravel() > 0
    features = None
    if wants is not None and settings.models.customer_features:
        features = wants * settings.models.customer_features
        known |= np.diff(features.indptr) > 0
    factors = None
    if weights.nnz:  # on an early day everything that was ever held may be closed
        factors = fit_factorization(
            weights,
            settings,
            customer_features=features,
            product_features=product_features(bank),
        )
    return Learned(
        factors,
        fit_item_to_item(bank.held, settings),
        _transitions(bank, settings),
        log_rates(bank, settings.ranking),
        known,
    )


def _transitions(bank: Bank, settings: Settings) -> Transitions | None:
    """What was taken lately, given what was held on the day before.

    Where everything is dated, nobody held anything on the day before all adoptions: then every
    weight would be 0 and the signal no more than how many hold a product.
    """
    adoptions = temporal_split.dated_adoptions(bank)
    if adoptions.empty:
        return None
    first = temporal_split.lately(bank, adoptions, settings.evaluation.stock_share)
    last = adoptions["day"].max()
    rows = temporal_split.sample_rows(bank.n_customers)
    held = bank.until(first - pd.Timedelta(days=1)).held[rows]
    taken = temporal_split.window(adoptions, first, last, (bank.n_customers, bank.n_products))[rows]
    could = audience_of(bank)[rows] & ~held
    ridge = settings.models.transitions_inverse_ridge
    return fit_transitions(held, taken & could, could, inverse_ridge=ridge)
