"""Chances and what was taken in; the set that holds the next product with stated certainty out."""

from typing import Final

import numpy as np

COUNT: Final = "count"
"""The same number of products for everybody: the first N by confidence."""
MASS: Final = "mass"
"""As many products as a customer's own chances need, fewer where one stands out."""
RULES: Final = (COUNT, MASS)
"""In the order in which they win a tie: the simpler first."""


def depth(confidence: np.ndarray, candidates: np.ndarray, rule: str) -> np.ndarray:
    """How much stands above each product: other candidates, or the chance that they have together.

    Parameters
    ----------
    confidence : ndarray of shape (n_customers, n_products)
        Sums to 1 over a customer's candidates.
    candidates : ndarray of bool, same shape
    rule : str
        COUNT or MASS.

    Returns
    -------
    ndarray of shape (n_customers, n_products)
        0 for a customer's first product, infinite where there is no candidate. Ties go to the
        earlier column.
    """
    falling = np.where(candidates, -confidence, np.inf)
    order = np.argsort(falling, axis=1, kind="stable")
    if rule == COUNT:
        above = np.broadcast_to(np.arange(candidates.shape[1], dtype=float), candidates.shape)
    elif rule == MASS:
        sorted_ = np.take_along_axis(np.where(candidates, confidence, 0.0), order, axis=1)
        above = np.cumsum(sorted_, axis=1) - sorted_
    else:
        raise ValueError(f"There is no rule {rule!r}; rules are {COUNT} and {MASS}.")
    depths = np.empty(candidates.shape)
    np.put_along_axis(depths, order, above, axis=1)
    return np.where(candidates, depths, np.inf)


def bound(depths: np.ndarray, share: np.ndarray, level: float) -> float | None:
    """Smallest depth down to which a set must go to hold what is taken at the level.

    Parameters
    ----------
    depths : ndarray of shape (n_customers, n_products)
        Of customers who took something after the chances were known.
    share : ndarray of shape (n_customers, n_products)
        Share of each product in what a customer took; rows sum to 1.

    Returns
    -------
    float or None
        None where there are too few customers for any promise at this level.

    Notes
    -----
    Split conformal prediction; a customer who took several products counts each in part, which
    makes it conformal risk control (Angelopoulos, Bates, Fisch, Lei & Schuster, ICLR 2024): the
    share missed, plus one customer who misses everything, stays within 1 - level. It holds on
    average over customers like these, and not for each group or for another season.
    """
    n = len(depths)
    missed = (n + 1) * (1 - level) - 1
    if missed < -1e-9:
        return None
    taken = share > 0
    order = np.argsort(depths[taken], kind="stable")
    held = np.cumsum(share[taken][order])
    enough = np.flatnonzero(held >= n - max(missed, 0.0) - 1e-9)
    return float(depths[taken][order][enough[0]]) if len(enough) else None


def members(
    confidence: np.ndarray, candidates: np.ndarray, rule: str, down_to: float
) -> np.ndarray:
    """Which products are in each customer's set, bool of shape (n_customers, n_products)."""
    return candidates & (depth(confidence, candidates, rule) <= down_to)
