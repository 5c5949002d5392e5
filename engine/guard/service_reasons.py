"""Messages and profiles in; whether a reason for a service is on record, a customer, out."""

from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers.profiles import Profiles
from engine.guard.target_groups import FAILED, OPEN, PASSED
from engine.settings import GuardSettings

_WRITTEN: Final = {
    "fees": r"\bfees?\b|\bcharged\b|\bcharges\b",
    "security": (
        r"\bfraud\w*|\bscam\w*|\bhack\w*|\bphish\w*|\bstolen\b|\bidentity theft\b|"
        r"\bsecurity (?:breach|alert|incident|issue|problem|concern|hole)|"
        r"\b(?:account|card|online|data) security\b|\b(?:safety|security) of (?:my|our)\b|"
        r"\b(?:did ?n[o']t|not|never) (?:make|authori[sz]e)"
    ),
}
"""Reason -> what a message to the bank says that gives it."""
_DENIED: Final = (
    r"\b(?:no|without|zero|free of)\s+(?!more\b)(?:\w+\s+)?(?:fees?|charges|fraud|scams?)\b"
)
"""What a message says that there is not."""


def reasons(bank: Bank, profiles: Profiles, settings: GuardSettings) -> dict[str, np.ndarray]:
    """Outcome of each reason of `engine.guard.target_groups.SERVED`, int8 of shape (n_customers,).

    Notes
    -----
    Posts give no reason: they are not written to the bank. A recent ticket of which the bank does
    not say whether it is resolved leaves "open case" to be checked. Messages without a day count
    as recent.
    """
    messages, table = bank["messages"], profiles.table
    to_bank = (messages["kind"] != "post").fillna(True).to_numpy(dtype=bool)
    age = (bank.as_of - messages["sent_at"]).dt.days
    recent = to_bank & ~(age > settings.service_reason_days).to_numpy(dtype=bool)
    unsaid = (
        recent
        & (messages["kind"] == "ticket").to_numpy(bool)
        & messages["resolved"].isna().to_numpy(bool)
    )
    open_case = np.where(_whose(bank, unsaid), OPEN, FAILED)
    said = messages["text"].fillna("").astype("str").str.lower()
    said = said.str.replace(_DENIED, "", regex=True)
    written = {
        name: _whose(bank, recent & said.str.contains(pattern).to_numpy(dtype=bool))
        for name, pattern in _WRITTEN.items()
    }
    balance = table["balance"].to_numpy(dtype=float)
    spending, income = (table[c].to_numpy(dtype=float) for c in ("spending_month", "income_month"))
    overdrawn = balance < 0
    swings = table["volatile"].to_numpy(dtype=bool) if "volatile" in table else overdrawn
    short = overdrawn | ((spending > income) & (balance < spending))
    return {
        "open case": np.where(table["n_cases_open"] > 0, PASSED, open_case),
        **{name: np.where(yes, PASSED, FAILED) for name, yes in written.items()},
        "money is short": np.where(short, PASSED, FAILED),
        "budget": np.where(swings | overdrawn, PASSED, FAILED),
    }


def _whose(bank: Bank, chosen: np.ndarray) -> np.ndarray:
    """Which customers have one of the chosen messages, bool of shape (n_customers,)."""
    ids: pd.Series = bank["messages"].loc[chosen, "customer_id"]
    positions = bank.customer_positions(ids.dropna().unique())
    found = np.zeros(bank.n_customers, dtype=bool)
    found[positions[positions >= 0]] = True
    return found
