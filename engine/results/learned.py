"""A metric learned from a bank's labels: how good it is, what may leak, what it says of one."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from engine.json_values import plain
from engine.results.customer import Driver


@dataclass(frozen=True, eq=False)
class MetricFit:
    """What came of `fit-metric`.

    Attributes
    ----------
    metric, target : str
    kind : str
        "chance" for labels of 0 and 1, "figure" for other numbers.
    n, n_positive : int
    moment : str
        As of when the features are.
    fitted_on : str
        ISO date.
    in_use : bool
        False where the interval does not exclude chance: the scorecard then stays.
    simulated : bool
        The labels are a generator's.
    measures : DataFrame
        measure, value, low, high (95 %; NaN without an interval), remark.
    reliability : DataFrame
        lower, upper, n, promised, happened, low, high; empty for a figure.
    drivers : DataFrame
        driver, coefficient (log-odds a standard deviation), n_known.
    leaks : DataFrame
        column, auc, known_labelled, known_others, used, suspicious, why.
    verdict : str
    notes : tuple of str
    """

    metric: str
    target: str
    kind: str
    n: int
    n_positive: int
    moment: str
    fitted_on: str
    in_use: bool
    simulated: bool
    measures: pd.DataFrame
    reliability: pd.DataFrame
    drivers: pd.DataFrame
    leaks: pd.DataFrame
    verdict: str
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain values; tables are lists of objects, missing is null."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}


@dataclass(frozen=True)
class ExpectedLoss:
    """What a loan may cost, learned from how loans ended; never used to rank or to decide credit.

    Attributes
    ----------
    chance : float
        Of default, 0-1.
    exposure : float
        What is owed, in the bank's currency.
    amount : float
        chance x share lost at default (a stated assumption) x exposure.
    drivers : tuple of Driver
        Points of the 0-10 scale, where a point doubles the odds.
    """

    customer_id: str
    currency: str
    chance: float
    exposure: float
    amount: float
    loss_given_default: float
    note: str
    drivers: tuple[Driver, ...] = field(default_factory=tuple)
