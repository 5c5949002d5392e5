"""What comes in and goes out again and again, what stands out, and what is left of it."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from engine.json_values import plain


@dataclass(frozen=True)
class Due:
    """One payment that is expected."""

    day: pd.Timestamp
    name: str
    amount: float


@dataclass(frozen=True)
class Volatility:
    """How much monthly spending swings (F48).

    Attributes
    ----------
    value : float or None
        Sample deviation over mean of the last 12 months; None under 3 of them.
    threshold : float
        Above it the customer counts as volatile.
    """

    value: float | None
    threshold: float
    volatile: bool
    sentence: str


@dataclass(frozen=True)
class Savings:
    """Income minus spending over income.

    Attributes
    ----------
    rate : float or None
        Negative where more goes out than comes in; None where it is not known.
    income_month, spending_month : float or None
        Means over the same months.
    n_months : int
    """

    rate: float | None
    income_month: float | None
    spending_month: float | None
    n_months: int
    sentence: str


@dataclass(frozen=True, eq=False)
class Cashflow:
    """The cash flow of one customer, ready to show.

    Attributes
    ----------
    recurring : DataFrame
        name, description, kind (salary, income, bill, subscription, transfer, habit), category,
        rhythm ("every month"), amount (signed), a_month (signed), fixed, n, first, last, next_due,
        active, late; what is active first, then the largest a month.
    calendar : DataFrame
        day, name, description, kind, amount (signed), late, balance_after (NaN where the balance
        is not known); the next `horizon_days`, by day.
    unusual : DataFrame
        booked_at, name, description, category, amount (signed), usual (positive), times, score,
        reason; at most a few, the most unusual first.
    next_salary : Due or None
        The largest regular income where none is called a salary.
    bills_due : float
        Everything that goes out by the calendar, positive.
    subscriptions_month : float
        Active subscriptions, money a month, positive.
    everyday_day : float or None
        Spending a day beside bills, subscriptions and transfers, mean of the last 90 days.
    lowest_balance : float or None
        Lowest `balance_after`; None without balance or calendar.
    summary : str
        Two or three sentences.
    """

    customer_id: str
    as_of: pd.Timestamp
    currency: str
    horizon_days: int
    recurring: pd.DataFrame
    calendar: pd.DataFrame
    unusual: pd.DataFrame
    next_salary: Due | None
    bills_due: float
    subscriptions_month: float
    everyday_day: float | None
    lowest_balance: float | None
    volatility: Volatility
    savings: Savings
    summary: str
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The whole record as plain values; tables are lists of objects, missing is null."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}
