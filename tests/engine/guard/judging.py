"""Verdicts of some customers of a bank, all rules worked out for this one question."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers.profiles import Profiles
from engine.customers.row_index import rows_of
from engine.guard.hidden_products import hidden_products
from engine.guard.preconditions import CustomerChoices
from engine.guard.verdicts import Rulebook, Verdicts
from engine.settings import Settings


def whole(bank: Bank, profiles: Any) -> Any:
    """Hand-made profiles with what the guard reads of messages, months and transactions; no month
    is known, and every message that the bank calls open is unhappy."""
    if hasattr(profiles, "data"):
        return profiles
    said = bank["messages"]
    unresolved = (said["kind"] != "post") & said["resolved"].eq(False).fillna(False)
    unknown = {name: np.full((bank.n_customers, 1), np.nan) for name in ("income", "spending")}
    data = SimpleNamespace(
        messages=SimpleNamespace(
            unresolved=unresolved.to_numpy(dtype=bool), sentiment=np.full(len(said), -0.5)
        ),
        message_rows=rows_of(bank, "messages"),
        transaction_rows=rows_of(bank, "transactions"),
        months=SimpleNamespace(figures=unknown, complete=np.array([True])),
        kept=None,
    )
    return SimpleNamespace(**vars(profiles), data=data)


def judge(
    bank: Bank,
    profiles: Profiles,
    consents: pd.DataFrame,
    rows: np.ndarray,
    settings: Settings,
    now: datetime | pd.Timestamp,
) -> Verdicts:
    """Judge every product for the customers at `rows`."""
    off = hidden_products(bank, bank["events"], bank["consents"], settings.guard)
    return Rulebook(bank, whole(bank, profiles), settings).judge(
        CustomerChoices(consents, off), rows, now
    )
