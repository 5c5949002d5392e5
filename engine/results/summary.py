"""What stands on every page."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class BankSummary:
    """What stands on every page: whose data, of which day, scored by which version."""

    bank_id: str
    name: str
    currency: str
    as_of: pd.Timestamp
    simulated: bool
    n_customers: int
    n_products: int
    model_version: str
    grade: str
    """A letter, "simulated (A)", or "not gradable: no dated adoptions"."""
    degraded: tuple[str, ...] = ()
    """One short sentence per part that runs on a fallback ("sentiment: lexicon only")."""
    notes: tuple[str, ...] = ()
