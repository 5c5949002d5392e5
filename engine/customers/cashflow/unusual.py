"""Bookings in; the few that stand out from the customer's own habits out."""

from typing import Final

import numpy as np
import pandas as pd

from engine.customers.cashflow.bookings import Bookings, grouped_median
from engine.customers.cashflow.recurring import DAYS_A_MONTH
from engine.settings import CashflowSettings
from engine.vocabulary import SPENDING_CATEGORIES

_TO_SIGMA: Final = 1.4826
"""A normal deviation in units of its median absolute deviation."""
_LEAST_SIGMA: Final = 0.3
"""Nobody's amounts count as more alike than this, in log units (own choice)."""
EVERYTHING: Final = len(SPENDING_CATEGORIES)
"""Stands for all spending, where a category has too short a history."""


def unusual(bookings: Bookings, of_series: np.ndarray, settings: CashflowSettings) -> pd.DataFrame:
    """Payments of the last `unusual_days` that are far above what the customer usually pays.

    Parameters
    ----------
    bookings : Bookings
        Of one customer or of all.
    of_series : ndarray of int64, shape (n_bookings,)
        `RecurringPayments.of_booking`; what recurs is never unusual.

    Returns
    -------
    DataFrame
        position, row (in bank["transactions"]), day, amount (positive), code (spending category),
        basis (the category compared with, or EVERYTHING), usual (median), times (amount / usual),
        score (robust deviations), n (payments compared with); by position, highest score first.

    Notes
    -----
    Modified z-score of log amounts (Iglewicz and Hoaglin 1993) against the customer's own category,
    or all of the customer's spending where the category has fewer than `unusual_min_history`.
    """
    out = np.flatnonzero((bookings.amounts < 0) & (bookings.codes >= 0) & (of_series < 0))
    position, code = bookings.positions[out], bookings.codes[out].astype(np.int64)
    amount, day = -bookings.amounts[out], bookings.days[out]
    own = _compare(position * (EVERYTHING + 1) + code, amount)
    whole = _compare(position, amount)
    enough = own[2] >= settings.unusual_min_history
    middle, sigma, n, usual = (np.where(enough, a, b) for a, b in zip(own, whole, strict=True))
    usual = np.maximum(np.round(usual, 2), 0.01)
    payments = pd.DataFrame(
        {
            "position": position,
            "row": bookings.rows[out],
            "day": day,
            "amount": amount,
            "code": code,
            "basis": np.where(enough, code, EVERYTHING),
            "usual": usual,
            "times": amount / usual,
            "score": (np.log(amount) - middle) / sigma,
            "n": n.astype(np.int64),
        }
    )
    kept = (
        (day > bookings.today - settings.unusual_days)
        & (payments["score"] >= settings.unusual_score)
        & (payments["times"] >= settings.unusual_times)
        & (n >= settings.unusual_min_history)
        & (amount >= settings.unusual_share * _month(position, amount, day, bookings.today))
    )
    keys, ascending = ["position", "score", "row"], [True, False, True]
    return payments[kept].sort_values(keys, ascending=ascending, ignore_index=True)


def _compare(groups: np.ndarray, amounts: np.ndarray) -> tuple[np.ndarray, ...]:
    """Of each amount's group: median and robust deviation of the logs, size, and median."""
    logs = np.log(amounts)
    _, code = np.unique(groups, return_inverse=True)
    n = int(code.max()) + 1 if len(code) else 0
    middle = grouped_median(code, logs, n)[code]
    spread = grouped_median(code, np.abs(logs - middle), n)[code]
    counts = np.bincount(code, minlength=n)[code]
    plain = grouped_median(code, amounts, n)[code]
    return middle, np.maximum(_TO_SIGMA * spread, _LEAST_SIGMA), counts, plain


def _month(position: np.ndarray, amount: np.ndarray, day: np.ndarray, today: int) -> np.ndarray:
    """What each customer spends in a month beside recurring payments, one value a booking."""
    n = int(position.max()) + 1 if len(position) else 0
    first = np.full(n, today)
    np.minimum.at(first, position, day)
    months = np.maximum((today - first + 1) / DAYS_A_MONTH, 1)
    return (np.bincount(position, amount, minlength=n) / months)[position]
