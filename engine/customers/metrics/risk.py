"""Risk appetite: stated tolerance, goals, holdings and bets in, how much risk is sought out."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.customers import claims, lexicon
from engine.customers.claims import Claim
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


def details(row: Mapping[str, Any]) -> dict[str, Claim]:
    """What stands behind each known driver of one customer (`Profiles.figures_of`)."""
    said = {}
    if not np.isnan(row["tolerance"]):
        said["tolerance"] = claims.tolerance(stated=row["risk_tolerance"])
    if not np.isnan(row["goal_risk"]):
        goals = [goal.strip() for goal in row["goals"].split(LIST_SEPARATOR.strip())]
        names = [goal for goal in goals if lexicon.goal_risk(goal) is not None]
        said["goals"] = claims.goals_about_risk(names=names)
    if not np.isnan(row["risky_share"]):
        said["risky_holdings"] = claims.risky_held(
            n=int(row["n_risky"]),
            of=int(row["n_holdings"]),
            estimated=row["risk_is_estimated"],
        )
    if not np.isnan(row["speculative_share"]):
        said["speculative_spending"] = claims.speculation(share=row["speculative_share"])
    return said
