"""A set of likely next products holds what it promises, and says nothing where it cannot."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ranking import conformal
from engine.ranking.calibration import Calibration, softmax
from engine.ranking.conformal import COUNT, MASS, RULES

TENTHS = [0.0, 0.05, 0.1, 0.2, 0.3]


def drawn(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Chances over 8 products, candidates, and what was taken by just those chances."""
    rng = np.random.default_rng(seed)
    candidates = rng.random((n, 8)) < 0.8
    candidates[:, 0] = True
    chance = softmax(rng.normal(0, 1.5, (n, 8)), candidates)
    taken = (rng.random((n, 1)) < np.cumsum(chance, axis=1)).argmax(axis=1)
    share = np.zeros((n, 8))
    share[np.arange(n), taken] = 1.0
    return chance, candidates, share


def slow_depth(chance: list[float], candidates: list[bool], rule: str, product: int) -> float:
    above = [
        p
        for p, (c, there) in enumerate(zip(chance, candidates, strict=True))
        if there and (c > chance[product] or (c == chance[product] and p < product))
    ]
    return float(len(above)) if rule == COUNT else sum(chance[p] for p in above)


@given(st.lists(st.tuples(st.sampled_from(TENTHS), st.booleans()), min_size=1, max_size=7))
def test_the_depth_is_what_stands_above_a_product(pairs):
    chance, candidates = [c for c, _ in pairs], [there for _, there in pairs]
    for rule in RULES:
        found = conformal.depth(np.array([chance]), np.array([candidates]), rule)[0]
        for product, there in enumerate(candidates):
            expected = slow_depth(chance, candidates, rule, product) if there else np.inf
            assert found[product] == pytest.approx(expected, abs=1e-12)


def slow_bound(depths: np.ndarray, share: np.ndarray, level: float) -> float | None:
    """The first of all depths that misses few enough, one customer counted as wholly missed."""
    n = len(depths)
    for down_to in sorted(set(depths[share > 0].tolist())):
        missed = sum((share[i] * (depths[i] > down_to)).sum() for i in range(n))
        if (missed + 1) / (n + 1) <= 1 - level + 1e-9:
            return down_to
    return None


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9, 0.99])
@pytest.mark.parametrize("rule", RULES)
def test_the_bound_is_the_first_that_misses_few_enough(rule: str, level: float):
    chance, candidates, share = drawn(60, seed=3)
    share[::5] = candidates[::5] / candidates[::5].sum(axis=1, keepdims=True)
    depths = conformal.depth(chance, candidates, rule)
    assert conformal.bound(depths, share, level) == slow_bound(depths, share, level)


@pytest.mark.parametrize("rule", RULES)
def test_sets_hold_what_is_taken_as_often_as_they_promise(rule: str):
    chance, candidates, share = drawn(20_000, seed=1)
    half = np.arange(20_000) % 2 == 0
    depths = conformal.depth(chance, candidates, rule)
    down_to = conformal.bound(depths[half], share[half], 0.9)
    inside = conformal.members(chance[~half], candidates[~half], rule, down_to)
    covered = (share[~half] * inside).sum(axis=1).mean()
    # Three standard errors of two halves of 10,000 at .9.
    assert covered >= 0.9 - 3 * np.sqrt(2 * 0.09 / 10_000)
    assert (inside <= candidates[~half]).all() and inside.any(axis=1).all()


def test_chances_that_stand_out_need_smaller_sets_by_mass_than_by_count():
    chance, candidates, share = drawn(4000, seed=2)
    size = {}
    for rule in RULES:
        down_to = conformal.bound(conformal.depth(chance, candidates, rule), share, 0.9)
        size[rule] = conformal.members(chance, candidates, rule, down_to).sum(axis=1)
    assert len(set(size[MASS].tolist())) > 3
    assert size[MASS].mean() < size[COUNT].mean()


def test_few_customers_promise_nothing():
    chance, candidates, share = drawn(8, seed=1)
    depths = conformal.depth(chance, candidates, COUNT)
    assert conformal.bound(depths, share, 0.9) is None
    assert Calibration(np.zeros(2), temperature=1.0).next_set(chance, candidates) is None


def test_an_unknown_rule_is_refused():
    with pytest.raises(ValueError, match="rules are count and mass"):
        conformal.depth(np.ones((1, 2)), np.ones((1, 2), dtype=bool), "guess")
