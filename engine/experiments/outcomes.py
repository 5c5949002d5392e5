"""A bank and a window of days in; what each customer took and whether they left, by day, out.

Everybody of an arm counts from the first day on, also who was shown nothing: only so are the arms
alike but for what they were offered. What counts is what is on record of everybody in the same way:
products taken, not answers to offers, which the arm without offers cannot give.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.experiment_plan import ACCEPTANCE, CHURN, VALUE

NEVER: Final = -1
LABEL: Final = "churned"
"""Name of the label that says who left."""


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What happened to some customers within a window of whole days."""

    n_days: int
    taken_on: np.ndarray
    """Int, shape (n_customers,). Day of the first product, 0 for the first; -1 for none."""
    left_on: np.ndarray | None
    """The same of leaving; None where the bank has no dated label of it."""
    bought_by: np.ndarray
    """Int, shape (n_taken,). Customer of each product that was taken, a place within these."""
    bought_on: np.ndarray
    """Int, same shape. Its day."""
    worth: np.ndarray
    """Float64, same shape. Its assumed margin, money a year; 0 where none is set."""
    n_unpriced: int
    """Products that were taken and have no margin."""

    def has(self, measure: str) -> bool:
        """Is the measure on record?"""
        return {ACCEPTANCE: True, VALUE: bool(len(self.worth)), CHURN: self.left_on is not None}[
            measure
        ]

    def counts(self, measure: str, codes: np.ndarray, arms: Sequence[int]) -> np.ndarray:
        """Customers of each arm who did it by the end of each day, int (n_arms, n_days)."""
        when = self.left_on if measure == CHURN else self.taken_on
        assert when is not None, "asked of a measure that is not on record"
        return np.stack(
            [np.bincount(when[(codes == arm) & (when != NEVER)], minlength=self.n_days).cumsum()
             for arm in arms]
        )  # fmt: skip

    def values(self, codes: np.ndarray, arms: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance of the value a customer by the end of each day, (n_arms, n_days)."""
        means, variances = [], []
        for arm in arms:
            members = np.flatnonzero(codes == arm)
            mine = codes[self.bought_by] == arm
            place = np.full(len(codes), NEVER)
            place[members] = np.arange(len(members))
            # Sum and sum of squares move only where somebody takes something.
            order = np.argsort(self.bought_on[mine], kind="stable")
            who, day, worth = (a[mine][order] for a in (self.bought_by, self.bought_on, self.worth))
            before = pd.Series(worth).groupby(place[who]).cumsum().to_numpy() - worth
            squares = (before + worth) ** 2 - before**2
            total, square = (np.bincount(day, of, self.n_days).cumsum() for of in (worth, squares))
            n = max(len(members), 1)
            mean = total / n
            means.append(mean)
            variances.append((square - n * mean**2) / max(n - 1, 1))
        return np.stack(means), np.stack(variances)


def outcomes(
    bank: Bank, rows: np.ndarray, margins: np.ndarray, first: date, last: date
) -> Outcomes:
    """What happened to the customers at `rows` from a first day to a last one, both inside.

    Parameters
    ----------
    margins : ndarray of float64, shape (n_products,)
        Money a year; NaN where none is set.
    """
    start, n_days = pd.Timestamp(first), (last - first).days + 1
    place = np.full(bank.n_customers, NEVER)
    place[rows] = np.arange(len(rows))
    holdings = bank["holdings"]
    opened = holdings[["customer_id", "product_id"]].assign(at=holdings["opened_on"])
    who, day, within = _within(bank, place, opened, start, n_days)
    priced = margins[bank.product_positions(opened["product_id"])[within]]
    priced = np.where(bank.product_positions(opened["product_id"])[within] >= 0, priced, np.nan)
    return Outcomes(
        n_days=n_days,
        taken_on=_first(who, day, len(rows)),
        left_on=_left(bank, place, start, n_days, len(rows)),
        bought_by=who,
        bought_on=day,
        worth=np.nan_to_num(priced, nan=0.0),
        n_unpriced=int(np.isnan(priced).sum()),
    )


def _left(
    bank: Bank, place: np.ndarray, start: pd.Timestamp, n_days: int, n: int
) -> np.ndarray | None:
    labels = bank["labels"]
    mine = labels.loc[(labels["name"] == LABEL) & labels["known_on"].notna()]
    if mine.empty:
        return None
    gone = mine.loc[mine["value"] > 0]
    who, day, _ = _within(bank, place, gone.assign(at=gone["known_on"]), start, n_days)
    return _first(who, day, n)


def _within(
    bank: Bank, place: np.ndarray, rows: pd.DataFrame, start: pd.Timestamp, n_days: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Place and day of the rows that are of these customers and days, and which rows those are."""
    position = bank.customer_positions(rows["customer_id"])
    who = np.where(position >= 0, place[position], NEVER)
    days = ((rows["at"] - start) // pd.Timedelta(days=1)).to_numpy(dtype=float, na_value=-1.0)
    within = (who != NEVER) & (days >= 0) & (days < n_days)
    return who[within], days[within].astype(np.int64), within


def _first(who: np.ndarray, day: np.ndarray, n: int) -> np.ndarray:
    first = np.full(n, np.iinfo(np.int64).max)
    np.minimum.at(first, who, day)
    return np.where(first == np.iinfo(np.int64).max, NEVER, first)
