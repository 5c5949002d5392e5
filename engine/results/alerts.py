"""What needs somebody's attention, over the whole book or for one customer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from engine.json_values import plain

ALERT_TITLES: Final[dict[str, str]] = {
    "open_complaint": "Complaint left open",
    "churn": "May leave",
    "shortfall": "Shortfall ahead",
    "mood_shift": "Mood has turned",
    "unusual_transaction": "Unusual payment",
    "spending_limit": "Spending limit passed",
    "volatility": "Spending swings",
    "loan_nearly_repaid": "Loan nearly repaid",
    "savings_goal": "Savings goal reached",
    "fairness": "Fairness of the lists",
}
"""Kind of an alert -> its title."""

SEVERITIES: Final = ("high", "medium", "low", "good")
"""From act today to good news."""


@dataclass(frozen=True, eq=False)
class Alerts:
    """The open alerts, most pressing first; each stands there once, until it is acknowledged.

    Attributes
    ----------
    table : DataFrame
        alert_id, customer_id, kind, raised_at, reason, action, severity, title, customer (name),
        relationship_manager; in the order of SEVERITIES and newest first within each. An alert on
        the whole bank (kind "fairness") has no customer.
    counts : mapping
        Title -> number of open alerts, most first.
    sentence : str
        How many of what; says so, and why, where there is none (F127).
    n_acknowledged : int
        Alerts of the same customers that hold still but were acknowledged.
    """

    as_of: pd.Timestamp
    table: pd.DataFrame
    counts: Mapping[str, int]
    sentence: str
    n_acknowledged: int = 0

    def to_json(self) -> dict[str, Any]:
        """The whole record as plain values."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}
