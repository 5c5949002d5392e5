"""Profit: yearly margin, income and credit score in, their place within the bank out."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.customers import claims
from engine.customers.claims import Claim
from engine.customers.metrics.reference import Reference

NOTE: Final = "Yearly margin from stated assumptions (settings, section money), placed in the bank."
DRIVERS: Final = {
    "margin": "Yearly margin",
    "income": "Income",
    "credit": "Credit score",
}
CREDIT_MIDDLE: Final = 650.0
CREDIT_SPAN: Final = 200.0
"""300 to 450 is the lowest and 850 the highest strength (the ends of the usual scale)."""


def strengths(features: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """How strongly each driver speaks for profit, -1 to 1, NaN where unknown.

    Notes
    -----
    Margin and income enter by their percentile among the bank's customers of the same audience,
    the credit score on a fixed scale; so profit never falls when one of them rises.
    """

    def place(figure: str) -> np.ndarray:
        values = features[figure].to_numpy(dtype=float)
        return 2 * reference.percentile(figure, values, features["audience"]) - 1

    return pd.DataFrame(
        {
            "margin": place("value_a_year"),
            "income": place("income"),
            "credit": credit_strength(features["credit_score"].to_numpy(dtype=float)),
        },
        index=features.index,
    )


def credit_strength(scores: np.ndarray) -> np.ndarray:
    """-1 at 450 and under, 0 at 650, 1 at 850."""
    return np.clip((scores - CREDIT_MIDDLE) / CREDIT_SPAN, -1, 1)


def details(row: Mapping[str, Any]) -> dict[str, Claim]:
    """What stands behind each known driver of one customer (`Profiles.figures_of`)."""
    said, currency = {}, row["currency"]
    if not np.isnan(row["value_a_year"]):
        said["margin"] = claims.margin(
            amount=row["value_a_year"],
            parts=row["value_parts"],
            n=row["n_spending"],
            span=row["span_spending"],
            currency=currency,
        )
    if not np.isnan(row["income"]):
        said["income"] = claims.income(
            amount=row["income"],
            stated=row["income_stated"],
            n=row["n_income"],
            span=row["span_income"],
            revenue=row["income_is_revenue"],
            currency=currency,
        )
    if not np.isnan(row["credit_score"]):
        said["credit"] = claims.credit_score(value=row["credit_score"])
    return said
