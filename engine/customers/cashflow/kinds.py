"""Recurring payments in; what kind each is, from its direction, category and words, out."""

from typing import Final

import numpy as np

from engine.bank.stored_rows import Rows
from engine.customers import lexicon
from engine.customers.cashflow.recurring import RecurringPayments
from engine.vocabulary import SPENDING_CATEGORIES

KINDS: Final = ("salary", "income", "bill", "subscription", "transfer", "habit")
_SALARY: Final = lexicon.pattern(
    ["salary", "salaries", "wage", "wages", "payroll", "pension", "stipend", "paycheck"]
)
_SUBSCRIPTION: Final = lexicon.pattern(
    ["subscription", "subscriptions", "membership", "streaming", "premium plan", "monthly pass"]
)
_BILLS: Final = (
    "housing",
    "utilities",
    "telecom",
    "insurance",
    "education",
    "health",
    "children and family",
    "fees and charges",
)
_TRANSFERS: Final = ("cash and transfers", "investments")


def kinds_of(series: RecurringPayments, transactions: Rows) -> np.ndarray:
    """Kind of each series.

    Parameters
    ----------
    transactions : Rows
        The bank's; merchant and description of each series' latest booking are read.

    Returns
    -------
    ndarray of str, shape (n_series,)
        salary, income; bill (what a household owes), transfer, subscription (always the same
        amount, or called one), habit (what merely comes regularly). Source: own choice.
    """
    table = series.table
    latest = transactions.take(table["last_row"].to_numpy(), ["merchant", "description"])
    text = (latest["merchant"].fillna("") + " | " + latest["description"].fillna("")).str.lower()
    comes_in = (table["amount"] > 0).to_numpy()
    code = table["code"].to_numpy()
    called = text.str.contains(_SUBSCRIPTION, regex=True).to_numpy(dtype=bool)
    paid = text.str.contains(_SALARY, regex=True).to_numpy(dtype=bool)
    return np.select(
        [
            comes_in & paid,
            comes_in,
            called,
            np.isin(code, [SPENDING_CATEGORIES.index(c) for c in _BILLS]),
            np.isin(code, [SPENDING_CATEGORIES.index(c) for c in _TRANSFERS]),
            table["fixed"].to_numpy(),
        ],
        ["salary", "income", "subscription", "bill", "transfer", "subscription"],
        default="habit",
    )
