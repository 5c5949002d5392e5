"""Each candidate on histories whose next month is known by eye."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as run_with
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.customers.forecast import candidates
from engine.customers.forecast.backtest import fit
from engine.customers.forecast.candidates import (
    COMPAT,
    COMPAT_INTERCEPT,
    COMPAT_WEIGHTS,
    DRIFT,
    LABELS,
    LAGS,
    LAST_VALUE,
    LEVEL,
    SEASONAL,
    FittedMethods,
    fit_lags,
    predict,
    trending,
)
from engine.customers.forecast.smoothing import Smoothing

FITTED = FittedMethods((0.1, 0.2, 0.3, 0.4), Smoothing(0.4, 0.1, 0.9))
YEAR = np.array([[10.0, 12, 9, 11, 10, 12, 9, 11, 10, 12, 9, 11]])
HISTORIES = arrays(
    float, (4, 14), elements=st.one_of(st.just(np.nan), st.floats(0, 1e6, allow_subnormal=False))
)


def test_last_value_repeats_the_latest_month():
    assert predict(LAST_VALUE, YEAR, 3, FITTED).tolist() == [[11.0, 11.0, 11.0]]


def test_drift_goes_on_as_from_the_first_to_the_last_month():
    line = np.array([[np.nan, 100.0, 130.0, 110.0, 160.0]])
    assert predict(DRIFT, line, 2, FITTED).tolist() == [[180.0, 200.0]]


def test_seasonal_repeats_the_months_of_a_year_before():
    assert predict(SEASONAL, YEAR, 2, FITTED).tolist() == [[10.0, 12.0]]
    assert np.isnan(predict(SEASONAL, YEAR[:, 1:], 2, FITTED)).all()


def test_level_is_the_mean_of_a_year_until_the_trend_is_clear():
    rising = np.array([[100.0, 110, 121, 129, 141, 150, 159, 171, 180, 190, 201, 210]])
    histories = np.vstack([YEAR, rising])
    assert trending(histories).tolist() == [False, True]
    assert predict(LEVEL, histories, 1, FITTED)[:, 0].tolist() == [YEAR.mean(), 210.0]


def test_a_level_that_is_hit_by_chance_is_seldom_called_a_trend():
    noise = np.random.default_rng(0).normal(100, 10, size=(4000, 12))
    assert trending(noise).mean() == pytest.approx(0.05, abs=0.015)


def test_regression_on_lags_finds_the_rule_that_made_the_months():
    start = np.random.default_rng(1).uniform(50, 500, size=(40, 2))
    months = [start[:, 0], start[:, 1]]
    for _ in range(10):
        months.append(0.5 * months[-1] + 0.5 * months[-2])
    history = np.column_stack(months)
    predicted = predict(LAGS, history, 1, FittedMethods(fit_lags(history)))[:, 0]
    assert predicted == pytest.approx(0.5 * history[:, -1] + 0.5 * history[:, -2], rel=0.01)


def test_too_few_windows_make_no_regression():
    assert fit_lags(YEAR) is None
    assert np.isnan(predict(LAGS, YEAR, 3, FittedMethods())).all()


def test_F54_compat_weighs_the_last_eleven_of_twelve_months():
    amounts = np.array([[5.0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]])
    expected = sum(w * x for w, x in zip(COMPAT_WEIGHTS, range(1, 12), strict=True))
    predicted = predict(COMPAT, amounts, 1, FittedMethods())
    assert predicted[0, 0] == pytest.approx(expected + COMPAT_INTERCEPT, abs=1e-9)
    assert np.isnan(predict(COMPAT, amounts[:, 2:], 1, FittedMethods())).all()
    assert "compat" in LABELS[COMPAT]


def test_F54_the_weights_round_to_the_four_published_decimals():
    published = [0.4809, -0.408, 0.2576, -0.6216, 0.1787, -0.0641, 0.4494, -0.2606]
    published += [0.0052, -0.0001, 0.9804]
    assert [round(w, 4) for w in COMPAT_WEIGHTS] == published


@run_with(deadline=None)
@given(HISTORIES)
def test_all_customers_at_once_is_each_customer_alone(history):
    for name in LABELS:
        whole = predict(name, history, 3, FITTED)
        alone = [predict(name, row[None], 3, FITTED)[0] for row in history]
        assert np.allclose(whole, alone, equal_nan=True, rtol=1e-9, atol=1e-6)


@run_with(deadline=None)
@given(HISTORIES, st.floats(0.01, 100))
def test_another_currency_gives_the_same_forecast_in_that_currency(history, rate):
    # A trend at the very edge of the test may fall to either side by rounding.
    for name in set(LABELS) - {COMPAT, LEVEL}:
        ours, theirs = predict(name, history, 2, FITTED), predict(name, history * rate, 2, FITTED)
        assert np.allclose(ours * rate, theirs, equal_nan=True, rtol=1e-6, atol=1e-6)


@run_with(deadline=None)
@given(HISTORIES)
def test_an_unknown_last_month_gives_no_forecast(history):
    history[:, -1] = np.nan
    for name in LABELS:
        assert np.isnan(predict(name, history, 2, FITTED)).all()


def test_a_bank_without_any_month_gives_no_forecast():
    nothing = np.zeros((3, 0))
    assert fit(nothing) == FittedMethods()
    assert np.isnan(predict(LAST_VALUE, nothing, 2, FITTED)).all()
    assert set(LABELS) == set(candidates._PLAIN) | set(candidates._LEARNED)
