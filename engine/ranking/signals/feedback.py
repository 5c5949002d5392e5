"""The feedback signal: what customers' own reactions say of the products that they were shown."""

import numpy as np
import pandas as pd
from scipy import sparse

from engine.bank.bank import Bank
from engine.vocabulary import RATING_ASPECTS

# Units of the feedback signal for one event (own choice). "Not suitable" also removes the product
# in the guard; a rating counts by its distance from the middle.
ACTION_UNITS = {
    "dismissed": -1.0,
    "postponed": -0.3,
    "clicked": 0.2,
    "selected": 0.4,
    "accepted": 0.5,
}
MAX_UNITS = 2.0
"""However often one person repeats themselves, the signal stays within -2..2."""


def own_feedback(bank: Bank, events: pd.DataFrame) -> sparse.csr_array:
    """What a customer's own reactions say about each product, shape (n_customers, n_products).

    Of events that stand (retracted ones are left out already), within -2..2; a rating of 0-1
    counts as (rating - .5) * 2, so a default .5 counts nothing.
    """
    rows = bank.customer_positions(events["customer_id"])
    columns = bank.product_positions(events["product_id"])
    rating = events["rating"].fillna(events[list(RATING_ASPECTS)].mean(axis=1))
    units = events["action"].map(ACTION_UNITS).fillna(0.0)
    units = units.where(events["action"] != "rated", ((rating - 0.5) * 2).fillna(0.0))
    units = units.to_numpy(dtype=float)
    known = (rows >= 0) & (columns >= 0) & (units != 0)
    summed = sparse.coo_array(
        (units[known], (rows[known], columns[known])), shape=(bank.n_customers, bank.n_products)
    ).tocsr()
    summed.sum_duplicates()
    summed.data = np.clip(summed.data, -MAX_UNITS, MAX_UNITS)
    return summed
