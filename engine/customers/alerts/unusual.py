"""Transactions in; payments that are far from what their customer usually pays, as alerts, out."""

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers import wording
from engine.customers.alerts.raised import raised
from engine.customers.months import last_day
from engine.customers.profiles import Profiles
from engine.settings import Settings

_MAD_TO_SIGMA = 1.4826
"""Makes the median absolute deviation a standard deviation where values are normal."""
_LEAST_SPREAD = 0.25
"""Payments that hardly differ still vary by a quarter, on the log scale (own choice)."""


def unusual_transactions(bank: Bank, profiles: Profiles, settings: Settings) -> pd.DataFrame:
    """Recent payments that are far from the customer's own history.

    Notes
    -----
    Payments are compared as logarithms with the median and the median absolute deviation of all
    payments of the same customer, so a few odd ones move neither. A payment is unusual when it
    lies `unusual_sigmas` above the median and is clearly more than the customer ever paid before:
    what comes back every month, like rent, is not.
    """
    limits, day = settings.alerts, last_day(bank)
    paid = _payments(bank, profiles)
    position = paid["position"].to_numpy()
    n = np.bincount(position, minlength=bank.n_customers)
    middle = _medians(paid["log"].to_numpy(), position, n)
    off = np.abs(paid["log"].to_numpy() - middle[position])
    spread = np.maximum(_medians(off, position, n) * _MAD_TO_SIGMA, _LEAST_SPREAD)
    sigmas = (paid["log"].to_numpy() - middle[position]) / spread[position]
    before = paid.groupby("position", sort=False)["log"].agg("cummax").to_numpy()
    before = np.where(np.diff(position, prepend=-1) != 0, np.inf, np.roll(before, 1))
    recent = (day - paid["booked_at"]).dt.days.to_numpy() <= limits.unusual_days
    found = (sigmas >= limits.unusual_sigmas) & recent & (n[position] >= limits.unusual_min_n)
    found &= paid["log"].to_numpy() >= before + np.log(limits.usual_month_factor)
    mine = paid[found]
    usual = np.exp(middle[mine["position"]])
    currency = bank.manifest.currency
    where = mine["where"].fillna("a payment")
    return raised(
        "unusual_transaction",
        mine["position"].to_numpy(),
        cause=mine["transaction_id"].to_numpy(dtype=object),
        raised_at=mine["booked_at"],
        reason=[
            f"{wording.money(np.exp(value), currency)} on {wording.day(when)} ({what}); half of "
            f"this customer's {count:,} payments are under {wording.money(middle_, currency)}."
            for value, when, what, count, middle_ in zip(
                mine["log"],
                mine["booked_at"],
                where,
                n[mine["position"]],
                usual,
                strict=True,
            )
        ],
        action="Ask whether the customer made it; stop the card or the order if not.",
        severity="medium",
    )


def _payments(bank: Bank, profiles: Profiles) -> pd.DataFrame:
    """Dated payments in the order of customers and times."""
    table, positions = bank["transactions"], profiles.read.transaction_rows.positions
    amounts = table["amount"].to_numpy(dtype=float)
    kept = (positions >= 0) & (amounts < 0) & table["booked_at"].notna().to_numpy()
    frame = table.loc[kept, ["transaction_id", "booked_at"]].assign(
        position=positions[kept],
        log=np.log(-amounts[kept]),
        where=table["merchant"].fillna(table["description"])[kept],
    )
    return frame.sort_values(["position", "booked_at"], kind="stable", ignore_index=True)


def _medians(values: np.ndarray, positions: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Median of each customer's values, NaN without any; positions are in order."""
    ordered = values[np.lexsort((values, positions))]
    starts = np.cumsum(n) - n
    has = n > 0
    medians = np.full(len(n), np.nan)
    low, high = starts[has] + (n[has] - 1) // 2, starts[has] + n[has] // 2
    medians[has] = (ordered[low] + ordered[high]) / 2
    return medians
