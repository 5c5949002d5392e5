"""A bank and a day in; who took what from that day on, and what was known before, out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.errors import BadInput
from engine.ranking import temporal_split

_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True, eq=False)
class EvaluationWindow:
    """A test in time: everything that is fitted sees `then`, the test sees what came later."""

    then: Bank
    """As it was known at the end of the day before `since`."""
    since: pd.Timestamp
    until: pd.Timestamp
    """First and last day of the test."""
    adopted: np.ndarray
    """Bool, shape (n_customers, n_products). Taken within the test; what was held before counts
    only where it was given up."""
    group: np.ndarray
    """Str, shape (n_customers,). "cohort", or why a customer is reported apart: "new", "returning",
    "came later"."""
    cohort: str
    """Who the cohort is, in words."""

    @classmethod
    def of(
        cls, bank: Bank, since: pd.Timestamp | None, *, needed: int, stock_share: float
    ) -> "EvaluationWindow | None":
        """Lay out a test.

        Parameters
        ----------
        since : Timestamp, optional
            First day of the test; by default that of the latest quarter of the adoptions.
        needed : int
            Dated adoptions without which nothing is learned or judged.
        stock_share : float
            A first day with at least this share of all holdings is a stock, not adoptions.

        Returns
        -------
        EvaluationWindow or None
            None with fewer dated adoptions.

        Raises
        ------
        BadInput
            If no adoption, or too few, lie on one side of `since`.

        Notes
        -----
        Where a file starts with a stock that it cannot date (santander: 88 % of the rows on the
        first day), the cohort is those customers who were there on that day; elsewhere it is
        everybody who held something on the day before the test.
        """
        adoptions = temporal_split.dated_adoptions(bank)
        if len(adoptions) < needed:
            return None
        if since is None:
            split = temporal_split.TemporalSplit.latest(adoptions, needed=needed)
            if split is None:
                return None
            since = split.holdout_from
        _check(adoptions, since, needed)
        then = bank.until(since - _DAY)
        shape = (bank.n_customers, bank.n_products)
        adopted = temporal_split.window(adoptions, since, bank.as_of, shape)
        group, cohort = _groups(bank, then, stock_share)
        until = min(adoptions["day"].max(), bank.as_of)
        return cls(then, since, until, adopted, group, cohort)

    def rows(self, group: str, candidates: np.ndarray) -> np.ndarray:
        """Positions of a group's adopters of a candidate."""
        return np.flatnonzero((self.group == group) & (self.adopted & candidates).any(axis=1))


def _check(adoptions: pd.DataFrame, since: pd.Timestamp, needed: int) -> None:
    first, last = adoptions["day"].min(), adoptions["day"].max()
    if not first < since <= last:
        raise BadInput(
            f"Got --from {since:%Y-%m-%d}; the dated adoptions run from {first:%Y-%m-%d} to "
            f"{last:%Y-%m-%d}. Name a day within them."
        )
    before = int((adoptions["day"] < since).sum())
    if before < needed:
        raise BadInput(
            f"Got --from {since:%Y-%m-%d}, with {before:,} dated adoptions before it; {needed:,} "
            f"are needed to learn from. Name a later day."
        )


def _groups(bank: Bank, then: Bank, stock_share: float) -> tuple[np.ndarray, str]:
    holdings = then["holdings"]
    rows = then.customer_positions(holdings["customer_id"])
    ever = np.zeros(bank.n_customers, dtype=bool)
    ever[rows[rows >= 0]] = True
    holds = then.held.any(axis=1)
    first_day = holdings["opened_on"].min()
    stock = (holdings["opened_on"] == first_day).to_numpy(dtype=bool)
    if stock.mean() >= stock_share:
        early = np.zeros_like(ever)
        early[rows[stock & (rows >= 0)]] = True
        others = np.select([~ever, ~holds], ["new", "returning"], "came later")
        words = f"customers who were there on {first_day:%d %b %Y}, when the file begins"
        return np.where(early & holds, "cohort", others), words
    others = np.select([~ever, ~holds], ["new", "returning"], "cohort")
    return others, "customers who held something on the day before"
