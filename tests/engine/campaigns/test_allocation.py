"""The best allocation within limits: never over them, near the bound, exact where it is small."""

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

from engine.campaigns import allocation
from engine.campaigns.allocation import Limits


def drawn(n: int, n_products: int, seed: int, tight: float = 0.4) -> tuple[np.ndarray, Limits]:
    """Values with forbidden pairs; places of every product, a budget and a most of all offers."""
    draw = np.random.default_rng(seed)
    values = draw.lognormal(0, 1, (n, n_products)) * draw.lognormal(2, 1, n_products) / 20
    values[draw.random(values.shape) < 0.3] = 0
    places = np.ceil(draw.random(n_products) * 2 * tight * n / n_products)
    use = np.vstack([np.eye(n_products), draw.uniform(1, 5, n_products), np.ones(n_products)])
    names = tuple(f"P{j}" for j in range(n_products))
    capacity = np.concatenate([places, [n * tight, n * tight * 0.8]])
    return values, Limits((*names, "Budget", "Offers in all"), capacity, use)


def relaxed(values: np.ndarray, limits: Limits) -> float:
    """The oracle: the same program by HiGHS, where an offer may be split."""
    customers, products = np.nonzero(values)
    pairs = np.arange(len(customers))
    one_each = sparse.csr_matrix((np.ones(len(pairs)), (customers, pairs)))
    solved = linprog(
        -values[customers, products],
        A_ub=sparse.vstack([one_each, sparse.csr_matrix(limits.use[:, products])]),
        b_ub=np.concatenate([np.ones(one_each.shape[0]), limits.capacity]),
        bounds=(0, 1),
        method="highs",
    )
    return -float(solved.fun)


@pytest.mark.parametrize("seed", range(3))
def test_prices_come_within_a_hundredth_of_the_oracle_and_never_over_a_limit(seed, monkeypatch):
    monkeypatch.setattr(allocation, "SMALL", 0)
    values, limits = drawn(1500, 8, seed, tight=(0.2, 0.4, 0.9)[seed])
    made = allocation.allocate(values, limits)
    best = relaxed(values, limits)
    assert (limits.used(made.product) <= limits.capacity + 1e-9).all()
    given = made.product >= 0
    assert (values[given, made.product[given]] > 0).all()
    assert made.value <= best + 1e-6
    assert best - 1e-6 <= made.bound <= 1.01 * best
    assert made.value >= 0.99 * best


@pytest.mark.parametrize("seed", range(4))
def test_a_small_program_is_solved_as_it_is(seed):
    values, limits = drawn(40, 4, seed)
    made = allocation.allocate(values, limits)
    assert (limits.used(made.product) <= limits.capacity + 1e-9).all()
    assert made.value <= relaxed(values, limits) + 1e-6
    assert made.gap <= 1e-4


def test_what_is_reached_and_its_bound_stay_close_for_thousands(monkeypatch):
    monkeypatch.setattr(allocation, "SMALL", 0)
    monkeypatch.setattr(allocation, "_SAMPLE", 500)
    values, limits = drawn(4000, 12, 3, tight=0.2)
    made = allocation.allocate(values, limits)
    again = allocation.allocate(values, limits)
    assert made.gap < 0.01
    assert np.array_equal(made.product, again.product)


def test_a_price_is_what_one_more_place_would_bring(monkeypatch):
    monkeypatch.setattr(allocation, "SMALL", 0)
    values, limits = drawn(400, 5, 7, tight=0.3)
    made = allocation.allocate(values, limits)
    step = 8.0
    scarce = int(np.argmax(made.prices[:5]))
    more = Limits(limits.names, limits.capacity + step * np.eye(7)[scarce], limits.use)
    gained = (relaxed(values, more) - relaxed(values, limits)) / step
    assert made.prices[scarce] > 0
    assert gained == pytest.approx(made.prices[scarce], rel=0.25)


def test_without_scarcity_everybody_gets_what_is_worth_most():
    values = np.array([[1.0, 2.0], [3.0, 0.0], [0.0, 0.0], [np.nan, -1.0]])
    made = allocation.allocate(values, Limits((), np.zeros(0), np.zeros((0, 2))))
    assert made.product.tolist() == [1, 0, -1, -1]
    assert (made.value, made.bound, made.gap) == (5.0, 5.0, 0.0)


def test_no_place_at_all_offers_nothing_and_nothing_is_left_on_the_table():
    values = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 1.0]])
    none = Limits(("all",), np.zeros(1), np.ones((1, 2)))
    assert allocation.allocate(values, none).product.tolist() == [-1, -1, -1]
    two = Limits(("all",), np.full(1, 2.0), np.ones((1, 2)))
    assert allocation.allocate(values, two).product.tolist() == [-1, 1, 0]


def test_who_is_held_out_would_have_been_offered_the_same_at_the_same_prices(monkeypatch):
    monkeypatch.setattr(allocation, "SMALL", 0)
    values, limits = drawn(2000, 6, 5, tight=0.3)
    made = allocation.allocate(values, limits)
    meant = allocation.priced(values, limits, made.prices)
    assert (meant == made.product).mean() > 0.98
