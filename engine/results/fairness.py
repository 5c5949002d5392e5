"""Selection rates by group, and whether scores are blind."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, eq=False)
class FairnessReport:
    """Selection rates by group for one attribute."""

    attribute: str
    """"gender", "age band" or "income band"."""
    list: str
    overall: pd.DataFrame
    """group, n, n_with_offer, rate, low, high: who got any offer."""
    table: pd.DataFrame
    """category, group, n_eligible, n_recipients, share_of_recipients, share_of_eligible, gap
    (percentage points / 100), low, high, p_value, alert (bool), judged (bool), note."""
    alerts: tuple[str, ...]
    sentence: str
    min_n: int
    alert_gap: float
    n: int
    model_version: str
    as_of: pd.Timestamp
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class BlindingReport:
    """Whether scores change when only gender, age, name or place change."""

    table: pd.DataFrame
    """attribute, n_customers, n_changed, largest_difference."""
    n_changed: int
    sentence: str
