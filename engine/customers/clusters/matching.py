"""Groups of an earlier edition and of this one in; which are the same, and who moved, out."""

from typing import Final

import numpy as np
import pandas as pd

from engine.customers.clusters.division import DISSOLVED, jaccard

SAME_FROM: Final = DISSOLVED
"""Jaccard index above which a group of this edition is one of before."""


def matched(before: np.ndarray, now: np.ndarray, k: int) -> dict[int, int]:
    """Which group of this edition goes on under which number of before.

    Parameters
    ----------
    before : ndarray of int, shape (n_in_both,)
        Numbers that customers of both editions had.
    now : ndarray of int, shape (n_in_both,)
        Groups that they have, from 0 to k - 1.

    Returns
    -------
    dict
        Group -> number; those who are none of before are left out. No number is given twice, and
        the sum of the Jaccard indexes is the highest that there is.
    """
    from scipy.optimize import linear_sum_assignment

    numbers, codes = np.unique(before, return_inverse=True)
    if not len(numbers):
        return {}
    alike = jaccard(now, codes, k, len(numbers))
    rows, columns = linear_sum_assignment(-alike)
    pairs = zip(rows, columns, strict=True)
    return {int(r): int(numbers[c]) for r, c in pairs if alike[r, c] > SAME_FROM}


def moves(before: pd.Series, now: pd.Series) -> pd.DataFrame:
    """How many customers of both editions went from which segment to which.

    Parameters
    ----------
    before, now : Series indexed by customer_id
        Numbers of segments.

    Returns
    -------
    DataFrame
        from_number, to_number, n; who stayed is there too, the largest move first.
    """
    both = pd.DataFrame({"from_number": before, "to_number": now}).dropna().astype("int64")
    counts = both.value_counts().rename("n").reset_index()
    order = ["n", "from_number", "to_number"]
    return counts.sort_values(order, ascending=[False, True, True], ignore_index=True)
