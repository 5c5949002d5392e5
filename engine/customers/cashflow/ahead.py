"""Recurring payments in; what is due in the next days, and how low the balance may fall, out."""

import numpy as np
import pandas as pd

from engine.customers.cashflow.bookings import Bookings
from engine.customers.cashflow.recurring import RecurringPayments, advance
from engine.settings import CashflowSettings

EVERYDAY_DAYS = 90
"""Days over which spending beside the recurring payments is averaged (own choice)."""


def due(series: RecurringPayments, today: int, settings: CashflowSettings) -> pd.DataFrame:
    """Every payment that the active series let expect within `horizon_days`.

    Returns
    -------
    DataFrame
        series (row of its table), position, day (days since 1970-01-01, after today), amount
        (signed), late; by position, day and series. What is late is expected tomorrow.
    """
    table = series.table
    rhythms, usual_days = (table[c].to_numpy() for c in ("rhythm", "day_of_month"))
    rows = np.flatnonzero(table["active"])
    day = table["next_due"].to_numpy()[rows]
    parts = [(rows[:0], day[:0], rows[:0] > 0)]
    while len(rows):
        shown = np.maximum(day, today + 1)
        within = shown <= today + settings.horizon_days
        rows, day = rows[within], day[within]
        parts.append((rows, shown[within], day <= today))
        day = advance(day, rhythms[rows], usual_days[rows])
    rows, days, late = (np.concatenate(column) for column in zip(*parts, strict=True))
    calendar = pd.DataFrame(
        {
            "series": rows,
            "position": table["position"].to_numpy()[rows],
            "day": days,
            "amount": table["amount"].to_numpy()[rows],
            "late": late,
        }
    )
    return calendar.sort_values(["position", "day", "series"], ignore_index=True)


def everyday(bookings: Bookings, of_series: np.ndarray, n_customers: int) -> np.ndarray:
    """Spending a day beside the recurring payments, positive, shape (n_customers,)."""
    since = bookings.today - EVERYDAY_DAYS
    out = (bookings.amounts < 0) & (of_series < 0) & (bookings.days > since)
    sums = np.bincount(bookings.positions[out], -bookings.amounts[out], minlength=n_customers)
    return sums / EVERYDAY_DAYS


def balance_after(
    calendar: pd.DataFrame, balance: np.ndarray, spent_a_day: np.ndarray, today: int
) -> np.ndarray:
    """The customer's balance after each row of the calendar, NaN where it is not known.

    Parameters
    ----------
    calendar : DataFrame
        From `due`.
    balance, spent_a_day : ndarray of shape (n_customers,)

    Notes
    -----
    Balance today, plus what is due up to then, minus everyday spending; income that does not
    recur is not counted on.
    """
    position = calendar["position"].to_numpy()
    running = calendar.groupby("position")["amount"].cumsum().to_numpy(dtype=float)
    elapsed = calendar["day"].to_numpy() - today
    return balance[position] + running - spent_a_day[position] * elapsed
