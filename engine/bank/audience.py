"""A bank in; who is a company, and which products are meant for people or for companies, out."""

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.vocabulary import CORPORATE, RETAIL

ANY = "any"


def is_company(customers: pd.DataFrame) -> np.ndarray:
    """Bool (n_customers,); who states no audience is a person."""
    return (customers["audience"] == CORPORATE).to_numpy(dtype=bool)


def meant_for(products: pd.DataFrame) -> np.ndarray:
    """Products for people in row 0 and for companies in row 1, bool (2, n_products).

    Nothing stated means people, "any" means both.
    """
    stated = products["audience"].fillna(RETAIL).to_numpy(dtype=object)
    return np.stack([stated == RETAIL, stated == CORPORATE]) | (stated == ANY)


def in_audience(bank: Bank) -> np.ndarray:
    """Products meant for the customer, bool (n_customers, n_products)."""
    return meant_for(bank["products"])[is_company(bank["customers"]).astype(int)]
