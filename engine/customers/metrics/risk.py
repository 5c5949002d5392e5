"""Risk appetite: stated tolerance, goals, holdings and bets in, how much risk is sought out."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.customers import wording
from engine.customers.metrics.scorecard import evidence
from engine.vocabulary import LIST_SEPARATOR

NOTE: Final = "Not for credit decisions."
DRIVERS: Final = {
    "tolerance": "Stated tolerance",
    "goals": "Goals about risk",
    "risky_holdings": "Risky products held",
    "speculative_spending": "Speculative spending",
}
_MUCH_SPECULATION: Final = 0.15
_FULL_RISKY_SHARE: Final = 0.5


def strengths(features: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    """How strongly each driver speaks for seeking risk, NaN where unknown.

    Parameters
    ----------
    weights : mapping
        Points of the drivers; see Notes.

    Returns
    -------
    DataFrame
        From -1 to 1. Goals go beyond where no tolerance is stated.

    Notes
    -----
    Where no tolerance is stated, goals carry its weight beside their own: then they are all that
    the customer has said about risk.

    Neither age nor gender is read. Holding only safe products, or no speculative spending, is a
    weak sign of caution (.2 and .1); most people hold and buy such things.
    """
    risky = features["risky_share"].to_numpy(dtype=float) / _FULL_RISKY_SHARE
    speculative = features["speculative_share"].to_numpy(dtype=float) / _MUCH_SPECULATION
    tolerance = features["tolerance"].to_numpy(dtype=float)
    both = (weights["goals"] + weights["tolerance"]) / max(weights["goals"], 1e-9)
    goals = features["goal_risk"].to_numpy(dtype=float) * np.where(np.isnan(tolerance), both, 1.0)
    return pd.DataFrame(
        {
            "tolerance": tolerance,
            "goals": goals,
            "risky_holdings": evidence(risky, absent=0.2),
            "speculative_spending": evidence(speculative, absent=0.1),
        },
        index=features.index,
    )


def details(row: Mapping[str, Any]) -> dict[str, str]:
    """What stands behind each known driver of one customer, in plain words."""
    texts = {}
    if not np.isnan(row["tolerance"]):
        texts["tolerance"] = f"States a {row['risk_tolerance']} tolerance for risk"
    if not np.isnan(row["goal_risk"]):
        texts["goals"] = f"Goals: {row['goals'].replace(LIST_SEPARATOR, ', ')}"
    if not np.isnan(row["risky_share"]):
        texts["risky_holdings"] = (
            f"{int(row['n_risky'])} of {wording.count(row['n_holdings'], 'product')} held "
            "with a customer risk of 6 or more"
        )
    if not np.isnan(row["speculative_share"]):
        texts["speculative_spending"] = (
            f"{wording.percent(row['speculative_share'])} of spending on shares, crypto or bets"
        )
    return texts
