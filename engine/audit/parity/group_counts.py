"""Flags of customers and the groups they are in; counts and gaps of each group out."""

import numpy as np

from engine import rates
from engine.settings import FairnessSettings


def any_of(pairs: np.ndarray, category: np.ndarray, n_categories: int) -> np.ndarray:
    """Whether any product of a category is set, bool of shape (n_customers, n_categories)."""
    flags = np.zeros((len(pairs), n_categories), dtype=bool)
    for code in range(n_categories):
        flags[:, code] = pairs[:, category == code].any(axis=1)
    return flags


def members_of(codes: np.ndarray, n_groups: int) -> np.ndarray:
    """Membership of shape (n_customers, n_groups), from each customer's group; -1 is in none."""
    return (codes[:, None] == np.arange(n_groups)).astype(np.float32)


def counts(flags: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Members of each group with each flag, whole numbers of shape (n_flags, n_groups).

    32 bits count exactly up to 16.7 million customers.
    """
    return np.rint(flags.T.astype(np.float32) @ members).astype(float)


def category_gaps(
    recipients: np.ndarray,
    eligible: np.ndarray,
    everybody: np.ndarray,
    could: np.ndarray,
    rule: FairnessSettings,
) -> tuple[rates.Difference, np.ndarray]:
    """Each group's share among a category's recipients minus its share among those eligible.

    Parameters
    ----------
    recipients, eligible : ndarray of shape (n_categories, n_groups)
    everybody, could : ndarray of shape (n_categories,)
        All recipients of a category, and all who are eligible for it.

    Returns
    -------
    tuple of Difference and ndarray of bool
        In the order of category and group: the gaps (rates.share_gap), and whether there are
        enough members and recipients to judge one.
    """
    all_recipients, all_eligible = (np.repeat(n, recipients.shape[1]) for n in (everybody, could))
    gaps = rates.share_gap(
        recipients.ravel(),
        all_recipients,
        eligible.ravel(),
        all_eligible,
        level=rule.confidence_level,
    )
    return gaps, (eligible.ravel() >= rule.min_n) & (all_recipients >= rule.min_n)
