"""The collaborative signal: what similar customers take, by LightFM."""

import numpy as np
import pandas as pd
from scipy import sparse

from engine.bank.bank import Bank
from engine.bank.tables import explode_list
from engine.models.factorization import Factorization, fit_factorization
from engine.ranking.signals.centring import scaled
from engine.settings import Settings


def fit(
    bank: Bank, interest: pd.DataFrame, settings: Settings, wants: sparse.csr_array | None
) -> tuple[Factorization | None, np.ndarray]:
    """Fit LightFM on what is held and what events say.

    Parameters
    ----------
    bank, interest, settings, wants
        See `learned.fit`. `wants` describes a customer beside what they took, and alone where
        they took nothing; nothing protected is in it (engine.customers.interests).

    Returns
    -------
    factorization : Factorization or None
        None where nothing is held and nothing was said.
    known : ndarray of bool, shape (n_customers,)
        Who has an interaction or a need.
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
    if not weights.nnz:  # on an early day everything that was ever held may be closed
        return None, known
    products = product_features(bank)
    factors = fit_factorization(
        weights, settings, customer_features=features, product_features=products
    )
    return factors, known


def product_features(bank: Bank) -> sparse.csr_array:
    """Products' categories, subcategories, tiers and tags as 0/1 features of LightFM, by name."""
    products = bank["products"]
    rows, names = [], []
    for column in ("category", "subcategory", "tier", "tags"):
        known = explode_list(products[[column]], column)[column].str.lower()
        rows.append(known.index.to_numpy())
        names.append((column + ":" + known).to_numpy(dtype=object))
    codes, features = pd.factorize(np.concatenate(names), sort=True)
    flags = np.ones(len(codes), dtype=np.float32)
    return sparse.csr_array(
        (flags, (np.concatenate(rows), codes)), shape=(len(products), len(features))
    )


def raw(
    model: Factorization | None, known: np.ndarray | None, rows: np.ndarray, audience: np.ndarray
) -> np.ndarray | None:
    """What similar customers take; 0 for customers of whom nothing is known."""
    if model is None or known is None:
        return None
    scores = scaled(model.scores_of(rows), audience)
    return np.where(known[rows][:, None], scores, 0.0)
