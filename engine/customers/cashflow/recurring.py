"""Bookings in; payments that come again and again, their rhythm and their next day, out."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from engine.customers.cashflow.bookings import Bookings, grouped_median, order_within
from engine.settings import CashflowSettings

DAYS_A_MONTH: Final = 365.25 / 12
_N_RECENT: Final = 3


@dataclass(frozen=True)
class Rhythm:
    """How often something comes: words, days between, the bounds of those, how often at least."""

    words: str
    days: float
    low: int
    high: int
    n_min: int


RHYTHMS: Final = (
    Rhythm("every week", 7, 6, 8, 6),
    Rhythm("every two weeks", 14, 12, 16, 5),
    Rhythm("every month", DAYS_A_MONTH, 26, 35, 3),
    Rhythm("every two months", 2 * DAYS_A_MONTH, 55, 67, 3),
    Rhythm("every quarter", 3 * DAYS_A_MONTH, 84, 98, 3),
    Rhythm("every half-year", 6 * DAYS_A_MONTH, 172, 192, 3),
    Rhythm("every year", 365.25, 350, 380, 2),
)
"""Bounds leave room for weekends and short months; a short rhythm needs more proof (own choice)."""
_LOW, _HIGH = (np.array([getattr(r, f) for r in RHYTHMS]) for f in ("low", "high"))
_N_MIN = np.array([r.n_min for r in RHYTHMS])
_DAYS = np.array([r.days for r in RHYTHMS])
_BY_MONTH = _DAYS > 27


@dataclass(frozen=True, eq=False)
class RecurringPayments:
    """Recurring payments, one row each.

    Attributes
    ----------
    table : DataFrame
        position (customer), payee, rhythm (place in RHYTHMS), n, first, last, next_due (days since
        1970-01-01), day_of_month, amount (signed, as last expected), fixed (always the same
        amount), active, late, last_row (in bank["transactions"]), code (spending category).
        Ordered by position, then next_due.
    of_booking : ndarray of int64, shape (n_bookings,)
        Row of `table`; -1 for what does not recur.
    """

    table: pd.DataFrame
    of_booking: np.ndarray


def recurring(bookings: Bookings, settings: CashflowSettings) -> RecurringPayments:
    """Find what recurs: one payee, one direction, a regular interval and a similar amount.

    Notes
    -----
    Tried twice. First all bookings with a payee are one series, which may vary by
    `amount_tolerance`; then, among what is left, those of one fixed amount, so that a subscription
    shows between purchases at the same shop. Vectorised over all customers; source: own choice.
    """
    series = np.full(len(bookings), -1)
    if not len(bookings):
        return RecurringPayments(
            _describe(bookings, series, np.empty(0, np.int64), settings), series
        )
    whom = _codes(bookings.positions, bookings.payees, bookings.amounts > 0)
    first, rhythms = _regular(bookings, whom, settings.amount_tolerance, settings)
    series[:] = first
    left = np.flatnonzero(series < 0)
    if len(left):
        rest = _levels(whom[left], np.abs(bookings.amounts[left]), settings.fixed_tolerance)
        some = bookings.take(left)
        fixed, more = _regular(some, rest, settings.fixed_tolerance, settings, n_least=3)
        series[left] = np.where(fixed >= 0, fixed + len(rhythms), -1)
        rhythms = np.concatenate([rhythms, more])
    return _ordered(_describe(bookings, series, rhythms, settings), series)


def _codes(*keys: np.ndarray) -> np.ndarray:
    """One code for each combination of keys, from 0 without gaps."""
    combined = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        combined = combined * (int(key.max()) + 1) + key
    return np.unique(combined, return_inverse=True)[1]


def _levels(groups: np.ndarray, amounts: np.ndarray, tolerance: float) -> np.ndarray:
    """Split each group where its sorted amounts jump by more than `tolerance`."""
    order = order_within(groups, amounts)
    g, a = groups[order], amounts[order]
    new = np.ones(len(g), dtype=bool)
    new[1:] = (g[1:] != g[:-1]) | (a[1:] > a[:-1] * (1 + tolerance))
    codes = np.empty(len(g), dtype=np.int64)
    codes[order] = np.cumsum(new) - 1
    return codes


def _regular(
    bookings: Bookings,
    groups: np.ndarray,
    tolerance: float,
    settings: CashflowSettings,
    n_least: int = 2,
) -> tuple[np.ndarray, np.ndarray]:
    """Which groups are regular: a series for each booking (-1 for none), a rhythm per series."""
    n = int(groups.max()) + 1
    order = order_within(groups, bookings.days)
    g, d = groups[order], bookings.days[order]
    gaps, same = np.diff(d), (np.diff(g) == 0) & (np.diff(d) > 0)  # one a day counts
    of_gap, gaps = g[1:][same], gaps[same]
    typical = grouped_median(of_gap, gaps, n)
    rhythm = np.searchsorted(_LOW, np.nan_to_num(typical), side="right") - 1
    rhythm = np.where((rhythm >= 0) & (np.nan_to_num(typical) <= _HIGH[rhythm]), rhythm, -1)
    on_time = (gaps >= _LOW[rhythm[of_gap]]) & (gaps <= _HIGH[rhythm[of_gap]])
    n_gaps = np.bincount(of_gap, minlength=n)
    punctual = np.bincount(of_gap, on_time, minlength=n) >= settings.regular_share * n_gaps

    amounts = np.abs(bookings.amounts)
    middle = grouped_median(groups, amounts, n)
    near = np.abs(amounts - middle[groups]) <= tolerance * middle[groups]
    alike = np.bincount(groups, near, minlength=n) >= settings.regular_share * np.bincount(
        groups, minlength=n
    )
    fixed = np.bincount(groups, np.abs(amounts / middle[groups] - 1) > settings.fixed_tolerance)
    enough = n_gaps + 1 >= np.maximum(_N_MIN[rhythm], np.where(fixed == 0, n_least, 3))
    kept = (rhythm >= 0) & punctual & alike & enough
    numbers = np.where(kept, np.cumsum(kept) - 1, -1)
    return numbers[groups], rhythm[kept]


def _describe(
    bookings: Bookings, series: np.ndarray, rhythms: np.ndarray, settings: CashflowSettings
) -> pd.DataFrame:
    """One row for each series, in the order of their numbers."""
    mine = np.flatnonzero(series >= 0)
    mine = mine[np.lexsort((bookings.days[mine], series[mine]))]
    s, days = series[mine], bookings.days[mine]
    n = len(rhythms)
    counts = np.bincount(s, minlength=n)
    ends = np.cumsum(counts)
    last, first = mine[ends - 1], mine[ends - counts]
    recent = np.arange(len(mine)) >= (ends - _N_RECENT)[s]
    amounts = bookings.amounts[mine]
    middle = grouped_median(s, np.abs(amounts), n)
    off = np.abs(np.abs(amounts) / middle[s] - 1) > settings.fixed_tolerance
    months = days.astype("datetime64[D]").astype("datetime64[M]")
    in_month = days - months.astype("datetime64[D]").astype(np.int64) + 1
    usual_day = np.rint(grouped_median(s, in_month, n)).astype(np.int64)
    last_day = bookings.days[last]
    due = advance(last_day, rhythms, usual_day)
    return pd.DataFrame(
        {
            "position": bookings.positions[last],
            "payee": bookings.payees[last],
            "rhythm": rhythms,
            "n": counts,
            "first": bookings.days[first],
            "last": last_day,
            "next_due": due,
            "day_of_month": usual_day,
            "amount": grouped_median(s[recent], amounts[recent], n),
            "fixed": np.bincount(s, off, minlength=n) == 0,
            "active": due + settings.late_days >= bookings.today,
            "late": due <= bookings.today,
            "last_row": bookings.rows[last],
            "code": bookings.codes[last],
        }
    )


def _ordered(table: pd.DataFrame, series: np.ndarray) -> RecurringPayments:
    order = np.lexsort((table["last_row"], table["next_due"], table["position"]))
    places = np.empty(len(order) + 1, dtype=np.int64)
    places[order], places[-1] = np.arange(len(order)), -1
    return RecurringPayments(table.iloc[order].reset_index(drop=True), places[series])


def advance(days: np.ndarray, rhythms: np.ndarray, usual_day: np.ndarray) -> np.ndarray:
    """The next day of each series.

    Parameters
    ----------
    days : ndarray of int64
        Days since 1970-01-01 of the last booking.
    rhythms : ndarray of int
        Places in RHYTHMS.
    usual_day : ndarray of int
        Day of the month, kept by what comes monthly or more rarely; a short month ends earlier.
    """
    target = days + np.rint(_DAYS[rhythms]).astype(np.int64)
    month = target.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    around = month[:, None] + np.array([-1, 0, 1])
    starts = around.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    lengths = (around + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - starts
    candidates = starts + np.minimum(usual_day[:, None], lengths) - 1
    nearest = np.abs(candidates - target[:, None]).argmin(axis=1)
    by_month = candidates[np.arange(len(days)), nearest]
    return np.where(_BY_MONTH[rhythms], by_month, target)
