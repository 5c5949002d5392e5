"""The recursion over all customers is statsmodels' own, and the fit is one set for all."""

import numpy as np
import pytest
from statsmodels.tsa.holtwinters import Holt

from engine.customers.forecast import smoothing
from engine.customers.forecast.smoothing import Smoothing

PARAMETERS = Smoothing(0.35, 0.12, 0.93)


def slow(values: np.ndarray, horizon: int) -> np.ndarray:
    """One history through statsmodels with the same parameters and start."""
    model = Holt(
        values,
        damped_trend=True,
        initialization_method="known",
        initial_level=values[:3].mean(),
        initial_trend=0.0,
    )
    found = model.fit(
        smoothing_level=PARAMETERS.level,
        smoothing_trend=PARAMETERS.trend,
        damping_trend=PARAMETERS.damping,
        optimized=False,
    )
    return found.forecast(horizon)


def test_the_recursion_over_all_customers_equals_statsmodels_one_by_one():
    history = np.random.default_rng(2).uniform(10, 1000, size=(20, 15))
    expected = [slow(row, 4) for row in history]
    assert smoothing.forecast(history, 4, PARAMETERS) == pytest.approx(np.array(expected))


def test_a_history_that_starts_later_is_forecast_as_if_it_were_alone():
    values = np.random.default_rng(3).uniform(10, 1000, size=9)
    history = np.concatenate([np.full(6, np.nan), values])[None]
    assert smoothing.forecast(history, 3, PARAMETERS)[0] == pytest.approx(slow(values, 3))


def test_steady_noise_gets_a_slow_level_and_a_walk_a_fast_one():
    rng = np.random.default_rng(4)
    noise = rng.normal(100, 10, size=(40, 18))
    walk = 1000 + rng.normal(0, 10, size=(40, 18)).cumsum(axis=1)
    assert smoothing.fit(noise).level < 0.3 < 0.7 < smoothing.fit(walk).level


def test_too_few_months_or_nothing_that_moves_fits_nothing():
    assert smoothing.fit(np.ones((5, 4))) is None
    assert smoothing.fit(np.ones((5, 12))) is None
    assert smoothing.fit(np.full((5, 12), np.nan)) is None


def test_fewer_than_three_months_give_no_level():
    history = np.array([[np.nan, 5.0, 7.0], [4.0, 5.0, 6.0]])
    assert np.isnan(smoothing.forecast(history, 1, PARAMETERS)[:, 0]).tolist() == [True, False]
