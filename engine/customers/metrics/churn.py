"""Churn: features in, signs of leaving within 90 days out; an index, not a chance."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.customers import wording
from engine.settings import MetricsSettings

NOTE: Final = "An index of leaving within 90 days, not a chance: not learned from labels."
DRIVERS: Final = {
    "complaints": "Complaints",
    "balance_trend": "Balance",
    "spending_trend": "Spending",
    "activity": "Activity",
    "mood": "Mood in messages",
    "satisfaction": "Satisfaction",
    "products": "Products held",
    "tenure": "Time with the bank",
}
_USUAL_PRODUCTS: Final = 2.0
_SETTLED_YEARS: Final = 3.0
_PERIOD: Final = "last 3 months against the 9 before"


def strengths(features: pd.DataFrame, settings: MetricsSettings) -> pd.DataFrame:
    """How strongly each driver speaks for leaving, -1 to 1, NaN where unknown.

    Notes
    -----
    Trends compare with the customer's own past, never with others, so a fall always counts and
    no other customer's data can hide it. Complaints only add: 1 - exp(-load), where load sums
    over tickets severity x recency x 1.5 if repeated x .4 if resolved. The mood of all other
    messages is a sum, not a mean. Thereby one more unresolved ticket never lowers churn, and
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
            "complaints": -np.expm1(-features["complaint_load"].to_numpy(dtype=float)),
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


def details(row: Mapping[str, Any]) -> dict[str, str]:
    """What stands behind each known driver of one customer, in plain words."""
    texts = {}
    for key, name, change in (
        ("balance_trend", "Balance", "balance_change"),
        ("spending_trend", "Spending", "spending_change"),
        ("activity", "Transactions a month", "activity_change"),
    ):
        if not np.isnan(row[change]):
            texts[key] = f"{name} {wording.direction(row[change])} ({_PERIOD})"
    if row["dormant"]:
        texts["activity"] = "The bank marks the account as hardly used"
    if row["n_complaints"]:
        texts["complaints"] = (
            f"{wording.count(row['n_complaints'], 'complaint')}, "
            f"{int(row['n_complaints_open'])} unresolved, "
            f"{int(row['n_complaints_repeated'])} repeated; recent ones count more"
        )
    if row["n_said"]:
        tone = {-1: "negative", 0: "neutral", 1: "positive"}[np.sign(row["said"])]
        messages = wording.count(row["n_said"], "other message")
        texts["mood"] = f"{messages}, {tone} on the whole"
    if not np.isnan(row["satisfaction"]):
        texts["satisfaction"] = f"Satisfaction {wording.percent((row['satisfaction'] + 1) / 2)}"
    if not np.isnan(row["n_holdings"]):
        texts["products"] = f"Holds {wording.count(row['n_holdings'], 'product')}"
    if not np.isnan(row["tenure_years"]):
        texts["tenure"] = f"Customer for {row['tenure_years']:.1f} years"
    return texts
