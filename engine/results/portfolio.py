"""The portfolio at a glance."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, eq=False)
class Insights:
    """The portfolio at a glance.

    Attributes
    ----------
    figures : mapping
        Label -> (value, unit, change or None): unit is "money", "share", "count" or "metric".
    sentences : tuple of str
        Each with count, segment, evidence and action (F114).
    segments : DataFrame
        segment, churn_band, value_band, n, share, value_a_year, mean_churn, action.
    customers : DataFrame
        One row a customer for the map: customer_id, name, segment, churn, profit, value_a_year.
    needs : DataFrame
        need, n, share, top_product.
    lift : DataFrame
        segment, product, n, rate, base_rate, lift, low, high.
    mood : DataFrame
        month, mood, n (empty where messages have no dates).
    """

    figures: Mapping[str, tuple[float, str, float | None]]
    sentences: tuple[str, ...]
    segments: pd.DataFrame
    customers: pd.DataFrame
    needs: pd.DataFrame
    lift: pd.DataFrame
    mood: pd.DataFrame
    notes: tuple[str, ...] = ()
