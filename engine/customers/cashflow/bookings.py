"""Profiles in; the dated transactions of one customer or of all, as arrays, out."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np
import pandas as pd

from engine.bank.added_rows import was_added
from engine.customers.cashflow.payees import masked_apart, payees_of
from engine.customers.finances.months import last_day
from engine.customers.profiles import Profiles
from engine.settings import CashflowSettings


@dataclass(frozen=True, eq=False)
class Bookings:
    """Dated transactions up to a day, each array of shape (n_bookings,).

    Attributes
    ----------
    rows : ndarray of int64
        Row in bank["transactions"].
    positions : ndarray of int64
        Customer.
    days : ndarray of int64
        Days since 1970-01-01.
    amounts : ndarray
        Signed; out is negative.
    payees : ndarray of int64
        From `payees_of`, masked ones kept apart by amount; never -1.
    codes : ndarray of int8
        Spending category, -1 for income.
    today : int
        The bank's day, in days since 1970-01-01.
    """

    rows: np.ndarray
    positions: np.ndarray
    days: np.ndarray
    amounts: np.ndarray
    payees: np.ndarray
    codes: np.ndarray
    today: int

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, chosen: np.ndarray | slice) -> "Bookings":
        """Some of these bookings."""
        arrays = {f.name: getattr(self, f.name)[chosen] for f in fields(self) if f.name != "today"}
        return Bookings(**arrays, today=self.today)

    def parts(self, n_customers: int) -> Iterator["Bookings"]:
        """The bookings of so many customers at a time, where they are ordered by customer.

        What is worked out customer by customer comes out the same, faster and in less memory.
        """
        last = int(self.positions[-1]) if len(self) else 0
        cuts = np.searchsorted(self.positions, np.arange(0, last + n_customers + 1, n_customers))
        for start, end in pairwise(cuts):
            yield self.take(slice(start, end))


def bookings_of(
    profiles: Profiles, settings: CashflowSettings, customers: int | slice = slice(None)
) -> Bookings:
    """The transactions of one customer, of some or of all, within `settings.history_months`.

    One that was added by hand after the bank's day counts as of that day.
    """
    data = profiles.data
    day = last_day(data.bank).normalize()
    if isinstance(customers, int):
        customers = slice(customers, customers + 1)
    first, end, _ = customers.indices(data.bank.n_customers)
    mine = data.transaction_rows
    rows = mine.order[mine.starts[first] : mine.starts[end]].astype(np.int64)
    columns = ["booked_at", "amount", "merchant", "description", "attributes"]
    table = data.bank.rows("transactions").take(rows, columns)
    since = day - pd.DateOffset(months=settings.history_months)
    ahead = (table["booked_at"] >= day + pd.Timedelta(days=1)).to_numpy(copy=True)
    if ahead.any():
        ahead[ahead] = ~was_added(table["attributes"][ahead]).to_numpy(dtype=bool)
    kept = (table["booked_at"] > since) & table["amount"].notna() & (table["amount"] != 0)
    kept = kept.to_numpy() & ~ahead
    payees = masked_apart(payees_of(table), table)
    kept = kept & (payees >= 0)
    rows = rows[kept]
    today = int(in_days(pd.Series([day]))[0])
    return Bookings(
        rows=rows,
        positions=mine.positions[rows].astype(np.int64),
        days=np.minimum(in_days(table["booked_at"][kept]), today),
        amounts=table["amount"].to_numpy(dtype=float)[kept],
        payees=payees[kept],
        codes=data.spending.codes[rows],
        today=today,
    )


def in_days(times: pd.Series) -> np.ndarray:
    """Days since 1970-01-01, int64."""
    return times.to_numpy("datetime64[D]").astype(np.int64)


def as_times(days: np.ndarray) -> np.ndarray:
    """Days since 1970-01-01 as datetime64[us]."""
    return days.astype("datetime64[D]").astype("datetime64[us]")


def grouped_median(groups: np.ndarray, values: np.ndarray, n_groups: int) -> np.ndarray:
    """Median of the values of each group, shape (n_groups,); NaN for an empty one."""
    ordered = np.append(values[order_within(groups, values)].astype(float), np.nan)
    counts = np.bincount(groups, minlength=n_groups)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]) if n_groups else counts
    low, high = starts + (counts - 1) // 2, starts + counts // 2
    middle = (ordered[np.maximum(low, 0)] + ordered[np.minimum(high, len(values))]) / 2
    return np.where(counts > 0, middle, np.nan)


def order_within(groups: np.ndarray, values: np.ndarray) -> np.ndarray:
    """What sorts by group, then by value; the order of equal values within a group is any.

    As np.lexsort((values, groups)), several times as fast: both sorts are of plain numbers.

    Parameters
    ----------
    groups : ndarray of int64
        From 0, below 2**31.
    values : ndarray, same shape
        At most 2**32.
    """
    by_value = np.argsort(values)
    keys = (groups[by_value] << 32) | np.arange(len(values))
    keys.sort()
    return by_value[keys & 0xFFFFFFFF]
