"""Monthly figures in; what share of its income each customer keeps out."""

import numpy as np
import pandas as pd

from engine.customers.finances.months import N_MONTHS, YEAR, Months
from engine.settings import CashflowSettings


def savings(
    months: Months, settings: CashflowSettings, rows: np.ndarray | None = None
) -> pd.DataFrame:
    """Income minus spending over income, for all customers or some.

    Parameters
    ----------
    rows : ndarray of int, optional
        Positions of customers; all by default.

    Returns
    -------
    DataFrame of shape (n_rows, 4)
        rate (NaN where unknown; negative where more is spent than comes in), income and spending
        (means a month over the same months), n_months.

    Notes
    -----
    Over the whole months with both figures known among the 12 that end with the customer's
    latest such month; unknown under `savings_min_months` of them, or without income. A transfer to
    the customer's own savings counts as spent where the source books it so.
    """
    chosen = slice(None) if rows is None else rows
    income, spending = (months.of_whole(c, chosen) for c in ("income", "spending"))
    known = ~np.isnan(income) & ~np.isnan(spending) & months.complete
    last = N_MONTHS - 1 - known[:, ::-1].argmax(axis=1)
    known &= np.arange(N_MONTHS) > (last - YEAR)[:, None]
    n = known.sum(axis=1)
    means = [
        np.divide(
            np.where(known, figure, 0.0).sum(axis=1), n, out=np.full(len(n), np.nan), where=n > 0
        )
        for figure in (income, spending)
    ]
    enough = (n >= settings.savings_min_months) & (means[0] > 0)
    kept = means[0] - means[1]
    rate = np.divide(kept, means[0], out=np.full(len(n), np.nan), where=enough)
    return pd.DataFrame({"rate": rate, "income": means[0], "spending": means[1], "n_months": n})
