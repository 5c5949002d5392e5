"""Dated adoptions in, points in time out: what the signals, the blend and the check may see."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.bank.bank import Bank

FIT_SHARE = 0.2
"""Share of the dated adoptions that the blend is fitted on: a handful of weights needs few, and
the signals below them are the better the more history lies before (own choice)."""
HOLDOUT_SHARE = 0.25
"""Share of the dated adoptions, the latest, that calibrate and grade (own choice)."""

MAX_ROWS = 20_000
"""Customers that standardisation, quantiles and propensity look at; more change no digit shown."""

N_FIT_WINDOWS = 3
"""Fit folds, one after the other, each with the signals of the day before it: weights of one
stretch are weights of one season (folds of February to August 2015 of the santander sample: never
worse than one, and the weights swing less)."""
MIN_HISTORY = 100
"""Adoptions that must lie before a fit fold, for its signals to have learned from (own choice)."""

_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class TemporalSplit:
    """Three stretches of time: history before `fit_from`, then fit, then hold-out.

    All four days are inclusive. The signals of the fit fold see `bank.until(fit_state)`, those of
    the hold-out see `bank.until(holdout_state)`, so no fold ever sees its own adoptions.
    """

    fit_from: pd.Timestamp
    fit_until: pd.Timestamp
    holdout_from: pd.Timestamp
    holdout_until: pd.Timestamp
    n_history: int
    n_fit: int
    n_holdout: int

    @classmethod
    def latest(cls, adoptions: pd.DataFrame, *, needed: int) -> "TemporalSplit | None":
        """Choose the days at which the fit fold and the hold-out begin.

        Parameters
        ----------
        adoptions : DataFrame
            With a column `day`, as `dated_adoptions` gives it; a month may be one day.
        needed : int
            Below this nothing can be learned from history.

        Returns
        -------
        TemporalSplit or None
            None with too few adoptions, or when all of them fell on one day. The hold-out is the
            stretch at the end nearest to HOLDOUT_SHARE, the fit fold the stretch before it nearest
            to FIT_SHARE; a day is never cut, so shares are coarse where dates are.
        """
        days, since = _from_day(adoptions["day"])
        n = len(adoptions)
        if n < needed or len(days) < 2:
            return None
        holdout = 1 + _nearest(since[1:], HOLDOUT_SHARE * n)
        fit = _nearest(since[:holdout] - since[holdout], FIT_SHARE * n)
        return cls(
            fit_from=pd.Timestamp(days[fit]),
            fit_until=pd.Timestamp(days[holdout]) - _DAY,
            holdout_from=pd.Timestamp(days[holdout]),
            holdout_until=pd.Timestamp(days[-1]),
            n_history=int(n - since[fit]),
            n_fit=int(since[fit] - since[holdout]),
            n_holdout=int(since[holdout]),
        )

    def earlier(self, adoptions: pd.DataFrame, *, needed: int) -> "TemporalSplit | None":
        """The latest split of what lies before this one's hold-out."""
        return self.latest(adoptions[adoptions["day"] < self.holdout_from], needed=needed)

    def fit_windows(self, adoptions: pd.DataFrame) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
        """The fit folds, oldest first: that of the split, and up to two of the same size before it.

        Each by its first and last day, next to each other; the last one ends on the day before the
        hold-out.
        """
        folds = [(self.fit_from, self.fit_until)]
        target = FIT_SHARE * len(adoptions)
        while len(folds) < N_FIT_WINDOWS:
            before = adoptions.loc[adoptions["day"] < folds[0][0], "day"]
            days, since = _from_day(before)
            if len(days) < 2:
                break
            start = _nearest(since, target)
            if len(before) - since[start] < MIN_HISTORY:
                break
            folds.insert(0, (pd.Timestamp(days[start]), folds[0][0] - _DAY))
        return folds

    @property
    def fit_state(self) -> pd.Timestamp:
        """The last day before the fit fold."""
        return self.fit_from - _DAY

    @property
    def holdout_state(self) -> pd.Timestamp:
        """The last day before the hold-out."""
        return self.holdout_from - _DAY


def dated_adoptions(bank: Bank) -> pd.DataFrame:
    """The adoptions whose day is known: what history can teach.

    Returns
    -------
    DataFrame
        customer and product (positions in the bank), day; one row per pair, its first day;
        sorted by day, customer and product.

    Notes
    -----
    The first day of the whole bank is left out: a file that starts on some day shows on it
    everything that was there before (santander: 14,791 of 16,736 rows), which is stock and not
    adoption. Holdings after the bank's day, without a day, or of unknown ids are left out too;
    a purchase that was recorded here counts whenever it was.
    """
    holdings = bank["holdings"]
    frame = pd.DataFrame(
        {
            "customer": bank.customer_positions(holdings["customer_id"]),
            "product": bank.product_positions(holdings["product_id"]),
            "day": holdings["opened_on"].dt.normalize(),
        }
    )
    known = frame["day"].notna() & (frame["customer"] >= 0) & (frame["product"] >= 0)
    frame = frame.loc[known].sort_values(["day", "customer", "product"], kind="stable")
    frame = frame.drop_duplicates(["customer", "product"])
    kept = (frame["day"] <= bank.as_of) | _recorded(bank, frame)
    kept &= frame["day"] > frame["day"].min()
    return frame.loc[kept].reset_index(drop=True)


def _recorded(bank: Bank, frame: pd.DataFrame) -> np.ndarray:
    """Which adoptions are purchases among the bank's events."""
    events = bank["events"]
    bought = events.loc[events["action"] == "purchased"]
    if bought.empty:
        return np.zeros(len(frame), dtype=bool)
    keys = [
        bank.customer_positions(bought["customer_id"]),
        bank.product_positions(bought["product_id"]),
        bought["recorded_at"].dt.normalize(),
    ]
    return pd.MultiIndex.from_frame(frame).isin(pd.MultiIndex.from_arrays(keys))


def lately(bank: Bank, adoptions: pd.DataFrame, stock_share: float) -> pd.Timestamp:
    """The day from which adoptions tell what is taken now.

    Parameters
    ----------
    stock_share : float
        Adoptions are at most the rest of what is held where a file starts with a stock.

    Notes
    -----
    Where a file starts with a stock, that is its first adoption (santander: February to August
    2015); where everything is dated, the latest quarter of the adoptions, because
    all of them together are only what is held.
    """
    first = adoptions["day"].min()
    if adoptions.empty or len(adoptions) <= (1 - stock_share) * bank.held.sum():
        return first
    split = TemporalSplit.latest(adoptions, needed=1)
    return first if split is None else split.holdout_from


def window(
    adoptions: pd.DataFrame,
    first: pd.Timestamp,
    last: pd.Timestamp,
    shape: tuple[int, int],
) -> np.ndarray:
    """Who adopted what between two days, both included.

    Returns
    -------
    ndarray of bool, shape (n_customers, n_products)
    """
    kept = adoptions.loc[adoptions["day"].between(first, last)]
    adopted = np.zeros(shape, dtype=bool)
    adopted[kept["customer"].to_numpy(), kept["product"].to_numpy()] = True
    return adopted


def _from_day(adopted_on: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """The days of adoptions, and how many were taken on or after each."""
    days, counts = np.unique(adopted_on.to_numpy("datetime64[D]"), return_counts=True)
    return days, np.cumsum(counts[::-1])[::-1]


def _nearest(values: np.ndarray, target: float) -> int:
    """Index of the value nearest to the target; the later day on a tie (values fall with time)."""
    distance = np.abs(values - target)
    return int(len(values) - 1 - np.argmin(distance[::-1]))


def sample_rows(n_customers: int) -> np.ndarray:
    """At most MAX_ROWS positions, spread evenly over the bank."""
    step = max(1, -(-n_customers // MAX_ROWS))
    return np.arange(0, n_customers, step)
