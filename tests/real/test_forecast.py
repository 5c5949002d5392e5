"""Forecasts of the peers' banks and of the demo bank: anchors, coverage, and the odd December."""

import datetime as dt

import pandas as pd
import pytest

from engine import Engine
from engine.customers.forecast import smoothing
from engine.customers.forecast.choose import choose
from engine.customers.forecast.series import FIGURES, series_of
from engine.settings import default
from tests.conftest import DEMO

pytestmark = pytest.mark.real

NOW = dt.datetime(2026, 11, 21)
COMPAT = "linear regression, 11 fixed lags (compat)"


def opened(real_banks, tmp_path_factory, peer: str) -> Engine:
    folder = tmp_path_factory.mktemp(peer)
    return Engine.open(*real_banks.fitted(f"peers/{peer}", folder))


@pytest.fixture(scope="module")
def bank_b(real_banks, tmp_path_factory) -> Engine:
    return opened(real_banks, tmp_path_factory, "B")


@pytest.fixture(scope="module")
def bank_d(real_banks, tmp_path_factory) -> Engine:
    return opened(real_banks, tmp_path_factory, "D")


@pytest.fixture(scope="module")
def demo(trained_state) -> Engine:
    return Engine.open(DEMO, trained_state)


@pytest.fixture(scope="module")
def tested(bank_b):
    (found,) = bank_b.customers.backtest()
    return found


def by_method(table: pd.DataFrame) -> pd.DataFrame:
    return table.set_index("method")


def test_F54_compat_gives_the_known_forecast_of_AlisonGaines78(bank_b):
    found = bank_b.customers.forecast("AlisonGaines78").spending
    assert found.compat == pytest.approx(34560.05, abs=0.01)
    assert found.value != found.compat


def test_F57_the_chosen_method_beats_last_value_up_to_november(tested):
    table = by_method(tested.table)
    assert tested.first == pd.Timestamp("2024-07-01")
    assert tested.last == pd.Timestamp("2024-11-01")
    assert table.loc["last value", "n"] == table.loc[tested.chosen, "n"] == 500
    assert table.loc[tested.chosen, "mae"] < 0.9 * table.loc["last value", "mae"]
    assert table.loc[tested.chosen, "beats_last_value"] > 0.6


def test_F59_the_interval_covers_70_to_90_percent_up_to_november(tested):
    table = by_method(tested.table)
    assert 0.7 <= table.loc[tested.chosen, "coverage"] <= 0.9
    assert table.loc[tested.chosen, "n_intervals"] == 400


def test_december_stands_apart_with_its_own_error_and_is_flagged_as_unusual(tested, bank_b):
    december = by_method(tested.apart[tested.apart["month"] == pd.Timestamp("2024-12-01")])
    assert list(tested.unusual) == ["2024-12"]
    assert december.loc["last value", "mae"] == pytest.approx(3580, abs=1)
    assert december.loc[tested.chosen, "mae"] <= december.loc["last value", "mae"]
    assert december.loc[tested.chosen, "coverage"] < 0.5
    assert december.loc[COMPAT, "n"] == 100
    spending = bank_b.customers.forecast("AlyssaMartinez66").spending
    assert spending.unusual_last_month and spending.unusual_for_bank


def test_F58_the_source_names_categories_and_payment_modes_of_bank_b(bank_b):
    found = bank_b.customers.forecast("AlisonGaines78")
    assert found.categories == ("Dining", "Travel", "Lifestyle")
    assert found.payment_methods == ("Credit Card", "Debit Card", "Bank Transfer")
    assert found.activity["count"].tolist()[-1] == 32
    assert not found.balance.known


def test_F53_the_undated_balance_of_CUST_3_falls_and_is_flagged(bank_d):
    found = bank_d.customers.forecast("CUST_3")
    assert found.trends["balance"] < 0
    assert not found.dated
    assert any("without dates" in note for note in found.balance.notes)
    assert found.balance.months["month"].iloc[0] == pd.Timestamp("2025-04-01")


@pytest.mark.parametrize("figure", FIGURES)
def test_F59_on_the_demo_bank_the_chosen_method_beats_last_value_and_covers(demo, figure):
    found = next(one for one in demo.customers.backtest() if one.figure == figure)
    table = by_method(found.table)
    assert table.loc[found.chosen, "mae"] < table.loc["last value", "mae"]
    assert 0.7 <= table.loc[found.chosen, "coverage"] <= 0.9
    assert found.unusual == {}


def test_the_choice_for_a_thousand_customers_fits_few_histories_one_by_one(demo, monkeypatch):
    fitted = []
    fit_one = smoothing._fit_one
    monkeypatch.setattr(smoothing, "_fit_one", lambda v: fitted.append(len(v)) or fit_one(v))
    choose(series_of(demo.snapshot().profiles.data.months, "spending"), default().forecast)
    assert 0 < len(fitted) <= 6 * smoothing.N_FITTED


def test_F56_every_customer_of_the_demo_bank_gets_a_forecast_or_the_reason_why_not(demo):
    for customer_id in demo.bank.customer_ids[::7]:
        found = demo.customers.forecast(customer_id)
        for one in (found.balance, found.spending):
            assert one.known or one.notes
            assert one.notes or not one.fallback
