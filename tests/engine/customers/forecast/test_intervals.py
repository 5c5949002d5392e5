"""Widths that suit each customer, and tails that hold what they say."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as run_with
from hypothesis import strategies as st

from engine import settings
from engine.customers.forecast.choose import choose
from engine.customers.forecast.intervals import Bounds, bounds, quantiles, scales, typical_change
from engine.customers.forecast.series import MonthlySeries


def test_the_typical_change_is_a_share_of_the_figure():
    history = np.array([[100.0, 110, 100, 110], [1000, 1100, 1000, 1100], [5, 5, 5, 5.0]])
    assert typical_change(history) == pytest.approx(10 / 105)


def test_a_constant_or_short_history_has_a_width_from_the_bank():
    history = np.array([[100.0] * 12, [np.nan] * 11 + [100.0], [0.0] * 12])
    computed = scales(history, typical=0.1)
    assert computed[0] == pytest.approx(100 * 0.1 * 3 / 14)
    assert computed[1] == pytest.approx(10.0)
    assert (computed > 0).all()


def test_who_swings_more_has_the_wider_scale():
    swings = np.array([[100.0, 101] * 6, [100.0, 150] * 6])
    calm, wild = scales(swings, 0.1)
    assert calm < wild


@run_with(deadline=None)
@given(st.integers(9, 400), st.sampled_from([0.5, 0.8, 0.9]))
def test_F59_the_tails_are_the_order_statistics_that_hold_the_level(n, level):
    errors = np.random.default_rng(n).normal(size=n)
    computed = quantiles(np.append(errors, np.nan), level)
    rank = int((n + 1) * (1 - level) / 2 + 1e-9)
    if rank == 0:
        assert computed is None
    else:
        assert computed == (np.sort(errors)[rank - 1], np.sort(errors)[n - rank])
        # A new exchangeable error lies between ranks r and n + 1 - r with this chance.
        assert (n + 1 - 2 * rank) / (n + 1) >= level - 1e-9


def test_F59_new_errors_of_the_same_kind_fall_inside_as_often_as_stated():
    rng = np.random.default_rng(6)
    held = []
    for _ in range(300):
        low, high = quantiles(rng.standard_t(4, size=60), 0.8)
        new = rng.standard_t(4, size=60)
        held.append(((new >= low) & (new <= high)).mean())
    assert np.mean(held) == pytest.approx(0.81, abs=0.02)


def test_too_few_errors_make_no_interval():
    assert quantiles(np.arange(8.0), 0.8) is None
    assert quantiles(np.array([]), 0.8) is None


def test_who_never_changes_does_not_narrow_the_intervals_of_those_who_do():
    rng = np.random.default_rng(3)
    still = np.full((900, 18), 250.0)
    moving = 1000 + rng.normal(0, 100, (100, 18))
    months = pd.date_range("2024-01-01", periods=18, freq="MS")
    alone, crowded = (
        choose(MonthlySeries("balance", amounts, months, dated=True), settings.default().forecast)
        for amounts in (moving, np.vstack([moving, still]))
    )
    assert alone.order == crowded.order
    assert alone.typical == crowded.typical > 0
    found = crowded.between[crowded.order[0]][0]
    assert found == alone.between[alone.order[0]][0]
    assert all(low < 0 < high for low, high in found.pairs)


def test_F59_low_and_high_levels_have_intervals_of_their_own():
    rng = np.random.default_rng(8)
    level = rng.uniform(0, 3000, 3000)
    errors = rng.normal(size=3000) * np.where(level < 1000, 3.0, 1.0)
    found = bounds(np.where(level < 10, np.nan, errors), level, 0.8)
    assert found is not None
    assert found.cuts == pytest.approx((1000, 2000), abs=60)
    low, high = found.of(np.array([500.0, 1500.0, 2500.0])).T
    assert (high - low)[0] > 2 * (high - low)[1:].max()
    new = rng.normal(size=3000) * np.where(level < 1000, 3.0, 1.0)
    ends = found.of(level)
    inside = (new >= ends[:, 0]) & (new <= ends[:, 1])
    for part in (level < 1000, level >= 1000):
        assert inside[part].mean() == pytest.approx(0.8, abs=0.04)


def test_too_few_errors_for_thirds_make_one_interval_for_all():
    errors, level = np.arange(149.0), np.arange(149.0)
    assert bounds(errors, level, 0.8) == Bounds((), (quantiles(errors, 0.8),))
    assert bounds(errors[:5], level[:5], 0.8) is None
    alike = bounds(np.arange(300.0), np.zeros(300), 0.8)  # nobody is lower than anybody
    assert alike is not None and alike.cuts == ()
