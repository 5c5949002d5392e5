"""Profiles in; value and churn of each customer together, as value at risk, out."""

import numpy as np

from engine.customers.metrics.learned_metric import CHANCE
from engine.customers.profiles import Profiles


def is_chance(profiles: Profiles) -> bool:
    """Is churn a chance that was learned from labels of 0 and 1?"""
    learned = profiles.learned.get("churn")
    return learned is not None and learned.model.kind == CHANCE


def value_at_risk(profiles: Profiles) -> np.ndarray:
    """Value a year times churn, of each customer, in the bank's currency a year.

    Returns
    -------
    ndarray of float64, shape (n_customers,)
        NaN where churn or value is not known. Who costs the bank money counts as 0.

    Notes
    -----
    Churn is the chance that was learned from labels, else the churn index divided by 10: the index
    is no chance, and that it stands for one here is an assumption.
    """
    table = profiles.table
    value = table["value_a_year"].to_numpy(dtype=float)
    likely = (
        np.asarray(profiles.learned["churn"].predicted, dtype=float)
        if is_chance(profiles)
        else table["churn"].to_numpy(dtype=float) / 10
    )
    likely = np.where(table["churn_known"].to_numpy(dtype=bool), likely, np.nan)
    return np.clip(value, 0.0, None) * likely
