"""Group arithmetic against published figures, slow obvious code and simulation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from engine import rates

counts = st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
filled = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@st.composite
def chosen_among_eligible(draw):
    """group_chosen, chosen, group_eligible, eligible."""
    group_chosen, others_chosen = draw(st.integers(0, 60)), draw(st.integers(0, 60))
    group_left, others_left = draw(st.integers(0, 60)), draw(st.integers(0, 60))
    chosen = group_chosen + others_chosen
    return group_chosen, chosen, group_chosen + group_left, chosen + group_left + others_left


def test_wilson_gives_the_published_interval():
    found = rates.wilson(81, 263)  # Newcombe 1998, table I: .2553 to .3662
    assert (round(float(found.low), 4), round(float(found.high), 4)) == (0.2553, 0.3662)


def test_newcombe_gives_the_published_interval():
    found = rates.newcombe(56, 70, 48, 80)  # Newcombe 1998, method 10: .0524 to .3339
    assert (round(float(found.low), 4), round(float(found.high), 4)) == (0.0524, 0.3339)


@given(filled)
def test_wilson_is_what_scipy_says(count):
    successes, n = count
    expected = stats.binomtest(successes, n).proportion_ci(method="wilson")
    found = rates.wilson(successes, n)
    assert math.isclose(found.low, expected.low, abs_tol=1e-12)
    assert math.isclose(found.high, expected.high, abs_tol=1e-12)


@given(counts, st.floats(0.5, 0.999))
def test_a_rate_lies_in_its_interval_and_the_interval_between_0_and_1(count, level):
    found = rates.wilson(*count, level=level)
    assert 0 <= found.low <= found.high <= 1
    assert math.isnan(found.value) == (count[1] == 0)
    assert count[1] == 0 or found.low <= found.value <= found.high


@given(filled)
def test_failures_mirror_successes(count):
    successes, n = count
    there, back = rates.wilson(successes, n), rates.wilson(n - successes, n)
    assert math.isclose(there.low, 1 - back.high, abs_tol=1e-12)


@given(counts, counts)
def test_swapping_the_groups_turns_the_difference_round(one, other):
    there, back = rates.newcombe(*one, *other), rates.newcombe(*other, *one)
    assert -1 <= there.low <= there.high <= 1
    assert np.isclose(there.low, -back.high, atol=1e-12)
    assert np.isclose(there.value, -back.value, atol=1e-12, equal_nan=True)


def test_a_thousand_groups_at_once_are_a_thousand_groups_one_by_one():
    rng = np.random.default_rng(7)
    n1, n2 = rng.integers(1, 90, (2, 1000))
    k1, k2 = rng.integers(0, n1 + 1), rng.integers(0, n2 + 1)
    together = rates.newcombe(k1, n1, k2, n2)
    alone = [rates.newcombe(*row) for row in zip(k1, n1, k2, n2, strict=True)]
    assert np.array_equal(together.low, [e.low for e in alone])
    p = rates.two_proportion_p(k1, n1, k2, n2)
    assert np.array_equal(p, [rates.two_proportion_p(*r) for r in zip(k1, n1, k2, n2, strict=True)])


@given(filled, filled)
def test_the_z_test_is_pearsons_chi_square(one, other):
    table = [[one[0], one[1] - one[0]], [other[0], other[1] - other[0]]]
    found = float(rates.two_proportion_p(*one, *other))
    if 0 in np.sum(table, axis=0):
        assert found == 1
    else:
        expected = stats.chi2_contingency(table, correction=False).pvalue
        assert math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-12)


@given(chosen_among_eligible())
def test_the_gap_is_the_difference_of_the_two_shares_and_lies_in_its_interval(numbers):
    group_chosen, chosen, group_eligible, eligible = numbers
    found = rates.share_gap(*numbers)
    if chosen == 0:
        assert np.isnan(found).all()
        return
    expected = group_chosen / chosen - group_eligible / eligible
    assert math.isclose(found.value, expected, abs_tol=1e-12)
    assert found.low - 1e-12 <= found.value <= found.high + 1e-12
    assert 0 <= found.p_value <= 1


def test_where_everybody_was_chosen_there_is_no_gap_and_no_doubt():
    assert rates.share_gap(30, 80, 30, 80) == (0.0, 0.0, 0.0, 1.0)


def test_somebody_chosen_who_was_not_eligible_is_refused():
    with pytest.raises(ValueError, match="more chosen than eligible"):
        rates.share_gap(30, 50, 20, 100)


def test_the_gaps_interval_holds_the_true_gap_as_often_as_it_says():
    rng = np.random.default_rng(7)
    n_group, n_other, p_group, p_other = 120, 180, 0.5, 0.3
    in_group = rng.binomial(n_group, p_group, 4000)
    in_other = rng.binomial(n_other, p_other, 4000)
    found = rates.share_gap(in_group, in_group + in_other, n_group, n_group + n_other)
    chances = n_group * p_group, n_other * p_other
    true = chances[0] / sum(chances) - n_group / (n_group + n_other)
    covered = np.mean((found.low <= true) & (true <= found.high))
    assert 0.93 <= covered <= 0.975


def slow_benjamini_hochberg(p_values: list[float], q: float) -> list[bool]:
    ranked = sorted(range(len(p_values)), key=lambda i: p_values[i])
    last = max(
        (r for r, i in enumerate(ranked, 1) if p_values[i] <= q * r / len(ranked)), default=0
    )
    return [i in ranked[:last] for i in range(len(p_values))]


def test_benjamini_hochberg_keeps_what_the_papers_example_keeps():
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240]
    p += [0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert (rates.benjamini_hochberg(p) <= 0.05).sum() == 4  # Benjamini & Hochberg 1995, 3.2


@given(st.lists(st.floats(0, 1).map(lambda p: round(p, 6)), min_size=1, max_size=30))
def test_benjamini_hochberg_is_the_step_up_rule(p_values):
    adjusted = rates.benjamini_hochberg(p_values)
    kept = adjusted <= 0.05 + 1e-12
    assert kept.tolist() == slow_benjamini_hochberg(p_values, 0.05 + 1e-12)
    assert np.all(adjusted >= np.asarray(p_values) - 1e-15)


def test_what_was_not_tested_does_not_count_as_a_test():
    found = rates.benjamini_hochberg([np.nan, 0.01, np.nan, 0.04])
    assert np.isnan(found[[0, 2]]).all()
    assert found[[1, 3]].tolist() == [0.02, 0.04]


def test_lift_is_a_group_s_rate_over_the_bank_s():
    assert math.isclose(rates.lift(30, 100, 45, 300).value, 2)


@given(counts, counts)
def test_a_lift_lies_in_its_interval(group, rest):
    found = rates.lift(*group, group[0] + rest[0], group[1] + rest[1])
    assert 0 <= found.low <= found.high
    if not math.isnan(found.value):
        assert found.low <= found.value <= found.high


def test_a_group_beside_itself_has_a_lift_of_exactly_1():
    assert rates.lift(7, 20, 7, 20) == (1.0, 1.0, 1.0)


def test_a_lifts_interval_holds_the_true_lift_as_often_as_it_says():
    rng = np.random.default_rng(7)
    group, rest = rng.binomial(150, 0.3, 4000), rng.binomial(450, 0.15, 4000)
    found = rates.lift(group, 150, group + rest, 600)
    true = 0.3 / ((150 * 0.3 + 450 * 0.15) / 600)
    assert 0.93 <= np.mean((found.low <= true) & (true <= found.high)) <= 0.97


def test_the_base_of_a_lift_must_hold_the_group():
    with pytest.raises(ValueError, match="must hold the group"):
        rates.lift(30, 50, 20, 100)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_a_level_is_a_share(level):
    with pytest.raises(ValueError, match="between 0 and 1"):
        rates.wilson(1, 2, level=level)


def test_more_successes_than_trials_are_refused():
    with pytest.raises(ValueError, match="0 <= successes <= n"):
        rates.wilson(3, 2)


def test_the_difference_of_two_means_is_that_of_scipy():
    rng = np.random.default_rng(5)
    one, other = rng.normal(1, 2, 40), rng.normal(0.5, 1, 90)
    moments = [f(x) for x in (one, other) for f in (np.mean, lambda v: np.var(v, ddof=1), len)]
    found = rates.welch(*moments, level=0.9)
    oracle = stats.ttest_ind(one, other, equal_var=False)
    ends = oracle.confidence_interval(0.9)
    assert found.p_value == pytest.approx(oracle.pvalue)
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high))
    assert np.isnan(rates.welch(1, 0, 1, 0, 0, 50).value)


def test_a_ratio_of_shares_has_the_interval_of_katz():
    a, m, b, n = 30, 100, 20, 120
    found = rates.ratio_of_means(a / m, a / m * (1 - a / m), m, b / n, b / n * (1 - b / n), n)
    half = stats.norm.ppf(0.975) * np.sqrt(1 / a - 1 / m + 1 / b - 1 / n)
    assert found.value == pytest.approx(1.8)
    assert (found.low, found.high) == pytest.approx((1.8 * np.exp(-half), 1.8 * np.exp(half)))
    assert np.isnan(rates.ratio_of_means(0, 0, 50, 0.5, 0.25, 50).value)
