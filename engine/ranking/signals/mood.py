"""The mood signal: an unhappy customer is sold less to and served more."""

import numpy as np

from engine.bank.bank import Bank


def pressure(bank: Bank) -> np.ndarray:
    """How hard a product sells, shape (n_products,): 0.2-1 for a product, -1 for a service."""
    products = bank["products"]
    margin = products["profit_margin"].fillna(5.0).to_numpy() / 10
    sensitive = products["sensitive"].fillna(False).to_numpy(dtype=bool)
    selling = np.clip(0.2 + 0.6 * margin + 0.2 * sensitive, 0.2, 1.0)
    service = (products["item_type"] == "service").to_numpy()
    return np.where(service, -1.0, selling)


def mood_signal(mood: np.ndarray, selling: np.ndarray) -> np.ndarray:
    """A negative mood lowers sales pressure and raises service items.

    Parameters
    ----------
    mood : ndarray of shape (n_customers,)
        -1..1, NaN where nothing is known; over all of a customer's messages.

    Returns
    -------
    ndarray of shape (n_customers, n_products)
        0 for a neutral, good or unknown mood.
    """
    return np.minimum(np.nan_to_num(mood), 0)[:, None] * selling[None, :]
