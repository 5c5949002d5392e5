"""Selection rates by group, and whether scores are blind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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
class AdoptionComparison:
    """What each group has taken, beside everybody else, in the data that models learn from."""

    attribute: str
    table: pd.DataFrame
    """measure, unit ("share", 0-1, or "number", products a customer), group, n, value, low, high,
    difference, difference_low, difference_high, ratio, ratio_low, ratio_high (to everybody else),
    p_value, q_value, differs (bool), note; NaN where too few can be judged."""
    sentence: str
    n: int
    """Persons whom models learn from."""
    min_n: int
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
class GapReport:
    """Why groups are shown different things: each gap as the sum of its parts."""

    attribute: str
    list: str
    k: int
    """Places that count."""
    gaps: pd.DataFrame
    """kind (of offer), group, n, n_others, value, others, gap, low, high (attention, 0-1), p_value,
    q_value, differs (bool), says."""
    parts: pd.DataFrame
    """kind, group, part_of ("rule", "signal", "price", "limit"), part, label, gap, low, high,
    without; the gaps of a kind and a group sum to its gap."""
    sentence: str
    n: int
    n_bank: int
    """Persons of known group; `n` of them were taken apart."""
    min_n: int
    model_version: str
    as_of: pd.Timestamp
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        names = ("attribute", "list", "k", "n", "n_bank", "sentence", "model_version", "notes")
        return {name: getattr(self, name) for name in names} | {
            "gaps": self.gaps,
            "parts": self.parts,
        }


@dataclass(frozen=True, eq=False)
class BlindingReport:
    """Whether scores change when only gender, age, name or place change."""

    table: pd.DataFrame
    """attribute, n_customers, n_changed, largest_difference."""
    n_changed: int
    sentence: str


@dataclass(frozen=True, eq=False)
class Mitigation:
    """Prices on groups that close gaps of attention, and what they cost; nothing is in force."""

    attribute: str
    list: str
    k: int
    """Places that count."""
    tolerance: float
    """Largest gap that is to be left, a share of attention (0-1)."""
    gaps: pd.DataFrame
    """group, kind, n, before, before_low, before_high, after, after_low, after_high (0-1),
    violates_before, violates_after (bool: above the tolerance and beyond chance), price."""
    curve: pd.DataFrame
    """tolerance (NaN: no prices), worst, n_violations, closed, score_lost, least_lost,
    lists_changed, offers_moved, value, value_lost (money a customer and year)."""
    prices: Mapping[str, float]
    """Key of the setting `fairness.prices` -> units of score."""
    n_before: int
    n_after: int
    """Violations of the tolerance on the same lists without and with prices."""
    alerts_before: int
    alerts_after: int
    """Categories that a group gets 15 points more or less often than it could, as on the page."""
    held_out: Mapping[str, float] | None
    """Of later adopters' lists: n, hit_before, hit_after (among the first 3), map_before,
    map_after, map_change, map_low, map_high; None where it was not asked for."""
    sentence: str
    n: int
    currency: str
    model_version: str
    as_of: pd.Timestamp
    notes: tuple[str, ...] = ()
    others: pd.DataFrame = field(default_factory=pd.DataFrame)
    """As `gaps`, with attribute and without price: of the other attributes that are priced in this
    list, whose prices stay in force; empty where there are none."""

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        left_out = ("as_of",)
        return {name: value for name, value in vars(self).items() if name not in left_out}
