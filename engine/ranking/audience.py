"""A bank in; which products are meant for which customers out."""

import numpy as np

from engine.bank.bank import Bank
from engine.vocabulary import CORPORATE, RETAIL


def audience_of(bank: Bank) -> np.ndarray:
    """Products meant for the customer's audience, bool (n_customers, n_products)."""
    customers = (bank["customers"]["audience"] == CORPORATE).to_numpy()
    meant = bank["products"]["audience"].fillna(RETAIL).to_numpy(dtype=object)
    table = np.stack([meant == RETAIL, meant == CORPORATE]) | (meant == "any")
    return table[customers.astype(int)]
