"""Banks of a few lines: only the tables that a test is about."""

import pandas as pd
import pytest

from engine.bank.bank import Bank, Manifest
from engine.customers.alerts import alerts
from engine.settings import default, load

DAY = "2025-06-30"


@pytest.fixture
def bank_of():
    """A bank of some customers (ids, or a frame) and other tables."""

    def bank(customers=("ann",), **tables) -> Bank:
        if not isinstance(customers, pd.DataFrame):
            customers = pd.DataFrame({"customer_id": list(customers)})
        frames = {name: pd.DataFrame(rows) for name, rows in tables.items()}
        return Bank.from_tables(
            Manifest(name="Alert Bank", as_of=DAY), {"customers": customers, **frames}
        )

    return bank


@pytest.fixture
def alerts_of(profile_of):
    """The feed of a bank, with changed thresholds if any are given."""

    def feed(bank: Bank, **thresholds) -> pd.DataFrame:
        settings = load(alerts=thresholds) if thresholds else default()
        return alerts(bank, profile_of(bank, settings), settings)

    return feed


@pytest.fixture
def raised(alerts_of):
    """Customers with an alert of one kind."""

    def customers(bank: Bank, kind: str, **thresholds) -> list[str]:
        feed = alerts_of(bank, **thresholds)
        return feed.loc[feed["kind"] == kind, "customer_id"].tolist()

    return customers
