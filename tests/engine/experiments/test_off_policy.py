"""Off-policy estimates against a truth that is known, and by hand on three rows."""

import numpy as np
import pytest

from engine import rates
from engine.errors import BadInput
from engine.experiments.off_policy import effective_rows, estimates, off_policy
from engine.experiments.simulator import logged

RUNS = 200


@pytest.fixture(scope="module")
def found():
    rows, truth = logged(np.random.default_rng(4), RUNS)
    return estimates(*rows), truth


@pytest.mark.parametrize("name", ["ips", "snips", "doubly_robust"])
def test_F164_the_interval_covers_the_truth_as_often_as_it_says(found, name):
    estimate, truth = found[0][name], found[1]
    inside = int(((estimate.low <= truth) & (truth <= estimate.high)).sum())
    rate = rates.wilson(inside, RUNS)
    print(f"{name}: {inside} of {RUNS} cover ({rate.low:.3f}-{rate.high:.3f}), mean error "
          f"{(estimate.value - truth).mean():+.5f}")  # fmt: skip
    assert rate.low <= 0.95 <= rate.high
    error = (estimate.value - truth).std(ddof=1) / np.sqrt(RUNS)
    assert abs((estimate.value - truth).mean()) < 4 * error + 1e-3


def test_F164_a_model_of_answers_narrows_the_interval(found):
    width = {name: float((one.high - one.low).mean()) for name, one in found[0].items()}
    print(width)
    assert width["doubly_robust"] < width["ips"]


def test_F164_three_rows_by_hand():
    reward, logged = np.array([1.0, 0.0, 1.0]), np.array([0.5, 0.25, 0.25])
    target, said = np.array([1.0, 0.0, 0.5]), np.array([0.5, 0.5, 0.5])
    found = estimates(reward, logged, target, said, np.array([0.4, 0.6, 0.5]))
    # Weights 2, 0, 2.
    assert found["ips"].value == pytest.approx(4 / 3)
    assert found["snips"].value == pytest.approx(1.0)
    assert found["doubly_robust"].value == pytest.approx((0.4 + 1.0 + 0.6 + 0.5 + 1.0) / 3)
    assert effective_rows(target / logged) == pytest.approx(2.0)


def test_F164_few_effective_rows_give_no_estimate():
    n = 4_000
    ones = np.ones(n)
    logged = np.full(n, 0.05)
    few = np.zeros(n)
    few[:60] = 1.0
    refused = off_policy(ones, logged, few, ones, ones)
    assert "4,000 rows were shown with a known chance, and they count as 60" in refused.refused
    assert np.isnan(refused.ips.value) and np.isnan(refused.doubly_robust.low)
    few[:100] = 1.0
    assert off_policy(ones, logged, few, ones, ones).refused == ""
    nothing = np.zeros(0)
    assert "arm 'random'" in off_policy(*[nothing] * 5).refused
    with pytest.raises(BadInput, match="above 0"):
        off_policy(ones, 0 * logged, few, ones, ones)
