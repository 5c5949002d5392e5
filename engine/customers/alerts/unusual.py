"""Bookings of all customers in; payments that stand out from their customer's habits, as alerts."""

import pandas as pd

from engine.bank.bank import Bank
from engine.customers.alerts.raised import raised
from engine.customers.cashflow.bookings import as_times, bookings_of
from engine.customers.cashflow.recurring import recurring
from engine.customers.cashflow.sentences import reasons
from engine.customers.cashflow.unusual import unusual
from engine.customers.profiles import Profiles
from engine.settings import Settings

CUSTOMERS = 5_000
"""Customers looked at together: their bookings, about half a million, stay near the processor."""


def unusual_transactions(bank: Bank, profiles: Profiles, settings: Settings) -> pd.DataFrame:
    """Payments of the last days that are far from the customer's own history.

    Notes
    -----
    They are those of the cash flow (engine.customers.cashflow.unusual), as long as they are news.
    """
    rules = settings.cashflow
    bookings = bookings_of(profiles, rules)
    parts = [
        unusual(part, recurring(part, rules).of_booking, rules)
        for part in bookings.parts(CUSTOMERS)
    ]
    payments = pd.concat(parts, ignore_index=True)
    payments = payments[payments["day"] > bookings.today - settings.alerts.unusual_days]
    return raised(
        "unusual_transaction",
        payments["position"].to_numpy(),
        cause=bank["transactions"]["transaction_id"].iloc[payments["row"]].to_numpy(dtype=object),
        raised_at=as_times(payments["day"].to_numpy()),
        reason=[f"{reason}." for reason in reasons(profiles, payments)],
        action="Ask whether the customer made it; stop the card or the order if not.",
        severity="medium",
    )
