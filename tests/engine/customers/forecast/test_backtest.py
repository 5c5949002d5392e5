"""Rolling origins never see what comes later, and the figures of a candidate are as by hand."""

import numpy as np
import pytest

from engine.customers.forecast.backtest import covered, roll, row, sample, unusual_origins
from engine.customers.forecast.candidates import DRIFT, LABELS, LAST_VALUE, LEVEL
from tests.engine.customers.forecast.conftest import series


def test_no_forecast_changes_when_the_months_after_it_do(level_bank, settings):
    later = level_bank.amounts.copy()
    later[:, 10:] *= np.linspace(0, 9, 4)
    ours, theirs = roll(level_bank, settings), roll(series(later), settings)
    before = ours.origins <= 10
    for name in LABELS:
        same = ours.forecast[name][:, before], theirs.forecast[name][:, before]
        assert np.array_equal(*same, equal_nan=True)
    assert np.array_equal(ours.scale[:, before], theirs.scale[:, before])


def test_a_customer_takes_part_from_six_known_months_on(settings):
    amounts = np.full((2, 9), 50.0)
    amounts[1, :2] = np.nan
    errors = roll(series(amounts), settings).errors(LAST_VALUE)
    assert np.isnan(errors).tolist() == [[False, False, False], [True, True, False]]


def test_two_months_ahead_are_compared_with_the_month_after_next(settings):
    amounts = np.arange(9.0)[None] * 10
    rolled = roll(series(amounts), settings)
    assert rolled.errors(LAST_VALUE, ahead=1)[0, :2].tolist() == [20.0, 20.0]
    assert np.isnan(rolled.errors(LAST_VALUE, ahead=1)[0, 2])


def test_spending_is_never_forecast_below_zero(settings):
    falling = np.linspace(900, 10, 12)[None].repeat(3, axis=0)
    spending = roll(series(falling), settings).forecast[DRIFT]
    balance = roll(series(falling, "balance"), settings).forecast[DRIFT]
    assert spending.min() == 0
    assert balance.min() < 0


def test_F57_the_figures_of_a_candidate_are_those_by_hand():
    actual = np.array([[100.0, 200.0], [50.0, np.nan]])
    forecast = np.array([[110.0, 180.0], [50.0, 60.0]])
    reference = np.array([[120.0, 210.0], [40.0, 40.0]])
    inside = np.array([[1.0, 0.0], [np.nan, np.nan]])
    figures = row("x", actual, forecast, reference, np.full((2, 2), 10.0), inside)
    assert (figures["n"], figures["n_intervals"]) == (3, 2)
    assert figures["mae"] == pytest.approx((10 + 20 + 0) / 3)
    assert figures["smape"] == pytest.approx((20 / 210 + 40 / 380 + 0) / 3)
    assert figures["relative"] == pytest.approx((1 + 2 + 0) / (2 + 1 + 1))
    assert figures["beats_last_value"] == 0.5  # 30 against 30 is no win, 0 against 10 is
    assert figures["coverage"] == 0.5


def test_nothing_to_judge_is_none_and_not_nan():
    nothing = np.full((2, 2), np.nan)
    figures = row("x", nothing, nothing, nothing, nothing, nothing)
    assert figures == {"method": "x", "n": 0, "n_intervals": 0} | dict.fromkeys(
        ("mae", "smape", "relative", "beats_last_value", "coverage")
    )


def test_a_month_in_which_the_whole_bank_leaves_its_intervals_stands_out(level_bank, settings):
    amounts = level_bank.amounts.copy()
    assert not unusual_origins(roll(level_bank, settings), settings).any()
    amounts[:, 10] *= np.where(np.arange(150) % 4, 3.0, 1.0)
    share_outside = unusual_origins(roll(series(amounts), settings), settings)
    assert np.flatnonzero(share_outside).tolist() == [4]  # neither the month before nor the return
    assert share_outside[4] == pytest.approx(0.8, abs=0.05)


def test_one_rich_customer_alone_makes_no_month_unusual(level_bank, settings):
    amounts = level_bank.amounts.copy()
    amounts[0, 10] *= 1000
    assert not unusual_origins(roll(series(amounts), settings), settings).any()


def test_a_new_regime_is_unusual_once_and_then_how_things_are(level_bank, settings):
    swings = np.where(np.arange(14) % 2, 3.0, 0.4)
    amounts = level_bank.amounts * np.where(np.arange(14) < 9, 1.0, swings)
    share_outside = unusual_origins(roll(series(amounts), settings), settings) > 0
    assert share_outside[3] and not share_outside[4]


def test_F59_the_interval_covers_70_to_90_percent(level_bank, walk_bank, settings):
    for bank in (level_bank, walk_bank):
        rolled = roll(bank, settings)
        odd = np.zeros(len(rolled.origins), dtype=bool)
        for name in (LAST_VALUE, LEVEL):
            held = covered(rolled, name, odd, settings.level)
            assert 0.7 < np.nanmean(held) < 0.9
            assert np.isnan(held[:, 0]).all()  # no error was known before the first


def test_a_large_bank_is_judged_on_customers_spread_evenly(level_bank):
    sampled = sample(level_bank, 4)
    assert np.array_equal(sampled.amounts, level_bank.amounts[[0, 50, 99, 149]])
    assert sample(level_bank, 150) is level_bank
