"""Given monthly figures and dated transactions in, one grid of 24 months for all customers out."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.bank.added_rows import was_added
from engine.bank.bank import Bank
from engine.customers.row_index import CustomerRows, customer_positions

N_MONTHS: Final = 24
RECENT: Final = 3
YEAR: Final = 12
COMPUTED: Final = ("income", "spending", "n_transactions")
COLUMNS: Final = ("balance", *COMPUTED, "loan_balance")
_MIN_SPAN: Final = 6
"""Months that a record of transactions must span before silence in it means something."""


@dataclass(frozen=True, eq=False)
class Months:
    """Monthly figures of all customers on one grid.

    Attributes
    ----------
    months : DatetimeIndex of length 24
        First days of the months; the last is the month of the bank's day.
    dated : bool
        False where the source gave no dates and the series was laid to end at that day.
    figures : dict of str to ndarray of shape (n_customers, 24)
        balance, income, spending, n_transactions, loan_balance; NaN where nothing is known.
        Spending is positive. Given figures win over those computed from transactions.
    complete : ndarray of bool, shape (24,)
        False for a last month that the bank's day cuts short.
    whole : ndarray of bool, shape (n_customers, 24), optional
        False for a first and a last month of which a customer's payments cover a part alone: what
        is added up in it is no month's figure. None: every month is whole.
    only_whole : bool
        False counts these months all the same (setting `metrics.whole_months`).
    """

    months: pd.DatetimeIndex
    dated: bool
    figures: dict[str, np.ndarray]
    complete: np.ndarray
    whole: np.ndarray | None = None
    only_whole: bool = True

    def latest(self, name: str) -> np.ndarray:
        """The last known figure of each customer, shape (n_customers,)."""
        values = self.figures[name]
        known = ~np.isnan(values)
        last = N_MONTHS - 1 - np.argmax(known[:, ::-1], axis=1)
        return values[np.arange(len(values)), last]

    def of_whole(self, name: str, rows: slice | np.ndarray | int = slice(None)) -> np.ndarray:
        """A figure of all customers or some, NaN in a month that its payments cover in part."""
        values = self.figures[name][rows]
        if self.whole is None or not self.only_whole or name not in COMPUTED:
            return values
        return np.where(self.whole[rows], values, np.nan)

    def mean_of_year(self, name: str) -> np.ndarray:
        """Mean of the last 12 whole months that are known, shape (n_customers,)."""
        year = self._year(name)
        values = self.of_whole(name)[:, year][:, self.complete[year]]
        n = (~np.isnan(values)).sum(axis=1)
        return np.divide(np.nansum(values, axis=1), n, out=np.full(len(n), np.nan), where=n > 0)

    def change(self, name: str) -> np.ndarray:
        """How the last 3 months stand to the 9 before, as a share of those; shape (n_customers,).

        Notes
        -----
        Both are medians, so one odd month moves nothing. A series of positive figures that is
        multiplied by factors that only fall never changes by more than it did before: each recent
        factor is at most each past one. NaN under 2 recent or 3 past months.
        """
        values = self.of_whole(name)[:, self._year(name)]
        recent, n_recent = median(values[:, -RECENT:])
        past, n_past = median(values[:, :-RECENT])
        change = (recent - past) / np.maximum(np.abs(past), 1.0)
        return np.where((n_recent >= 2) & (n_past >= 3), change, np.nan)

    def basis(self, name: str, position: int) -> dict[str, Any]:
        """What one customer's `change` rests on: months that are known, and where they end."""
        year = self._year(name)
        values = self.of_whole(name, position)[year]
        recent, past = (part[~np.isnan(part)] for part in (values[-RECENT:], values[:-RECENT]))
        end = self.months[year][-1]
        until = f" to {end:%b %Y}" if self.dated and end < self.months[-2] else ""
        both = len(recent) and len(past)
        means = [float(part.mean()) for part in (recent, past)] if both else [np.nan, np.nan]
        return {
            "n_recent": len(recent),
            "n_past": len(past),
            "until": until,
            "by_mean": (means[0] - means[1]) / max(abs(means[1]), 1.0),
        }

    def n_of_year(self, name: str, position: int) -> int:
        """Of how many of the last 12 whole months one customer's figure is known."""
        return len(self._known_of_year(name, position))

    def span_of_year(self, name: str, position: int) -> str:
        """Which months these are: " (Aug 2025 to Jun 2026)"; "" where the source gave no dates."""
        known = self._known_of_year(name, position)
        if not len(known) or not self.dated:
            return ""
        first, last = (f"{self.months[at]:%b %Y}" for at in known[[0, -1]])
        return f" ({first})" if first == last else f" ({first} to {last})"

    def _known_of_year(self, name: str, position: int) -> np.ndarray:
        """Columns of the last 12 whole months of which one customer's figure is known."""
        year = self._year(name)
        known = ~np.isnan(self.of_whole(name, position)[year]) & self.complete[year]
        return year.start + np.flatnonzero(known)

    def variation(self, name: str) -> np.ndarray:
        """Sample deviation over mean of the last 12 months, NaN under 3 of them."""
        values = self.of_whole(name)[:, self._year(name)]
        n = (~np.isnan(values)).sum(axis=1)
        mean = self.mean_of_year(name)
        squares = np.nansum((values - mean[:, None]) ** 2, axis=1)
        deviation = np.sqrt(squares / np.maximum(n - 1, 1))
        known = (n >= 3) & (mean > 0)
        return np.divide(deviation, mean, out=np.full(len(n), np.nan), where=known)

    def _year(self, name: str) -> slice:
        """The last 12 complete months of which the bank knows anything."""
        end = self._ends[name]
        return slice(max(end - YEAR, 0), end)

    @cached_property
    def _ends(self) -> dict[str, int]:
        """Where the complete months end of which the bank knows a figure of anybody."""
        known = {
            name: np.flatnonzero(self.complete & (~np.isnan(values)).any(axis=0))
            for name, values in self.figures.items()
        }
        return {name: int(at[-1]) + 1 if len(at) else N_MONTHS for name, at in known.items()}


def median(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Median of each row without its NaN, and how many values it had.

    Faster than np.nanmedian on many short rows, and silent on empty ones.
    """
    if not values.shape[1]:
        return np.full(len(values), np.nan), np.zeros(len(values), dtype=int)
    ordered = np.sort(values, axis=1)
    n = (~np.isnan(values)).sum(axis=1)
    rows = np.arange(len(values))
    low, high = np.maximum((n - 1) // 2, 0), np.minimum(n // 2, values.shape[1] - 1)
    return (ordered[rows, low] + ordered[rows, high]) / 2, n


def ends_of(seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First and last month of each customer in which something was seen.

    Parameters
    ----------
    seen : ndarray of bool, shape (n_customers, 24)

    Returns
    -------
    ndarray of int64, shape (n_customers,), twice
        24 and 23 where there was nothing.
    """
    first = np.where(seen.any(axis=1), seen.argmax(axis=1), N_MONTHS)
    return first, N_MONTHS - 1 - seen[:, ::-1].argmax(axis=1)


def last_day(bank: Bank) -> pd.Timestamp:
    """The bank's day, or its last dated month or transaction where none is stated."""
    if not pd.isna(bank.as_of):
        return bank.as_of
    dates = [bank["months"]["month"].max(), bank.rows("transactions").column("booked_at").max()]
    known = [day for day in dates if not pd.isna(day)]
    return max(known) if known else pd.Timestamp("1970-01-31")


def grid(day: pd.Timestamp) -> pd.DatetimeIndex:
    """The 24 months that end with the month of a day."""
    last = day.to_period("M").to_timestamp()
    return pd.date_range(end=last, periods=N_MONTHS, freq="MS", unit="us")


def month_slots(dates: pd.Series, months: pd.DatetimeIndex) -> np.ndarray:
    """Column of the grid of each date, -1 before it, after it or where there is no date."""
    if dates.empty:
        return np.zeros(0, dtype=np.int64)
    stamps = dates.to_numpy("datetime64[M]")
    slots = (stamps - np.datetime64(months[0], "M")).astype(float)
    slots = np.where(np.isnat(stamps), -1, slots)
    return np.where((slots >= 0) & (slots < len(months)), slots, -1).astype(np.int64)


def transaction_slots(bank: Bank, rows: CustomerRows, months: pd.DatetimeIndex) -> np.ndarray:
    """Column of the grid of each transaction, int8 of shape (n_transactions,).

    One that was added by hand after the grid's end counts with the last month on record of its
    customer, so that it shows in every figure at once and a record of one month is not
    spread over the silence since. Imported ones after the end are not known yet.
    """
    table = bank.rows("transactions")
    end = months[-1] + pd.offsets.MonthBegin(1)
    parts, ends = [np.zeros(0, dtype=np.int8)], [np.zeros(0, dtype=bool)]
    for dates in (part["booked_at"] for part in table.parts(["booked_at"])):
        parts.append(month_slots(dates, months).astype(np.int8))
        ends.append((dates >= end).to_numpy())
    slots, late = np.concatenate(parts), np.flatnonzero(np.concatenate(ends))
    late = late[was_added(table.take(late, ["attributes"])["attributes"]).to_numpy()]
    if len(late):
        last = np.full(len(rows.starts), -1)  # one more, for rows of unknown customers
        np.maximum.at(last, rows.positions, slots)
        last_slots = last[rows.positions[late]]
        slots[late] = np.where(last_slots < 0, len(months) - 1, last_slots)
    return slots


def monthly_figures(
    bank: Bank, transactions: CustomerRows, slots: np.ndarray | None = None
) -> Months:
    """Lay given and computed monthly figures on one grid.

    Parameters
    ----------
    transactions : CustomerRows
        Rows of the transactions table by customer.
    slots : ndarray of int8, optional
        `transaction_slots` of the bank's grid, where they are known already.

    Notes
    -----
    Computed spending and income count every month from the customer's first transaction on, so
    that silence shows, but only where the record spans at least 6 months of the grid. Balances
    are never computed: a record of card payments does not say what is in the account.
    """
    day = last_day(bank)
    months = grid(day)
    figures = {name: np.full((bank.n_customers, N_MONTHS), np.nan) for name in COLUMNS}
    given = _put_given(bank, months, figures)
    slots = transaction_slots(bank, transactions, months) if slots is None else slots
    _put_computed(bank, transactions, slots, figures)
    whole = _whole(bank, transactions, months, figures) | given[:, None]
    complete = np.ones(N_MONTHS, dtype=bool)
    complete[-1] = bool(given.any()) or day.days_in_month - day.day < RECENT
    return Months(months, not bank.manifest.undated_months, figures, complete, whole)


def _whole(
    bank: Bank,
    transactions: CustomerRows,
    months: pd.DatetimeIndex,
    figures: dict[str, np.ndarray],
) -> np.ndarray:
    """Which months the payments of each customer cover, but for up to 3 days at either end.

    Those of a customer begin with the first payment, in the month in which the bank's record begins
    with the bank's first one. They reach to the last one, to the bank's
    last one where silence counts until then, and to the bank's day where they reach into its month.
    """
    n = bank.n_customers
    rows = transactions.positions
    days = bank.rows("transactions").column("booked_at").to_numpy("datetime64[D]")
    dated = (rows >= 0) & ~np.isnat(days)
    whole = np.ones((n, N_MONTHS), dtype=bool)
    if not dated.any():
        return whole
    begins, ends = np.full(n, np.datetime64("9999-12-31")), np.full(n, np.datetime64("0001-01-01"))
    np.minimum.at(begins, rows[dated], days[dated])
    np.maximum.at(ends, rows[dated], days[dated])
    known = ~np.isnan([figures[name] for name in COMPUTED]).all(axis=0)
    first, last = ends_of(known)
    paid = (begins <= ends) & known.any(axis=1)
    first_days = months.to_numpy("datetime64[D]")
    opens, closes = (first_days[at % N_MONTHS].astype("datetime64[M]") for at in (first, last))
    late = paid & (begins.astype("datetime64[M]") == opens)
    oldest = begins.min()
    begins = np.where(opens == oldest.astype("datetime64[M]"), oldest, begins)
    late &= (begins - opens.astype("datetime64[D]")).astype(int) >= RECENT
    whole[late, first[late]] = False
    day = np.datetime64(last_day(bank), "D")
    reach = np.where(ends.astype("datetime64[M]") < closes, ends.max(), ends)
    reach = np.where(closes == day.astype("datetime64[M]"), np.maximum(reach, day), reach)
    month_end = (closes + 1).astype("datetime64[D]") - 1
    short = paid & ((month_end - reach).astype(int) >= RECENT)
    whole[short, last[short]] = False
    return whole


def _put_given(bank: Bank, months: pd.DatetimeIndex, figures: dict[str, np.ndarray]) -> np.ndarray:
    """Who has a figure that is no sum of payments, so that a month of it is a whole one."""
    table = bank["months"]
    rows = customer_positions(bank, table["customer_id"])
    slots = month_slots(table["month"], months)
    kept = (rows >= 0) & (slots >= 0)
    for name, values in figures.items():
        amounts = table[name].to_numpy(dtype=float)[kept]
        values[rows[kept], slots[kept]] = np.abs(amounts) if name != "balance" else amounts
    given = np.zeros(bank.n_customers, dtype=bool)
    given[rows[kept & table["n_transactions"].isna().to_numpy()]] = True
    return given


def _put_computed(
    bank: Bank, transactions: CustomerRows, slots: np.ndarray, figures: dict[str, np.ndarray]
) -> None:
    """Fill what no source gave, customer by customer and figure by figure."""
    kept = (transactions.positions >= 0) & (slots >= 0)
    if not kept.any():
        return
    rows, slots = transactions.positions[kept], slots[kept]
    amounts = bank.rows("transactions").column("amount").to_numpy(dtype=float)[kept]
    shape = figures["spending"].shape
    cells = rows * N_MONTHS + slots
    sums = {
        "income": np.where(amounts > 0, amounts, 0.0),
        "spending": np.where(amounts < 0, -amounts, 0.0),
        "n_transactions": np.ones(len(amounts)),
    }
    counts = np.bincount(cells, minlength=shape[0] * N_MONTHS).reshape(shape)
    seen = counts > 0
    first, last = ends_of(seen)
    end = np.where(last - first + 1 >= _MIN_SPAN, slots.max(), last)
    columns = np.arange(N_MONTHS)
    covered = (columns >= first[:, None]) & (columns <= end[:, None])
    for name, weights in sums.items():
        computed = np.bincount(cells, weights, minlength=counts.size).reshape(shape)
        absent = np.isnan(figures[name]).all(axis=1)[:, None]
        np.copyto(figures[name], computed, where=covered & absent)
