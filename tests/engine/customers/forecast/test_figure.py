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
    told_forecast = told(level_bank, noisy)
    assert told_forecast.months["month"].dt.strftime("%Y-%m").tolist() == [
        "2025-01",
        "2025-02",
        "2025-03",
    ]
    assert told_forecast.method == "mean of the last 12 months"
    assert not told_forecast.fallback
    assert told_forecast.value == pytest.approx(noisy.mean())
    assert told_forecast.sentence.startswith("Spending in January 2025: about USD 1,004; USD ")
    assert told_forecast.sentence.endswith("with a chance of 80 %.")


def test_F59_low_and_high_enclose_the_forecast_and_suit_the_customer(level_bank, noisy):
    calm, wild = told(level_bank, noisy), told(level_bank, 1000 + 4 * (noisy - 1000))
    assert calm.low < calm.value < calm.high
    assert wild.high - wild.low > 1.5 * (calm.high - calm.low)


def test_F55_a_constant_history_is_undefined_and_names_its_fallback(level_bank):
    told_forecast = told(level_bank, [700.0] * 12)
    assert (told_forecast.position, told_forecast.position_text) == (None, "undefined")
    assert told_forecast.value == 700
    assert told_forecast.fallback
    assert told_forecast.method == "last value"
    assert "Every known month is the same, so the last value is repeated." in told_forecast.notes
    assert told_forecast.low < 700 < told_forecast.high


def test_F55_the_position_is_where_the_forecast_lies_in_the_last_year(level_bank):
    told_forecast = told(level_bank, [100.0, 300.0] * 6)
    assert told_forecast.position == pytest.approx((told_forecast.value - 100) / 200)
    assert (
        told_forecast.position_text == "50 % of the way from the least to the most of the last year"
    )


def test_F56_five_months_name_their_fallback_and_raise_nothing(level_bank, noisy):
    told_forecast = told(level_bank, noisy[:5])
    assert told_forecast.fallback
    assert told_forecast.method == "mean of the last 5 months"
    assert told_forecast.notes[0] == (
        "Only 5 months are known, fewer than any method was tested on; "
        "used instead: mean of the last 5 months."
    )
    assert told_forecast.low < told_forecast.value < told_forecast.high
    assert told_forecast.compat is None


@pytest.mark.parametrize("n", [1, 2])
def test_F56_one_or_two_months_repeat_the_last(level_bank, noisy, n):
    told_forecast = told(level_bank, noisy[:n])
    assert (told_forecast.value, told_forecast.fallback) == (noisy[n - 1], True)
    assert told_forecast.notes[0].startswith("Only 1 month is" if n == 1 else "Only 2 months are")


def test_a_history_that_ended_before_is_not_forecast(level_bank, noisy):
    told_forecast = told(level_bank, [*noisy[:8], np.nan, np.nan])
    assert not told_forecast.known
    assert (
        told_forecast.value,
        told_forecast.low,
        told_forecast.method,
        told_forecast.fallback,
    ) == (None, None, "none", False)
    assert (
        told_forecast.notes[0]
        == "The last known month is October 2024; nothing is forecast from there."
    )
    assert told_forecast.sentence == "Spending cannot be forecast."


def test_a_customer_without_months_says_so(level_bank):
    told_forecast = told(level_bank, [])
    assert told_forecast.notes[0] == "No whole month of spending is known."
    assert told_forecast.axis == (0.0, 1.0)
    assert len(told_forecast.history) == 0


def test_a_last_month_far_outside_is_flagged_for_this_customer(level_bank, noisy):
    assert not told(level_bank, noisy).unusual_last_month
    told_forecast = told(level_bank, [*noisy, 2500.0])
    assert told_forecast.unusual_last_month and not told_forecast.unusual_for_bank
    assert "December 2024 was unusual for this customer." in told_forecast.notes


def test_a_month_that_is_unusual_for_the_bank_is_flagged_for_all(level_bank, noisy):
    amounts = level_bank.amounts.copy()
    amounts[:, -1] *= 4
    bank = series(amounts)
    choice = choose(bank, RULES)
    for position in (0, 149):
        told_forecast = forecast_of(bank, choice, position, "USD", RULES)
        assert told_forecast.unusual_last_month and told_forecast.unusual_for_bank
        assert any("unusual for the whole bank" in note for note in told_forecast.notes)


def test_undated_months_are_flagged(level_bank, noisy):
    assert any("without dates" in n for n in told(level_bank, noisy, dated=False).notes)
    assert not any("without dates" in n for n in told(level_bank, noisy).notes)


def test_F58_the_axis_leaves_a_tenth_below_and_above(level_bank, noisy):
    told_forecast = told(level_bank, noisy)
    shown = [
        *told_forecast.history["value"],
        *told_forecast.months[["low", "high"]].to_numpy().ravel(),
    ]
    assert told_forecast.axis == pytest.approx((0.9 * min(shown), 1.1 * max(shown)))


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
    told_forecast = forecast_of(bank, ORDINARY, 0, "USD", RULES)
    frame = told_forecast.months
    assert (frame["low"] <= frame["value"]).all() and (frame["value"] <= frame["high"]).all()
    assert told_forecast.position is None or 0 <= told_forecast.position <= 1
    assert told_forecast.axis[0] <= told_forecast.axis[1]
    text = json.dumps(json_value(told_forecast), allow_nan=False)
    assert "nan" not in text.lower()
