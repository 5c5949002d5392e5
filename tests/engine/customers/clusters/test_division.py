"""Planted groups are found, a cloud has none, and the same seed gives the same bytes."""

import numpy as np
import pytest
from scipy import stats

from engine.customers.clusters.division import (
    LEAST_CUSTOMERS,
    _empty_banks,
    continued,
    divide,
    jaccard,
    nearest,
)


def planted(k: int, n: int = 60, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centres = 5 * np.eye(4)[:k]
    return np.concatenate([centre + rng.normal(size=(n, 4)) for centre in centres])


@pytest.mark.parametrize("k", [2, 4])
def test_F51_as_many_groups_are_found_as_were_planted(k: int):
    found = divide(planted(k), seed=7)
    groups = nearest(planted(k), found.centres).reshape(k, -1)
    assert len(found.centres) == k
    assert len({int(np.bincount(row).argmax()) for row in groups}) == k
    assert (groups == groups[:, :1]).mean() > 0.98
    assert (found.returns > 0.95).all()
    assert found.chosen.stability > 0.95


def test_a_cloud_without_groups_has_none_and_says_how_it_did():
    cloud = np.random.default_rng(3).normal(size=(300, 4))
    found = divide(cloud, seed=7)
    assert not found.is_found
    assert [one.k for one in found.tried][:2] == [2, 3]
    assert not any(one.is_apart for one in found.tried)


def one_cloud(kind: str, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    cloud = rng.normal(size=(200, 4))
    if kind == "skewed":
        cloud = np.log1p(np.clip(rng.exponential(size=(200, 4)), 0, 3))
    elif kind == "counted":
        cloud[:, 0] = np.sqrt(rng.poisson(0.5, 200))
    elif kind == "filled":
        cloud[:, :2] = np.where(rng.random((200, 2)) < 0.3, 0.0, cloud[:, :2])
    return (cloud - cloud.mean(axis=0)) / cloud.std(axis=0)


def test_one_cloud_has_no_groups_however_its_figures_are_spread():
    kinds = ("normal", "skewed", "counted", "filled")
    assert [kind for kind in kinds if divide(one_cloud(kind, 0), seed=7).is_found] == []


def test_F51_a_cloud_is_cut_into_parts_that_come_back_and_not_called_found():
    """A long cloud comes back cut across its length, and has as many half-way as at its ends."""
    cloud = np.random.default_rng(2).normal(size=(300, 3)) * (4, 1, 1)
    found = divide(cloud, seed=7)
    assert len(found.centres) >= 2 and not found.is_found
    assert found.chosen.comes_back and not found.chosen.has_gaps
    assert found.chosen.halfway >= found.chosen.around > 0
    assert found.chosen.again >= 90
    assert all(one.again == -1 for one in found.tried if one is not found.chosen)


def test_tails_that_all_figures_share_make_no_groups():
    """A normal cloud with each customer's own scale beats clouds that have no such tails."""
    rng = np.random.default_rng(0)
    cloud = rng.normal(size=(300, 4)) / np.sqrt(rng.chisquare(3, size=(300, 1)) / 3)
    assert not divide(cloud, seed=7).is_found


def test_a_figure_of_two_values_makes_gaps_and_no_groups():
    """Yes or no beside two figures without steps: the gap is that of the figure alone."""
    rng = np.random.default_rng(0)
    yes = rng.random(300) < 0.5
    cloud = np.column_stack([rng.normal(size=(300, 2)), 2.0 * yes - 1])
    cloud[:, 2] *= 2
    found = divide(cloud, seed=7)
    assert found.chosen is not None and found.chosen.has_gaps
    assert not found.is_found


def test_F51_the_parts_of_a_cut_go_on_in_the_next_edition_and_stay_a_cut():
    rng = np.random.default_rng(2)
    cloud = rng.normal(size=(300, 3)) * (4, 1, 1)
    cut = divide(cloud, seed=7)
    later = continued(cloud + 0.1 * rng.normal(size=cloud.shape), cut.centres, seed=7)
    assert later is not None and not later.is_found
    assert np.abs(later.centres - cut.centres).max() < 1


def test_a_bank_without_groups_has_the_same_values_and_the_same_correlation():
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(1000, 1))
    customers = shared + rng.normal(size=(1000, 3))
    customers[:, 0] = np.clip(np.floor(customers[:, 0]), 0, 3)
    customers[:, 1] = np.exp(customers[:, 1])
    banks = _empty_banks(customers, 7)
    for bank in banks:
        assert (np.sort(bank, axis=0) == np.sort(customers, axis=0)).all()
    wanted = stats.spearmanr(customers).statistic
    found = np.mean([stats.spearmanr(bank).statistic for bank in banks], axis=0)
    assert found == pytest.approx(wanted, abs=0.04)


def test_too_few_customers_are_not_divided():
    assert divide(planted(2, LEAST_CUSTOMERS // 2 - 1), seed=7).tried == ()


def test_F51_the_same_seed_gives_the_same_bytes_on_one_thread_and_on_two(monkeypatch):
    from threadpoolctl import threadpool_limits

    made = []
    for n in (1, 2):
        with threadpool_limits(limits=n):
            found = divide(planted(3), seed=7)
        made.append(found.centres.tobytes() + found.returns.tobytes() + repr(found.tried).encode())
    assert made[0] == made[1]


def test_jaccard_counts_customers_in_both_over_those_in_either():
    one, other = np.array([0, 0, 0, 1, 1]), np.array([1, 1, 0, 0, 0])
    assert jaccard(one, other, 2, 2).tolist() == [[1 / 5, 2 / 3], [2 / 3, 0.0]]
