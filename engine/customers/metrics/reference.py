"""The bank's own figures in; a stored reference out, against which one customer is placed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.vocabulary import AUDIENCES, RETAIL

N_QUANTILES: Final = 1001
PLACED: Final = ("value_a_year", "income")


@dataclass(frozen=True, eq=False)
class Reference:
    """What is usual at this bank, so that a customer's value does not depend on the rows at hand.

    Attributes
    ----------
    quantiles : mapping of str to ndarray
        "<figure> of <audience>" -> ascending values, at most 1,001. Retail and corporate customers
        are placed among their own kind.
    spending : ndarray of shape (n_categories,)
        Median share of each spending category among customers with spending.
    """

    quantiles: Mapping[str, np.ndarray]
    spending: np.ndarray

    @classmethod
    def of(cls, features: pd.DataFrame, shares: np.ndarray) -> "Reference":
        """Fit the reference on a whole bank.

        Parameters
        ----------
        features : DataFrame
            One row a customer with audience and the figures of PLACED.
        shares : ndarray of shape (n_customers_with_spending, n_categories)
        """
        quantiles = {}
        for figure in PLACED:
            for audience in AUDIENCES:
                values = features.loc[features["audience"] == audience, figure].dropna()
                ordered = np.sort(values.to_numpy(dtype=float))
                if len(ordered) > N_QUANTILES:
                    ordered = np.quantile(ordered, np.linspace(0, 1, N_QUANTILES))
                quantiles[f"{figure} of {audience}"] = ordered
        medians = np.median(shares, axis=0) if len(shares) else np.zeros(shares.shape[1])
        return cls(quantiles, medians)

    def percentile(self, figure: str, values: np.ndarray, audience: pd.Series) -> np.ndarray:
        """Place of each value among the bank's customers of its audience, 0-1.

        Returns
        -------
        ndarray of shape (n_customers,)
            Midrank: half of those with the same value count as below. NaN stays NaN, and so does
            a figure that nobody of this audience has. Never falls when the value rises.
        """
        places = np.full(len(values), np.nan)
        for name in AUDIENCES:
            known = (audience == name).to_numpy() & ~np.isnan(values)
            ordered = self.quantiles[f"{figure} of {name}"]
            if len(ordered):
                below = np.searchsorted(ordered, values[known], side="left")
                upto = np.searchsorted(ordered, values[known], side="right")
                places[known] = (below + upto) / 2 / len(ordered)
        return places

    def to_dict(self) -> dict[str, Any]:
        """Plain lists, for a JSON file."""
        return {
            "quantiles": {name: values.tolist() for name, values in self.quantiles.items()},
            "spending": self.spending.tolist(),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Reference":
        """The inverse of `to_dict`."""
        quantiles = {name: np.asarray(v, dtype=float) for name, v in stored["quantiles"].items()}
        return cls(quantiles, np.asarray(stored["spending"], dtype=float))


def audience_of(customers: pd.DataFrame) -> pd.Series:
    """Audience of each customer; one that the source does not state is retail."""
    return customers["audience"].where(customers["audience"].isin(AUDIENCES), RETAIL)
