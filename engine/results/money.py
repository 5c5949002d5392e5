"""A customer's money: cash flow, what is expected of the next months, goals and strategy."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from engine.json_values import JsonRecord, json_value


@dataclass(frozen=True)
class Due:
    """One payment that is expected."""

    day: pd.Timestamp
    name: str
    amount: float


@dataclass(frozen=True)
class Volatility:
    """How much monthly spending swings."""

    value: float | None
    """Sample deviation over mean of the last 12 months; None under 3 of them."""
    threshold: float
    """Above it the customer counts as volatile."""
    volatile: bool
    sentence: str


@dataclass(frozen=True)
class Savings:
    """Income minus spending over income."""

    rate: float | None
    """Negative where more goes out than comes in; None where it is not known."""
    income_month: float | None
    spending_month: float | None
    """Means over the same months."""
    n_months: int
    sentence: str


@dataclass(frozen=True, eq=False)
class Cashflow(JsonRecord):
    """The cash flow of one customer, ready to show."""

    customer_id: str
    as_of: pd.Timestamp
    currency: str
    horizon_days: int
    recurring: pd.DataFrame
    """name, description, kind (salary, income, bill, subscription, transfer, habit), category,
    rhythm ("every month"), amount (signed), a_month (signed), fixed, n, first, last, next_due,
    active, late; what is active first, then the largest a month."""
    calendar: pd.DataFrame
    """day, name, description, kind, amount (signed), late, balance_after (NaN where the balance is
    not known); the next `horizon_days`, by day."""
    unusual: pd.DataFrame
    """booked_at, name, description, category, amount (signed), usual (positive), times, score,
    reason; at most a few, the most unusual first."""
    next_salary: Due | None
    """The largest regular income where none is called a salary."""
    bills_due: float
    """Everything that goes out by the calendar, positive."""
    subscriptions_month: float
    """Active subscriptions, money a month, positive."""
    everyday_day: float | None
    """Spending a day beside bills, subscriptions and transfers, mean of the last 90 days."""
    lowest_balance: float | None
    """Lowest `balance_after`; None without balance or calendar."""
    volatility: Volatility
    savings: Savings
    summary: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Forecast:
    """One figure of one customer in the months to come."""

    figure: str
    label: str
    """For example "spending" and "Spending"."""
    history: pd.DataFrame
    """month, value; whole months that are known, oldest first, at most 24."""
    months: pd.DataFrame
    """month, value, low, high; the months ahead, none where nothing can be said. low and high are
    NaN where no past error could be seen."""
    level: float
    """Share of months that low to high is to hold."""
    method: str
    """In words; "none" where nothing can be said."""
    fallback: bool
    """Not the bank's method: the history is too short or constant, as the notes say."""
    slope: float | None
    """Trend of the last 12 months, money a month."""
    position: float | None
    """Where the next month lies between the least and the most of the last 12, 0-1; it has been
    called a likelihood, and it is none. None where all 12 are the same."""
    position_text: str
    """The same in words, "undefined" for None."""
    unusual_last_month: bool
    """The last month is unusual for this customer or, as `unusual_for_bank`, for the whole bank."""
    unusual_for_bank: bool
    compat: float | None
    """What an earlier system's regression says of the next month; never used."""
    axis: tuple[float, float]
    """From .9 of the least to 1.1 of the most that the chart shows."""
    tested: str
    """How good the bank's method was on past months, in words."""
    sentence: str
    notes: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether anything can be said."""
        return bool(len(self.months))

    @property
    def value(self) -> float | None:
        """The next month."""
        return json_value(self.months["value"].iloc[0]) if self.known else None

    @property
    def low(self) -> float | None:
        """Lower end of the next month's interval."""
        return json_value(self.months["low"].iloc[0]) if self.known else None

    @property
    def high(self) -> float | None:
        """Upper end of the next month's interval."""
        return json_value(self.months["high"].iloc[0]) if self.known else None


@dataclass(frozen=True, eq=False)
class Outlook(JsonRecord):
    """One customer's months: what they were and what is expected."""

    customer_id: str
    currency: str
    as_of: pd.Timestamp
    dated: bool
    """False where the source gave no dates and the months were laid to end at the bank's day."""
    balance: Forecast
    spending: Forecast
    trends: Mapping[str, float | None]
    """balance, spending, loan_balance -> money a month, None where too little is known."""
    activity: pd.DataFrame
    """month, amount, count: spending and number of transactions."""
    categories: tuple[str, ...]
    payment_methods: tuple[str, ...]
    """What the customer uses most, the most used first."""


@dataclass(frozen=True, eq=False)
class Backtest(JsonRecord):
    """How every candidate did on past months, each forecast from the months before it."""

    figure: str
    label: str
    currency: str
    level: float
    chosen: str
    n_customers: int
    table: pd.DataFrame
    """method, n, mae (money), smape (0-2), relative (mean scaled error over that of last value on
    the same forecasts), beats_last_value (share of customers), coverage (share of months in the
    interval), n_intervals, chosen. Unusual months are left out."""
    apart: pd.DataFrame
    """The same with `month`, for each unusual month."""
    unusual: Mapping[str, float]
    """Month -> share of customers that left their intervals."""
    first: pd.Timestamp
    last: pd.Timestamp
    """Months that the table is about."""
    sentence: str


NO_ADVICE: Final = "An illustration, not investment advice and not for credit decisions."


@dataclass(frozen=True)
class Goal(JsonRecord):
    """How far a customer's savings goal is, and when it is reached."""

    customer_id: str
    currency: str
    goal: float
    saved: float
    """Money; the customer's own goal, and what is saved towards it."""
    share: float
    """saved / goal; above 1 when it is passed."""
    income_month: float | None
    spending_month: float | None
    spare_month: float | None
    """Money a month, and the first less the second; None where not known."""
    months: float | None
    """(goal - saved) / spare_month, 0 when reached; None when it is never reached at this rate or
    the rate is not known."""
    reached_on: pd.Timestamp | None
    never: bool
    """Nothing is left over in a month, so the goal is never reached at this rate."""
    sentence: str

    @property
    def reached(self) -> bool:
        return self.saved >= self.goal


@dataclass(frozen=True, eq=False)
class Strategy(JsonRecord):
    """An allocation by risk level, tilted by a market figure that somebody supplied."""

    customer_id: str
    risk: str
    """low, medium or high."""
    risk_source: str
    market: float
    """The market figure f, at most .05 either way."""
    market_source: str
    weights: pd.DataFrame
    """asset ("Stocks", "Bonds", "Real estate"), base (share at zero drift), weight (share; they sum
    to 1), percent (of two decimals; they sum to 100)."""
    lines: tuple[str, ...]
    """One a class: "Stocks: 70.00 %"."""
    sentence: str
    goal: Goal | None
    """None where the customer has named no savings goal."""
    notes: tuple[str, ...]
    """Goals and horizon, and what must be said beside any such figure."""
