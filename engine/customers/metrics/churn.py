"""Churn: features in, signs of leaving within 90 days out; an index, not a chance."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.customers import claims
from engine.customers.claims import Claim
from engine.settings import MetricsSettings

NOTE: Final = "An index of leaving within 90 days, not a chance: not learned from labels."
DRIVERS: Final = {
    "complaints": "Cases",
    "balance_trend": "Balance",
    "spending_trend": "Spending",
    "activity": "Activity",
    "mood": "Mood in messages",
    "satisfaction": "Satisfaction",
    "products": "Products held",
    "tenure": "Time since joining",
}
_USUAL_PRODUCTS: Final = 2.0
_SETTLED_YEARS: Final = 3.0


def strengths(features: pd.DataFrame, settings: MetricsSettings) -> pd.DataFrame:
    """How strongly each driver speaks for leaving, -1 to 1, NaN where unknown.

    Notes
    -----
    Trends compare with the customer's own past, never with others, so a fall always counts and
    no other customer's data can hide it. Cases only add: 1 - exp(-load), where load sums
    over cases severity x recency x 1.5 if repeated x .4 if resolved. The mood of all other
    messages is a sum, not a mean. Thereby one more unresolved case never lowers churn, and
    neither does a falling balance.
    """

    def fall(change: str) -> np.ndarray:
        return -np.tanh(features[change].to_numpy(dtype=float) / settings.large_change)

    dormant = features["dormant"].to_numpy(dtype=bool)
    activity = fall("activity_change")
    n_held = features["n_holdings"].to_numpy(dtype=float)
    tenure = features["tenure_years"].to_numpy(dtype=float)
    return pd.DataFrame(
        {
            "complaints": -np.expm1(-features["case_load"].to_numpy(dtype=float)),
            "balance_trend": fall("balance_change"),
            "spending_trend": fall("spending_change"),
            "activity": np.where(dormant, 1.0, activity),
            "mood": -np.tanh(features["said"].to_numpy(dtype=float) / 2),
            "satisfaction": -features["satisfaction"].to_numpy(dtype=float),
            "products": np.clip((_USUAL_PRODUCTS - n_held) / _USUAL_PRODUCTS, -1, 1),
            "tenure": np.clip((_SETTLED_YEARS - tenure) / _SETTLED_YEARS, -1, 1),
        },
        index=features.index,
    )


def details(row: Mapping[str, Any]) -> dict[str, Claim]:
    """What stands behind each known driver of one customer (`Profiles.figures_of`)."""
    said = {}
    for key, name, change in (
        ("balance_trend", "Balance", "balance_change"),
        ("spending_trend", "Spending", "spending_change"),
        ("activity", "Transactions a month", "activity_change"),
    ):
        if not np.isnan(row[change]):
            said[key] = claims.change(figure=name, share=row[change], **row["bases"][change])
    if row["dormant"]:
        said["activity"] = claims.dormant()
    if row["n_cases"]:
        n_open, n_repeated = int(row["n_cases_open"]), int(row["n_cases_repeated"])
        said["complaints"] = claims.cases(
            n=int(row["n_cases"]), n_open=n_open, n_repeated=n_repeated
        )
    if row["n_said"]:
        said["mood"] = claims.tone(n=int(row["n_said"]), mean=row["tone"])
    if not np.isnan(row["satisfaction"]):
        said["satisfaction"] = claims.satisfaction(value=row["satisfaction"])
    if not np.isnan(row["n_holdings"]):
        said["products"] = claims.held(n=int(row["n_holdings"]), besides=row["besides"])
    if not np.isnan(row["tenure_years"]):
        said["tenure"] = claims.tenure(years=row["tenure_years"])
    return said
