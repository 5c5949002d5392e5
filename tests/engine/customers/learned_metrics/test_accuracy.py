"""AUC, Brier and reliability against slow, obvious code."""

import numpy as np
import pytest

from engine.customers.learned_metrics import accuracy


def slow_auc(label, score):
    pairs = [
        1.0 if a > b else 0.5 if a == b else 0.0
        for a in score[label == 1]
        for b in score[label == 0]
    ]
    return np.mean(pairs)


@pytest.fixture
def cases():
    rng = np.random.default_rng(1)
    label = (rng.random(300) < 0.2).astype(float)
    return label, (label + rng.normal(0, 1, 300)).round(1)


def test_auc_is_the_share_of_pairs_in_the_right_order(cases):
    assert accuracy.auc(*cases) == pytest.approx(slow_auc(*cases))
    assert accuracy.auc(cases[0], -cases[1]) == pytest.approx(1 - slow_auc(*cases))
    assert np.isnan(accuracy.auc(np.ones(3), np.arange(3)))


def test_the_intervals_are_those_of_the_bootstrap(cases):
    label, score = cases
    rng = np.random.default_rng(2)
    drawn = [rng.integers(0, len(label), len(label)) for _ in range(800)]
    low, high = np.quantile([accuracy.auc(label[i], score[i]) for i in drawn], [0.025, 0.975])
    interval = accuracy.auc_interval(label, score)
    assert interval.low == pytest.approx(low, abs=0.02)
    assert interval.high == pytest.approx(high, abs=0.02)
    other = score + rng.normal(0, 1, len(score))
    gains = [accuracy.auc(label[i], score[i]) - accuracy.auc(label[i], other[i]) for i in drawn]
    paired = accuracy.auc_difference(label, score, other)
    low, high = np.quantile(gains, [0.025, 0.975])
    assert (paired.low, paired.high) == pytest.approx((low, high), abs=0.02)


def test_few_cases_make_a_wide_interval_within_0_and_1():
    label = np.array([0.0] * 10 + [1.0] * 3)
    interval = accuracy.auc_interval(label, np.arange(13.0))
    assert interval.value == 1
    assert 0 <= interval.low <= interval.high <= 1
    some = accuracy.auc_interval(label, np.array([*range(10), 3.5, 8.5, 9.5]))
    assert some.high - some.low > 0.3


def test_chances_that_know_more_than_the_base_rate_gain_brier(cases):
    label, _ = cases
    base = np.full(len(label), label.mean())
    assert accuracy.brier_gain(label, base, base) == (0, 0, 0)
    assert accuracy.brier_gain(label, 0.5 * label + 0.5 * base, base).low > 0


def test_reliability_covers_every_case_once(cases):
    label, score = cases
    chance = 1 / (1 + np.exp(-score))
    table = accuracy.reliability(label, chance)
    assert table["n"].sum() == 300
    assert len(table) == 5
    assert (table["n"] * table["happened"]).sum() == pytest.approx(label.sum())
    assert (table["low"] <= table["happened"]).all() and (table["happened"] <= table["high"]).all()
    assert table["promised"].is_monotonic_increasing


def test_rank_correlation_ignores_the_scale():
    figure = np.arange(50.0)
    assert accuracy.rank_correlation(figure, np.exp(figure / 10)).value == pytest.approx(1)
    assert accuracy.rank_correlation(figure, np.zeros(50)).value == 0
