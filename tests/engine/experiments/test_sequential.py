"""Looking every day: no false alarms where nothing is, and a planted lift inside its interval."""

import numpy as np
import pytest

from engine import rates
from engine.experiments import power
from engine.experiments.sequential import mixing, of_means, of_shares, radius

RUNS, DAYS = 200, 60
ARMS = {"engine": 0.5, "no contact": 0.5}


def by_day(rng: np.random.Generator, share: float, n: int) -> np.ndarray:
    """Customers who took something by the end of each day, (RUNS, DAYS); `share` by the last."""
    daily = 1 - (1 - share) ** (1 / DAYS)
    left, taken = np.full(RUNS, n), []
    for _ in range(DAYS):
        new = rng.binomial(left, daily)
        left = left - new
        taken.append(n - left)
    return np.stack(taken, axis=1)


def looked(base: float, uplift: float, n: int, seed: int):
    rng = np.random.default_rng(seed)
    a, b = by_day(rng, base * (1 + uplift), n), by_day(rng, base, n)
    tuned = power.variance_at_end(base, 0.2, n, n)
    return of_shares(a, n, b, n, tuned_at=tuned, level=0.95), rates.newcombe(a, n, b, n)


def alarms(found) -> int:
    """Runs of which any day's interval leaves 0."""
    return int(((found.low > 0) | (found.high < 0)).any(axis=1).sum())


@pytest.mark.parametrize(("base", "n"), [(0.1, 4000), (0.02, 3000), (0.4, 1000)])
def test_F199_nothing_is_found_where_nothing_is_though_looked_at_daily(base, n):
    found, naive = looked(base, 0.0, n, seed=1)
    rate = rates.wilson(alarms(found), RUNS)
    print(f"A/A, base {base}: {alarms(found)} of {RUNS} alarm ({rate.low:.3f}-{rate.high:.3f}); "
          f"with intervals of one look {alarms(naive)}")  # fmt: skip
    assert rate.low <= 0.05 and alarms(found) <= 0.05 * RUNS
    assert alarms(naive) > 0.15 * RUNS, "one look's interval would do, so the test shows nothing"


UNEVEN = [(0.02, 4500, 500), (0.1, 900, 100), (0.05, 1900, 100)]


def one_by_one(taken, n, other_taken, other_n, tuned: float):
    """Alarms with the variance of each arm by itself."""
    share, other, left = taken / n, other_taken / other_n, 1 - (taken + other_taken) / (n + other_n)
    variance = share * (1 - share) / n + other * (1 - other) / other_n
    half = left * radius(variance / left**2, tuned, level=0.95)
    return int((np.abs(share - other) > half).any(axis=1).sum())


@pytest.mark.parametrize("too_low", [1, 5])
@pytest.mark.parametrize(("base", "n", "n_small"), UNEVEN)
def test_F199_nothing_is_found_in_a_small_arm_either_nor_with_a_base_that_was_planned_too_low(
    base: float, n: int, n_small: int, too_low: int
):
    """A small arm has nobody who took anything on the first days, so no variance of its own."""
    rng = np.random.default_rng(1)
    a, b = by_day(rng, base, n), by_day(rng, base, n_small)
    tuned = power.variance_at_end(base / too_low, 0.2, n, n_small)
    found = of_shares(a, n, b, n_small, tuned_at=tuned, level=0.95)
    alone = one_by_one(a, n, b, n_small, tuned)
    print(f"{n} against {n_small}, base {base} planned as {base / too_low:g}: {alarms(found)} of "
          f"{RUNS} alarm; {alone} with the variance of each arm by itself")  # fmt: skip
    assert alarms(found) <= 0.05 * RUNS
    assert alone > 0.05 * RUNS, "the smaller arm's own variance would do: the test shows nothing"


def test_F199_a_lift_in_uneven_arms_is_inside_its_interval_and_is_found():
    rng, base, n, n_small = np.random.default_rng(4), 0.1, 9 * 4000, 4000
    a, b = by_day(rng, 1.2 * base, n), by_day(rng, base, n_small)
    tuned = power.variance_at_end(base, 0.2, n, n_small)
    found = of_shares(a, n, b, n_small, tuned_at=tuned, level=0.95)
    through = np.arange(1, DAYS + 1) / DAYS
    truth = (1 - base) ** through - (1 - 1.2 * base) ** through
    assert ((found.low <= truth) & (truth <= found.high)).all(axis=1).sum() >= 0.95 * RUNS
    shares = {"engine": 0.9, "no contact": 0.1}
    many = power.needed_at_any_look(base, 0.2, shares)
    a, b = (rng.binomial(round(many * part), of, 4000) for part, of in ((0.9, 0.12), (0.1, 0.1)))
    tuned = power.variance_at_end(base, 0.2, round(0.9 * many), round(0.1 * many))
    sure = of_shares(a, round(0.9 * many), b, round(0.1 * many), tuned_at=tuned, level=0.95)
    assert abs((sure.low > 0).mean() - 0.8) < 0.03


def test_F199_a_base_of_all_and_a_fall_are_planned_for():
    assert np.isfinite(power.variance_at_end(1.0, 0.0, 50, 50))
    fall, rise = (power.needed_at_any_look(0.1, one, ARMS) for one in (-0.2, 0.2))
    assert fall < rise, "smaller shares vary less"


@pytest.mark.parametrize(("base", "n"), [(0.1, 4000), (0.4, 1000)])
def test_F199_a_planted_lift_of_a_fifth_is_inside_its_interval_on_every_day(base, n):
    found, _ = looked(base, 0.2, n, seed=2)
    through = np.arange(1, DAYS + 1) / DAYS
    with_it = 1 - (1 - 1.2 * base) ** through
    truth = with_it - (1 - (1 - base) ** through)
    inside = int(((found.low <= truth) & (truth <= found.high)).all(axis=1).sum())
    rate = rates.wilson(inside, RUNS)
    print(f"lift, base {base}: {inside} of {RUNS} inside ({rate.low:.3f}-{rate.high:.3f})")
    assert inside >= 0.95 * RUNS


def test_F199_sample_sizes_find_what_they_promise():
    n = power.needed(0.1, 0.2, ARMS)
    many = power.needed_at_any_look(0.1, 0.2, ARMS)
    assert 7_600 < n < 7_750  # Fleiss, Levin and Paik: 3,839 an arm without continuity
    assert many > n
    rng = np.random.default_rng(5)
    a, b = (rng.binomial(n // 2, share, 4000) for share in (0.12, 0.1))
    found = rates.wilson(int((rates.newcombe(a, n // 2, b, n // 2).low > 0).sum()), 4000)
    assert found.low <= 0.8 + 0.01 and found.high >= 0.8 - 0.01
    half = many // 2
    a, b = (rng.binomial(half, share, 4000) for share in (0.12, 0.1))
    tuned = power.variance_at_end(0.1, 0.2, half, half)
    sure = of_shares(a, half, b, half, tuned_at=tuned, level=0.95).low > 0
    assert abs(sure.mean() - 0.8) < 0.03


def test_F199_more_arms_and_smaller_ones_take_more_customers():
    three = {"engine": 0.5, "random": 0.25, "no contact": 0.25}
    assert power.needed(0.1, 0.2, three) > power.needed(0.1, 0.2, ARMS)
    uneven = {"engine": 0.9, "no contact": 0.1}
    assert power.needed(0.1, 0.2, uneven) > 2 * power.needed(0.1, 0.2, ARMS)
    assert power.needed(10.0, 0.2, ARMS, spread=40.0) == pytest.approx(
        4 * (1.959964 + 0.841621) ** 2 * 40.0**2 / 2.0**2, abs=1
    )


def test_F199_the_boundary_is_tightest_where_it_is_tuned():
    at = mixing(1.0, level=0.95)
    best = np.sqrt((1 + at) * np.log((1 + at) / (at * 0.05**2)))
    others = at * np.array([0.5, 0.9, 1.1, 2.0])
    worse = np.sqrt((1 + others) * np.log((1 + others) / (others * 0.05**2)))
    assert (worse > best).all()
    assert radius(1.0, 1.0, level=0.95) == pytest.approx(float(best))
    assert np.isinf(radius(0.0, 1.0, level=0.95))


def test_F199_means_are_covered_at_every_look():
    rng = np.random.default_rng(3)
    n = 500
    steps = rng.exponential(1.0, (RUNS, 2, 20, n)) * (rng.random((RUNS, 2, 20, n)) < 0.05)
    total = steps.cumsum(axis=2)
    mean, variance = total.mean(axis=3), total.var(axis=3, ddof=1)
    tuned = 2 * variance[0, 0, -1] / n
    found = of_means(mean[:, 0], variance[:, 0], n, mean[:, 1], variance[:, 1], n,
                     tuned_at=tuned, level=0.95)  # fmt: skip
    assert alarms(found) <= 0.05 * RUNS


def test_F199_means_of_uneven_arms_raise_no_alarm_before_a_small_one_has_any():
    rng, sizes = np.random.default_rng(6), (900, 100)
    arms = []
    for n in sizes:
        steps = rng.exponential(1.0, (RUNS, 20, n)) * (rng.random((RUNS, 20, n)) < 0.005)
        total = steps.cumsum(axis=1)
        arms.append((total.mean(axis=2), total.var(axis=2, ddof=1), n))
    tuned = power.variance_at_end(0.1, 0.2, *sizes, spread=0.44 / np.sqrt(5))
    found = of_means(*arms[0], *arms[1], tuned_at=tuned, level=0.95)
    value = arms[0][0] - arms[1][0]
    half = radius(arms[0][1] / 900 + arms[1][1] / 100, tuned, level=0.95)
    alone = int((np.abs(value) > half).any(axis=1).sum())
    print(f"means: {alarms(found)} of {RUNS} alarm; {alone} with the variance of each arm itself")
    assert alarms(found) <= 0.05 * RUNS < alone
