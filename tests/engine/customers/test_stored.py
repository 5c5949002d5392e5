"""What is worked out of stored transactions is what is worked out of those in memory."""

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from engine.bank import stored_rows
from engine.bank.bank import Bank
from engine.bank.consents import effective_consents
from engine.customers.alerts.money import unusual_transactions
from engine.customers.cashflow.cashflow import cashflow
from engine.customers.profile import profile
from engine.customers.profiles import Profiles, build
from engine.customers.texts import TextModels
from engine.demo import generate
from engine.settings import default


@pytest.fixture(scope="module")
def banks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bank, Bank]:
    held = generate(50, 7).by_customer()
    into = tmp_path_factory.mktemp("bank")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored_rows, "ROWS_A_GROUP", 100)
        held.save(into, "parquet")
    return held, Bank.load(into)


@pytest.fixture(scope="module")
def both(banks: tuple[Bank, Bank], texts: TextModels) -> list[tuple[Bank, Profiles]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored_rows, "_GROUPS_A_PART", 3)
        return [
            (bank, build(bank, consents=_consents(bank), texts=texts, settings=default()))
            for bank in banks
        ]


def _consents(bank: Bank) -> pd.DataFrame:
    return effective_consents(bank, default())


def test_profiles_are_the_same_to_the_last_bit(both: list[tuple[Bank, Profiles]]):
    (_, held), (_, stored) = both
    for name in ("table", "spending", "interests", "features", "value_parts"):
        assert_frame_equal(getattr(stored, name), getattr(held, name), check_exact=True)
    for name, figures in held.data.months.figures.items():
        assert np.array_equal(stored.data.months.figures[name], figures, equal_nan=True)
    for name in ("codes", "in_window", "bets", "speculative", "known"):
        mine, theirs = (getattr(p.data.spending, name) for p in (stored, held))
        assert np.array_equal(mine, theirs)


def test_one_customers_record_and_cash_flow_are_the_same(both: list[tuple[Bank, Profiles]]):
    for customer in both[0][0].customer_ids[[0, 11, 29]]:
        records = [profile(b, p, _consents(b), customer, default()) for b, p in both]
        flows = [cashflow(p, customer, default()) for _, p in both]
        for held, stored in (records, flows):
            for name in (f.name for f in fields(held)):
                one, other = getattr(held, name), getattr(stored, name)
                if isinstance(one, pd.DataFrame):
                    assert_frame_equal(other, one, check_exact=True)
                elif name != "facts":
                    assert repr(other) == repr(one)


def test_alerts_are_the_same(both: list[tuple[Bank, Profiles]], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("engine.customers.alerts.money.CUSTOMERS", 7)
    year = default().model_copy(
        update={
            "alerts": default().alerts.model_copy(update={"unusual_days": 365}),
            "cashflow": default().cashflow.model_copy(update={"unusual_days": 365}),
        }
    )
    held, stored = (unusual_transactions(b, p, year) for b, p in both)
    assert len(held)
    assert_frame_equal(stored, held)


def test_a_moment_before_today_is_the_same(banks: tuple[Bank, Bank], texts: TextModels):
    day = banks[0].as_of - pd.Timedelta(days=200)
    held, stored = (
        build(bank, consents=_consents(bank), texts=texts, settings=default())
        for bank in (bank.until(day) for bank in banks)
    )
    assert_frame_equal(stored.table, held.table, check_exact=True)
