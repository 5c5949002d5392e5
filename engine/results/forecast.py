"""What is expected of the next months, and how good such forecasts were."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from engine.json_values import plain


@dataclass(frozen=True, eq=False)
class Forecast:
    """One figure of one customer in the months to come.

    Attributes
    ----------
    figure, label : str
        "spending", "Spending".
    history : DataFrame
        month, value; whole months that are known, oldest first, at most 24.
    months : DataFrame
        month, value, low, high; the months ahead, none where nothing can be said. low and high are
        NaN where no past error could be seen.
    level : float
        Share of months that low to high is to hold.
    method : str
        In words; "none" where nothing can be said.
    fallback : bool
        Not the bank's method: the history is too short or constant, as the notes say.
    slope : float or None
        Trend of the last 12 months, money a month (F53).
    position : float or None
        Where the next month lies between the least and the most of the last 12, 0-1; System B
        called it a likelihood, and it is none (F55). None where all 12 are the same.
    position_text : str
        The same in words, "undefined" for None.
    unusual_last_month : bool
        The last month is unusual for this customer or, as `unusual_for_bank`, for the whole bank.
    compat : float or None
        What System B's regression says of the next month (F54); never used.
    axis : tuple of float
        From .9 of the least to 1.1 of the most that the chart shows (F58).
    tested : str
        How good the bank's method was on past months, in words.
    sentence : str
    notes : tuple of str
    """

    figure: str
    label: str
    history: pd.DataFrame
    months: pd.DataFrame
    level: float
    method: str
    fallback: bool
    slope: float | None
    position: float | None
    position_text: str
    unusual_last_month: bool
    unusual_for_bank: bool
    compat: float | None
    axis: tuple[float, float]
    tested: str
    sentence: str
    notes: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether anything can be said."""
        return bool(len(self.months))

    @property
    def value(self) -> float | None:
        """The next month."""
        return plain(self.months["value"].iloc[0]) if self.known else None

    @property
    def low(self) -> float | None:
        """Lower end of the next month's interval."""
        return plain(self.months["low"].iloc[0]) if self.known else None

    @property
    def high(self) -> float | None:
        """Upper end of the next month's interval."""
        return plain(self.months["high"].iloc[0]) if self.known else None


@dataclass(frozen=True, eq=False)
class Outlook:
    """One customer's months: what they were (F58) and what is expected (F54 to F59).

    Attributes
    ----------
    dated : bool
        False where the source gave no dates and the months were laid to end at the bank's day.
    trends : mapping
        balance, spending, loan_balance -> money a month, None where too little is known (F53).
    activity : DataFrame
        month, amount, count: spending and number of transactions.
    categories, payment_methods : tuple of str
        What the customer uses most, the most used first.
    """

    customer_id: str
    currency: str
    as_of: pd.Timestamp
    dated: bool
    balance: Forecast
    spending: Forecast
    trends: Mapping[str, float | None]
    activity: pd.DataFrame
    categories: tuple[str, ...]
    payment_methods: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values; tables are lists of objects, missing is null."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}


@dataclass(frozen=True, eq=False)
class Backtest:
    """How every candidate did on past months, each forecast from the months before it.

    Attributes
    ----------
    figure, label : str
    table : DataFrame
        method, n, mae (money), smape (0-2), relative (mean scaled error over that of last value on
        the same forecasts), beats_last_value (share of customers), coverage (share of months in the
        interval), n_intervals, chosen. Unusual months are left out.
    apart : DataFrame
        The same with `month`, for each unusual month.
    unusual : mapping
        Month -> share of customers that left their intervals.
    first, last : Timestamp
        Months that the table is about.
    """

    figure: str
    label: str
    currency: str
    level: float
    chosen: str
    n_customers: int
    table: pd.DataFrame
    apart: pd.DataFrame
    unusual: Mapping[str, float]
    first: pd.Timestamp
    last: pd.Timestamp
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values; tables are lists of objects, missing is null."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}
