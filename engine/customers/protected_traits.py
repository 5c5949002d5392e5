"""A bank in; what every metric, need and signal may see of it out: no protected trait, no proxy."""

import json
import re
from collections.abc import Collection

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.vocabulary import FORBIDDEN_FEATURES


def without_protected_traits(bank: Bank, proxies: Collection[str] = ()) -> Bank:
    """Empty what no score may read, so that nothing downstream can.

    Parameters
    ----------
    proxies : collection of str
        Columns of the customers table, or fields that a source keeps in `attributes`, which stand
        for a protected trait in this bank: the setting `fairness.proxies`.

    Returns
    -------
    Bank
        The same but for its customers table. Eligibility, the audit and the customer's own page
        read the bank itself.
    """
    hidden = FORBIDDEN_FEATURES | set(proxies)
    customers = bank["customers"]
    nowhere = np.zeros(len(customers), dtype=bool)
    emptied = {name: customers[name].where(nowhere) for name in customers if name in hidden}
    return bank.with_checked(
        customers=customers.assign(**emptied, attributes=_without(customers["attributes"], hidden))
    )


def _without(attributes: pd.Series, hidden: Collection[str]) -> pd.Series:
    """JSON objects without some of their fields, whatever the case of their names."""
    named = "|".join(map(re.escape, sorted(hidden)))
    holds = attributes.str.contains(rf'"(?:{named})":', case=False, regex=True, na=False)
    if not holds.any():
        return attributes
    kept = attributes.copy()
    kept.loc[holds] = [_stripped(cell, hidden) for cell in attributes[holds]]
    return kept


def _stripped(cell: str, hidden: Collection[str]) -> str:
    fields = json.loads(cell)
    return json.dumps(
        {name: value for name, value in fields.items() if name.lower() not in hidden},
        ensure_ascii=False,
    )
