"""What the whole base would look like under changed settings, beside today's."""

from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True, eq=False)
class LeverEffect:
    """Today's lists and those under changed settings.

    Attributes
    ----------
    changes : DataFrame
        key, label, today, new: the settings that differ.
    figures : DataFrame
        measure, label, unit (money, count, share), today, new.
    products : DataFrame
        product_id, product, category, and the shares of all customers who get it as their first
        offer (first_today, first_new) and among their first `k` (any_today, any_new).
    groups : DataFrame
        Share of each group with a confident offer: attribute, group, n, rate_*, gap_* (to all
        other groups), low_*, high_*, for today and new.
    gaps : DataFrame
        Largest gaps of a category's offers: attribute, group, category, gap_*, low_*, high_*.
    k : int
        First offers counted.
    n, n_bank : int
        Customers weighed, and customers of the bank.
    margin : float
        Margin of error of a share, with 95 % certainty; 0 where everybody was weighed.
    basis : str
        "propensity", or "fit" where there is no history: what the expected value rests on.
    currency : str
    model_version : str
    as_of : Timestamp
    simulated : bool
    sentence : str
    """

    changes: pd.DataFrame
    figures: pd.DataFrame
    products: pd.DataFrame
    groups: pd.DataFrame
    gaps: pd.DataFrame
    k: int
    n: int
    n_bank: int
    margin: float
    basis: str
    currency: str
    model_version: str
    as_of: pd.Timestamp
    simulated: bool
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """Every field; tables as rows, a missing figure as null."""
        found = dict(vars(self))
        for name, value in found.items():
            if isinstance(value, pd.DataFrame):
                shown = value.astype(object)
                found[name] = shown.where(value.notna(), None).to_dict("records")
        return found
