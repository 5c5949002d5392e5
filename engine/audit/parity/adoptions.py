"""What models learn from in; what each group has taken, beside everybody else, out.

Lists can be even while the history that teaches them is not: where a group was refused, or left
unrecorded, models learn that it does not take. That shows here, before any list.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from engine.audit.parity import list_measures
from engine.audit.parity.list_measures import SHARE
from engine.bank.bank import Bank
from engine.settings import FairnessSettings

HOLDS_ANY: Final = "has taken any product"
HOLDS_BENEFIT: Final = "has taken savings or investments"
HOLDS_BURDEN: Final = "has taken credit"
N_TAKEN: Final = "products taken"
TOOK_LATELY: Final = "took a product in the last year"
NUMBER: Final = "number"
UNITS: Final = {
    HOLDS_ANY: SHARE,
    HOLDS_BENEFIT: SHARE,
    HOLDS_BURDEN: SHARE,
    TOOK_LATELY: SHARE,
    N_TAKEN: NUMBER,
}
"""Measure -> its unit: a share of customers (0-1), or products a customer."""
_YEAR: Final = pd.Timedelta(days=365)


def taken(bank: Bank, rule: FairnessSettings) -> dict[str, np.ndarray]:
    """What each customer has taken, by the holdings of a bank.

    Returns
    -------
    dict of str to ndarray of float64, shape (n_customers,)
        Measure -> figure. A pair of customer and product counts once, also after it was closed. The
        last year is missing where no holding has a day.
    """
    holdings = bank["holdings"]
    rows = bank.customer_positions(holdings["customer_id"])
    columns = bank.product_positions(holdings["product_id"])
    day = holdings["opened_on"]
    known = (rows >= 0) & (columns >= 0) & ~(day > bank.as_of).to_numpy(dtype=bool)
    has = np.zeros((bank.n_customers, bank.n_products), dtype=bool)
    has[rows[known], columns[known]] = True
    lately = np.full(bank.n_customers, np.nan)
    if day.notna().any():
        lately[:] = 0.0
        lately[rows[known & (day > bank.as_of - _YEAR).to_numpy(dtype=bool)]] = 1.0
    category = bank["products"]["category"].to_numpy(dtype=object)
    benefit, burden = (np.isin(category, names) for names in (rule.benefits, rule.burdens))
    return {
        HOLDS_ANY: has.any(axis=1).astype(float),
        HOLDS_BENEFIT: has[:, benefit].any(axis=1).astype(float),
        HOLDS_BURDEN: has[:, burden].any(axis=1).astype(float),
        TOOK_LATELY: lately,
        N_TAKEN: has.sum(axis=1).astype(float),
    }


def compared(bank: Bank, group: pd.Series, rule: FairnessSettings) -> pd.DataFrame:
    """Each group's holdings beside everybody else's, in the columns of `list_measures.compared`;
    without the screening ratio of four fifths, which is of what is offered."""
    return compared_of(taken(bank, rule), group, rule)


def compared_of(
    measures: Mapping[str, np.ndarray], group: pd.Series, rule: FairnessSettings
) -> pd.DataFrame:
    """The same of figures that are `taken` already."""
    rates = [measure for measure, unit in UNITS.items() if unit == SHARE]
    table = list_measures.compared(measures, group, rule, UNITS, rates)
    return table.drop(columns="below_four_fifths")


def sentence(table: pd.DataFrame, rule: FairnessSettings) -> str:
    """How many comparisons differ beyond chance, and the largest of them."""
    return list_measures.sentence(table, rule)


def notes(bank: Bank, n_left_out: int) -> tuple[str, ...]:
    """What to know when a comparison is read."""
    said = [
        "What groups have taken may differ for good reasons, such as age or income, and for bad "
        "ones, such as refusals or sales that passed a group by; models learn both alike.",
    ]
    if n_left_out:
        said.append(
            f"{n_left_out:,} customers whom no model learns from, since they object, are left out."
        )
    if bank.manifest.simulated:
        said.append("Simulated bank: these figures describe generated customers.")
    return tuple(said)
