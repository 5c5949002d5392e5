"""An allocation over asset classes, and the way to a savings goal."""

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from engine.json_values import plain

NO_ADVICE: Final = "An illustration, not investment advice and not for credit decisions."


@dataclass(frozen=True)
class Goal:
    """How far a customer's savings goal is, and when it is reached.

    Attributes
    ----------
    goal, saved : float
        Money; the customer's own goal, and what is saved towards it.
    share : float
        saved / goal; above 1 when it is passed.
    income_month, spending_month, spare_month : float or None
        Money a month, and the first less the second; None where not known.
    months : float or None
        (goal - saved) / spare_month (F141), 0 when reached; None when it is never reached at
        this rate or the rate is not known.
    reached_on : Timestamp or None
    never : bool
        Nothing is left over in a month, so the goal is never reached at this rate.
    sentence : str
    """

    customer_id: str
    currency: str
    goal: float
    saved: float
    share: float
    income_month: float | None
    spending_month: float | None
    spare_month: float | None
    months: float | None
    reached_on: pd.Timestamp | None
    never: bool
    sentence: str

    @property
    def reached(self) -> bool:
        return self.saved >= self.goal

    def to_json(self) -> dict[str, Any]:
        """The whole record as plain values."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}


@dataclass(frozen=True, eq=False)
class Strategy:
    """An allocation by risk level, tilted by a market figure that somebody supplied.

    Attributes
    ----------
    risk : str
        low, medium or high.
    risk_source : str
        Where that comes from, in words.
    market : float
        The market figure f, at most .05 either way.
    market_source : str
    weights : DataFrame
        asset ("Stocks", "Bonds", "Real estate"), base (share at zero drift), weight (share; they
        sum to 1), percent (of two decimals; they sum to 100).
    lines : tuple of str
        One a class (F140): "Stocks: 70.00 %".
    sentence : str
        What the chart shows and why.
    goal : Goal or None
        None where the customer has named no savings goal.
    notes : tuple of str
        Goals and horizon, and what must be said beside any such figure.
    """

    customer_id: str
    risk: str
    risk_source: str
    market: float
    market_source: str
    weights: pd.DataFrame
    lines: tuple[str, ...]
    sentence: str
    goal: Goal | None
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The whole record as plain values; the weights are a list of objects."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}
