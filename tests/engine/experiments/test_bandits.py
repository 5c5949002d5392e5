"""Learning by trying, on a simulator whose truth is known."""

import numpy as np
import pytest

from engine.experiments.bandits import GREEDY, LINUCB, RANDOM, LinUcb, contest


@pytest.fixture(scope="module")
def found():
    return contest(7, n_runs=40, n_rounds=1_000)


def test_F164_the_bandit_beats_random_and_greedy_by_a_printed_margin(found):
    for other in (RANDOM, GREEDY):
        margin, low, high = found.margin(other)
        print(f"LinUCB less {other}: {margin:.1f} of 1,000 rounds ({low:.1f} to {high:.1f})")
        assert low > 0
    assert (found.taken[LINUCB] < found.taken["best"]).all(), "nobody beats who knows the truth"


def test_F164_the_same_seed_is_the_same_contest(found):
    again = contest(7, n_runs=40, n_rounds=1_000)
    assert all(np.array_equal(found.taken[name], again.taken[name]) for name in found.taken)


def test_F164_the_learner_is_a_ridge_regression_with_its_standard_error():
    rng = np.random.default_rng(1)
    rows, reward = rng.normal(size=(30, 3)), rng.random(30)
    learner = LinUcb(1, 3, width=0.5)
    for row, one in zip(rows, reward, strict=True):
        learner.learn(row[None, :], np.array([one]))
    gram = rows.T @ rows + np.eye(3)
    weights = np.linalg.solve(gram, rows.T @ reward)
    offers = rng.normal(size=(1, 4, 3))
    unknown = np.einsum("rpf,fg,rpg->rp", offers, np.linalg.inv(gram), offers)
    assert learner.worth(offers) == pytest.approx(offers @ weights + 0.5 * np.sqrt(unknown))
