"""Balance, spending, trends and habits of one customer of the hand-made bank."""

import json

import numpy as np
import pytest

from engine import Engine
from engine.bank.consents import effective_consents
from engine.customers.forecast.outlook import backtest, outlook
from engine.customers.forecast.store import FILE, ForecastStore
from engine.customers.profiles import build
from engine.errors import NotFound
from engine.settings import default


@pytest.fixture(scope="module")
def profiles(small_bank, texts):
    settings = default()
    consents = effective_consents(small_bank, settings)
    return build(small_bank, consents=consents, texts=texts, settings=settings)


@pytest.fixture(scope="module")
def served(profiles, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cache")
    return ForecastStore(folder, default().forecast).of(profiles.data.months)


@pytest.fixture
def ask(profiles, served):
    return lambda customer_id: outlook(profiles, served, customer_id, default().forecast)


def test_F53_the_trends_tell_a_rising_from_a_falling_balance(ask):
    assert ask("ann").trends["balance"] == pytest.approx(700)
    assert ask("ben").trends["balance"] == pytest.approx(-500)
    assert ask("cid").trends["balance"] == 0
    assert ask("ann").trends["loan_balance"] is None


def test_F58_the_months_carry_amount_and_count(ask):
    activity = ask("dee").activity
    assert activity["amount"].tolist() == [1500.0, 4500.0] * 6
    assert activity["count"].tolist() == [20.0] * 12
    assert list(activity.columns) == ["month", "amount", "count"]


def test_F58_what_is_used_most_comes_first_and_salary_is_no_category(ask):
    assert ask("ann").categories == ("travel",)
    assert ask("eve").categories == ()


def test_F55_constant_months_of_the_small_bank_are_undefined(ask):
    expected = ask("cid")
    assert expected.balance.position_text == expected.spending.position_text == "undefined"
    assert expected.balance.value == 20000


def test_a_customer_of_whom_nothing_is_known_gets_no_forecast_and_no_error(ask):
    expected = ask("eve")
    assert not expected.balance.known and not expected.spending.known
    assert len(expected.activity) == 0
    assert "nan" not in json.dumps(expected.to_json(), allow_nan=False).lower()


def test_an_unknown_customer_is_an_error_that_says_so(ask):
    with pytest.raises(NotFound, match="zoe"):
        ask("zoe")


def test_F57_the_backtest_names_every_method_and_one_that_is_chosen(served):
    expected = {one.figure: one for one in backtest(served, "USD", default().forecast)}
    assert set(expected) == {"balance", "spending"}
    table = expected["balance"].table
    assert table["chosen"].sum() == 1
    assert expected["balance"].chosen == table.loc[table["chosen"], "method"].item()
    assert table["n"].max() == 24  # four customers with months, six origins
    assert np.isfinite(table.loc[0, "mae"])
    assert json.dumps(expected["balance"].to_json(), allow_nan=False)


def test_the_engine_chooses_at_the_first_question_and_keeps_the_choice(small_bank, tmp_path):
    small_bank.save(tmp_path / "bank")
    engine = Engine.open(tmp_path / "bank", tmp_path / "state")
    kept = tmp_path / "state" / small_bank.bank_id / "cache" / FILE
    engine.snapshot()
    assert not kept.exists()  # nothing is chosen at start-up
    expected = engine.customers.forecast("ann")
    assert expected.balance.value > 0
    written = kept.stat().st_mtime_ns
    assert Engine.open(tmp_path / "bank", tmp_path / "state").customers.forecast(
        "ann"
    ).to_json() == (expected.to_json())
    assert kept.stat().st_mtime_ns == written
