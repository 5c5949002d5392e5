"""Selection rates by group, and whether scores are blind."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, eq=False)
class FairnessReport:
    """Selection rates by group for one attribute."""

    attribute: str
    """As asked: "gender", "age band", or an intersection, "gender × age band"."""
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
class GroupComparison:
    """What the lists of each group show, beside everybody else's."""

    attribute: str
    """As asked: "gender", or an intersection, "gender × age band"."""
    list: str
    k: int
    """Places that count."""
    table: pd.DataFrame
    """measure, unit ("share", 0-1, or "money", a year), group, n, value, low, high, difference,
    difference_low, difference_high, ratio, ratio_low, ratio_high (to everybody else), p_value,
    q_value, differs (bool), below_four_fifths (bool), note; NaN where too few can be judged."""
    sentence: str
    n: int
    min_n: int
    currency: str
    model_version: str
    as_of: pd.Timestamp
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class ProxyReport:
    """How well the offers alone, and each signal alone, tell who belongs to which group."""

    attribute: str
    list: str
    k: int
    table: pd.DataFrame
    """source, group, n_group, n_others, auc, low, high, p_value, q_value, tells (bool)."""
    sentence: str
    n: int
    model_version: str
    as_of: pd.Timestamp


@dataclass(frozen=True, eq=False)
class BlindingReport:
    """Whether scores change when only gender, age, name or place change."""

    table: pd.DataFrame
    """attribute, n_customers, n_changed, largest_difference."""
    n_changed: int
    sentence: str
