"""Verdicts of some customers of a bank, all rules worked out for this one question."""

from datetime import datetime

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers.profiles import Profiles
from engine.guard.hidden_products import hidden_products
from engine.guard.preconditions import CustomerChoices
from engine.guard.verdicts import Rulebook, Verdicts
from engine.settings import Settings


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
    return Rulebook(bank, profiles, settings).judge(CustomerChoices(consents, off), rows, now)
