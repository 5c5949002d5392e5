"""Profiles of the small bank by hand, so that the guard is tested without the floors below."""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.bank.consents import effective_consents
from engine.customers.words.mood import only_thanks
from engine.guard.verdicts import Verdicts
from engine.settings import Settings, default
from tests.engine.guard.judging import judge

NOW = pd.Timestamp("2025-01-10")
NAN = np.nan


def profile_table(bank: Bank, **columns: list[float]) -> pd.DataFrame:
    """The columns of a profile that the guard reads; what is not given is unknown."""
    blank = {c: NAN for c in ("balance", "income_month", "spending_month", "mood")}
    table = pd.DataFrame({**blank, "risk": 5.0}, index=bank.customer_ids)
    return table.assign(n_cases_open=open_cases(bank), **columns)


def open_cases(bank: Bank) -> np.ndarray:
    """Cases of each customer that the bank calls open, without those that only thank."""
    said = bank["messages"]
    unresolved = (said["kind"] != "post") & said["resolved"].eq(False).fillna(False)
    chosen = said[unresolved & ~only_thanks(said["text"].fillna("").astype("str"))]
    counts = chosen["customer_id"].value_counts()
    return counts.reindex(bank.customer_ids, fill_value=0).to_numpy()


@pytest.fixture
def profiles(small_bank: Bank) -> SimpleNamespace:
    return SimpleNamespace(
        table=profile_table(
            small_bank,
            balance=[9000.0, 500.0, 20000.0, 30000.0, NAN, NAN],
            income_month=[4000.0, 4000.0, 4000.0, 4000.0, NAN, NAN],
            spending_month=[2000.0, 900.0, 1000.0, 3000.0, NAN, NAN],
            risk=[5.0, 4.0, 3.0, 8.0, 5.0, 5.0],
        )
    )


@pytest.fixture
def verdicts_of(small_bank: Bank, profiles: SimpleNamespace) -> Callable[..., Verdicts]:
    """Judge the small bank, or a bank made of it by replacing tables."""

    def build(
        bank: Bank = small_bank,
        table: pd.DataFrame | None = None,
        settings: Settings | None = None,
        now: pd.Timestamp = NOW,
    ) -> Verdicts:
        settings = settings or default()
        consents = effective_consents(bank, settings)
        if table is None:
            table = profiles.table
        table = table.assign(n_cases_open=open_cases(bank))
        rows = np.arange(bank.n_customers)
        return judge(bank, SimpleNamespace(table=table), consents, rows, settings, now)

    return build
