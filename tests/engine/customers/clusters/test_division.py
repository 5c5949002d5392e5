"""Planted groups are found, a cloud has none, and the same seed gives the same bytes."""

import numpy as np
import pytest

from engine.customers.clusters.division import LEAST_CUSTOMERS, divide, jaccard, nearest


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
    assert found.chosen is None
    assert len(found.centres) == 0
    assert [one.k for one in found.tried][:2] == [2, 3]
    assert not any(one.stands for one in found.tried)


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
