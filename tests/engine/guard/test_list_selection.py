"""Lists against a slow, obvious greedy choice, and the caps on sensitive products."""

from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from engine.bank.bank import Bank
from engine.guard.list_selection import TopK, caps, levels_of
from engine.settings import default, load

SETTINGS = default().guard


def top(categories, ids=tuple("abcde"), limit=3, window=7) -> TopK:
    """The limits of the settings, unless others are named."""
    return TopK(ids, categories, limit, window)


def slow(scores, allowed, categories, ids, k, per_category=3, window=7) -> list[int]:
    """Walk down the products; refuse a fourth of a category while the window is open."""
    order = sorted(
        (p for p in range(len(ids)) if allowed[p] and not np.isnan(scores[p])),
        key=lambda p: (-scores[p], ids[p]),
    )
    chosen: list[int] = []
    while len(chosen) < k:
        for product in order:
            same = sum(categories[c] == categories[product] for c in chosen)
            if product not in chosen and (len(chosen) >= window or same < per_category):
                chosen.append(product)
                break
        else:
            break
    return chosen


@given(
    st.integers(0, 10_000),
    st.integers(1, 20),
    st.integers(1, 14),
    st.integers(1, 5),
    st.integers(1, 4),
    st.integers(1, 8),
)
def test_F103_the_fast_list_is_the_greedy_one(
    seed: int, k: int, n_products: int, n_kinds: int, limit: int, window: int
):
    draw = np.random.default_rng(seed)
    scores = draw.integers(0, 5, size=(4, n_products)).astype(float)  # many ties
    scores[draw.random(scores.shape) < 0.1] = np.nan
    allowed = draw.random(scores.shape) < 0.8
    categories = np.array([f"c{i}" for i in draw.integers(0, n_kinds, n_products)])
    ids = np.array([f"p{i}" for i in draw.permutation(n_products)])
    fast = top(categories, ids, limit, window)
    positions = fast.positions(scores, allowed, k)
    pushed_out = fast.pushed_out(scores, allowed, positions)
    for row in range(4):
        expected = slow(scores[row], allowed[row], categories, ids, k, limit, window)
        assert positions[row].tolist() == expected + [-1] * (k - len(expected))
        by_score = slow(scores[row], allowed[row], categories, ids, k, n_products, window)
        assert set(np.flatnonzero(pushed_out[row])) == set(by_score) - set(expected)


def test_F103_at_most_3_of_a_category_stand_in_the_first_7():
    scores, allowed = np.arange(12.0)[::-1][None, :], np.ones((1, 12), dtype=bool)
    categories = np.array(["Card"] * 6 + ["Loan"] * 3 + ["Fund"] * 3)
    lists = top(categories, [f"p{i:02}" for i in range(12)])
    assert lists.positions(scores, allowed, 10)[0].tolist() == [0, 1, 2, 6, 7, 8, 9, 3, 4, 5]
    short = lists.positions(scores, allowed, 5)
    assert short[0].tolist() == [0, 1, 2, 6, 7]
    assert np.flatnonzero(lists.pushed_out(scores, allowed, short)[0]).tolist() == [3, 4]


def test_F103_a_list_ends_early_rather_than_break_the_limit():
    scores = np.arange(5.0)[None, :]
    positions = top(["Card"] * 5).positions(scores, np.ones((1, 5), dtype=bool), 5)
    assert positions[0].tolist() == [4, 3, 2, -1, -1]


def _cards() -> pd.DataFrame:
    names = ["Entry Travel Card", "Elite Travel Card", "Standard Fuel Card", "Premium Travel Card"]
    tiers = ["Entry", "Elite", "Standard", "Premium"]
    frame = pd.DataFrame({"name": [*names, "Saver"], "tier": [*tiers, None]})
    return frame.assign(audience="retail", category=["Card"] * 4 + ["Savings"])


def test_F103_of_the_levels_of_one_product_the_best_stands_for_all():
    lists = replace(top(list("vwxyz")), levels=levels_of(_cards()))
    scores, allowed = np.array([[2.0, 5.0, 1.0, 4.0, 3.0]]), np.ones((1, 5), dtype=bool)
    listed = lists.positions(scores, allowed, 5)
    assert listed[0].tolist() == [1, 4, 2, -1, -1]
    assert np.flatnonzero(lists.pushed_out(scores, allowed, listed)[0]).tolist() == [0, 3]
    assert (lists.other_level(3, listed[0]), lists.other_level(4, listed[0])) == (1, None)
    blocked = lists.positions(scores, np.array([[True, False, True, True, True]]), 2)
    assert blocked[0].tolist() == [3, 4]


def test_a_level_does_not_come_back_once_the_window_is_over():
    lists = replace(top(list("vwxyz"), limit=1, window=2), levels=levels_of(_cards()))
    scores = np.array([[2.0, 5.0, 1.0, 4.0, 3.0]])
    listed = lists.positions(scores, np.ones((1, 5), dtype=bool), 5)
    assert listed[0].tolist() == [1, 4, 2, -1, -1]


def test_products_whose_names_differ_otherwise_are_no_levels_of_each_other():
    assert levels_of(_cards().iloc[[0, 2, 4]]) is None
    assert levels_of(_cards().assign(tier=None)) is None


def test_products_without_a_category_do_not_limit_each_other():
    scores = np.arange(5.0)[None, :]
    allowed = np.ones((1, 5), dtype=bool)
    positions = top(pd.Series([None] * 5)).positions(scores, allowed, 5)
    assert positions[0].tolist() == [4, 3, 2, 1, 0]


def test_ties_go_to_the_smaller_product_id_and_blocked_products_never_appear():
    scores = np.ones((1, 4))
    allowed = np.array([[True, True, False, True]])
    positions = top(list("wxyz"), ["d", "b", "a", "c"]).positions(scores, allowed, 4)
    assert positions[0].tolist() == [1, 3, 0, -1]


def test_no_rows_and_no_products_give_empty_lists():
    none = top(list("abc"), list("abc")).positions(np.zeros((0, 3)), np.zeros((0, 3), bool), 2)
    assert none.shape == (0, 2)
    bare = top([], []).positions(np.zeros((2, 0)), np.zeros((2, 0), bool), 2)
    assert (bare == -1).all()


def test_F118_a_loan_is_never_above_its_cap(small_bank: Bank):
    found = caps(small_bank, SETTINGS)
    assert found[[0, 3]].tolist() == [0.8, 0.8]
    assert np.isnan(found[[1, 2, 4]]).all()


def test_F118_a_category_caps_in_any_spelling_and_a_sensitive_mark_gets_the_general_cap(
    small_bank: Bank,
):
    guard = load(guard={"sensitive_categories": {"loan": 0.9}, "sensitive_cap": 0.7}).guard
    products = small_bank["products"].assign(
        category=["Cheque", None, "Insurance", "Loans", "Loan"]
    )
    found = caps(small_bank.with_tables(products=products), guard)
    assert found[[0, 3, 4]].tolist() == [0.7, 0.9, 0.9]
    assert np.isnan(found[[1, 2]]).all()
