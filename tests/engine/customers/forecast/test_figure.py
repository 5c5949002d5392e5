"""One customer's forecast: fallbacks with their names, F55's position, no NaN in any text."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as run_with
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.customers.forecast.choose import choose
from engine.customers.forecast.figure import forecast_of
from engine.json_values import json_value
from engine.settings import default
from tests.engine.customers.forecast.conftest import series

RULES = default().forecast
ORDINARY = choose(series(np.random.default_rng(9).normal(100, 20, size=(40, 14)), "balance"), RULES)


def told(level_bank, row, figure="spending", **changes):
    """The forecast of one more customer of the bank of steady spenders."""
    amounts = np.vstack([level_bank.amounts, np.full((1, 14), np.nan)])
    amounts[-1, 14 - len(row) :] = row
    bank = series(amounts, figure, **changes)
    return forecast_of(bank, choose(bank, RULES), 150, "USD", RULES)


@pytest.fixture(scope="module")
def noisy():
    return 1000 + 50 * np.array([1, -1, 2, 0, -2, 1, 0, -1, 2, -2, 1, 0.0])


def test_F54_the_next_months_follow_the_last_known_one(level_bank, noisy):
    found = told(level_bank, noisy)
    assert found.months["month"].dt.strftime("%Y-%m").tolist() == ["2025-01", "2025-02", "2025-03"]
    assert found.method == "mean of the last 12 months"
    assert not found.fallback
    assert found.value == pytest.approx(noisy.mean())
    assert found.sentence.startswith("Spending in January 2025: about USD 1,004; USD ")
    assert found.sentence.endswith("with a chance of 80 %.")


def test_F59_low_and_high_enclose_the_forecast_and_suit_the_customer(level_bank, noisy):
    calm, wild = told(level_bank, noisy), told(level_bank, 1000 + 4 * (noisy - 1000))
    assert calm.low < calm.value < calm.high
    assert wild.high - wild.low > 1.5 * (calm.high - calm.low)


def test_F55_a_constant_history_is_undefined_and_names_its_fallback(level_bank):
    found = told(level_bank, [700.0] * 12)
    assert (found.position, found.position_text) == (None, "undefined")
    assert found.value == 700
    assert found.fallback
    assert found.method == "last value"
    assert "Every known month is the same, so the last value is repeated." in found.notes
    assert found.low < 700 < found.high


def test_F55_the_position_is_where_the_forecast_lies_in_the_last_year(level_bank):
    found = told(level_bank, [100.0, 300.0] * 6)
    assert found.position == pytest.approx((found.value - 100) / 200)
    assert found.position_text == "50 % of the way from the least to the most of the last year"


def test_F56_five_months_name_their_fallback_and_raise_nothing(level_bank, noisy):
    found = told(level_bank, noisy[:5])
    assert found.fallback
    assert found.method == "mean of the last 5 months"
    assert found.notes[0] == (
        "Only 5 months are known, fewer than any method was tested on; "
        "used instead: mean of the last 5 months."
    )
    assert found.low < found.value < found.high
    assert found.compat is None


@pytest.mark.parametrize("n", [1, 2])
def test_F56_one_or_two_months_repeat_the_last(level_bank, noisy, n):
    found = told(level_bank, noisy[:n])
    assert (found.value, found.fallback) == (noisy[n - 1], True)
    assert found.notes[0].startswith("Only 1 month is" if n == 1 else "Only 2 months are")


def test_a_history_that_ended_before_is_not_forecast(level_bank, noisy):
    found = told(level_bank, [*noisy[:8], np.nan, np.nan])
    assert not found.known
    assert (found.value, found.low, found.method, found.fallback) == (None, None, "none", False)
    assert found.notes[0] == "The last known month is October 2024; nothing is forecast from there."
    assert found.sentence == "Spending cannot be forecast."


def test_a_customer_without_months_says_so(level_bank):
    found = told(level_bank, [])
    assert found.notes[0] == "No monthly spending is known."
    assert found.axis == (0.0, 1.0)
    assert len(found.history) == 0


def test_a_last_month_far_outside_is_flagged_for_this_customer(level_bank, noisy):
    assert not told(level_bank, noisy).unusual_last_month
    found = told(level_bank, [*noisy, 2500.0])
    assert found.unusual_last_month and not found.unusual_for_bank
    assert "December 2024 was unusual for this customer." in found.notes


def test_a_month_that_is_unusual_for_the_bank_is_flagged_for_all(level_bank, noisy):
    amounts = level_bank.amounts.copy()
    amounts[:, -1] *= 4
    bank = series(amounts)
    choice = choose(bank, RULES)
    for position in (0, 149):
        found = forecast_of(bank, choice, position, "USD", RULES)
        assert found.unusual_last_month and found.unusual_for_bank
        assert any("unusual for the whole bank" in note for note in found.notes)


def test_undated_months_are_flagged(level_bank, noisy):
    assert any("without dates" in n for n in told(level_bank, noisy, dated=False).notes)
    assert not any("without dates" in n for n in told(level_bank, noisy).notes)


def test_F58_the_axis_leaves_a_tenth_below_and_above(level_bank, noisy):
    found = told(level_bank, noisy)
    shown = [*found.history["value"], *found.months[["low", "high"]].to_numpy().ravel()]
    assert found.axis == pytest.approx((0.9 * min(shown), 1.1 * max(shown)))


def test_F53_the_trend_is_money_a_month(level_bank):
    assert told(level_bank, 500 - 25.0 * np.arange(12)).slope == pytest.approx(-25)
    assert told(level_bank, [10.0]).slope is None


def test_a_balance_may_be_negative_and_spending_may_not(level_bank):
    debts = -500 - 40 * np.array([1, -1, 2, 0, -2, 1, 0, -1, 2, -2, 1, 0.0])
    assert told(level_bank, debts, "balance").low < 0
    assert told(level_bank, [5.0, 4000.0] * 6).low >= 0


@run_with(deadline=None)
@given(arrays(float, 14, elements=st.one_of(st.just(np.nan), st.floats(-1e7, 1e7))))
def test_whatever_the_months_the_interval_holds_the_forecast_and_no_text_says_nan(row):
    bank = series(row[None], "balance")
    found = forecast_of(bank, ORDINARY, 0, "USD", RULES)
    frame = found.months
    assert (frame["low"] <= frame["value"]).all() and (frame["value"] <= frame["high"]).all()
    assert found.position is None or 0 <= found.position <= 1
    assert found.axis[0] <= found.axis[1]
    text = json.dumps(json_value(found), allow_nan=False)
    assert "nan" not in text.lower()
