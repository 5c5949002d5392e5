"""What is asked of an experiment, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from engine.json_values import JsonRecord


@dataclass(frozen=True, eq=False)
class ExperimentSample(JsonRecord):
    """How many customers an experiment takes, and how many there are."""

    name: str
    plan: Mapping[str, Any]
    """As it is kept: shares, measure, base, uplift, days, owner and who may see it."""
    sentence: str
    needed: int
    """Customers in all arms together, at one look at the end."""
    needed_at_any_look: int
    """The same where it may be stopped at any look."""
    arms: pd.DataFrame
    """arm, share, n (customers), needed."""
    base_from: str
    """Where the base is from, in one sentence."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class ExperimentLook(JsonRecord):
    """What came of an experiment until a day; it may be looked at every day."""

    name: str
    plan: Mapping[str, Any]
    sentences: tuple[str, ...]
    """What was found by the primary measure, one sentence a comparison."""
    begun: str
    """How far it is, in one sentence."""
    arms: pd.DataFrame
    """arm, n, taken, acceptance, value, left, churn: customers, who took a product and their share,
    mean yearly margin of what was taken, who left and their share; NaN where not on record."""
    differences: pd.DataFrame
    """measure, primary, against, difference (of the engine's arm less the other), low, high, says:
    intervals that hold at every look."""
    by_day: pd.DataFrame
    """day, against, difference, low, high, by the primary measure."""
    unit: str
    """Of the primary measure: "share" or a currency a year."""
    until: pd.Timestamp
    """Last day on record that counts."""
    notes: tuple[str, ...] = ()
