"""Seeded draws: the shares asked for, and never what is impossible."""

import numpy as np
import pytest

from engine.demo.draws import (
    from_lists,
    numbered,
    softmax_choice,
    stream,
    texts,
    weighted,
    weighted_rows,
)


def test_each_stage_has_a_stream_of_its_own():
    one, again, other = (stream(7, *s).random(3) for s in (("a", "b"), ("a", "b"), ("a", "c")))
    assert list(one) == list(again)
    assert list(one) != list(other)


def test_weighted_positions_come_in_the_shares_asked_for():
    drawn = weighted(stream(1, "w"), np.array([1.0, 0.0, 3.0]), 20_000)
    assert np.bincount(drawn, minlength=3) / 20_000 == pytest.approx([0.25, 0, 0.75], abs=0.02)


def test_weighted_rows_follow_the_weights_of_their_own_row():
    weights = np.repeat([[0.0, 1.0, 0.0], [0.5, 0.0, 0.5]], 5_000, axis=0)
    drawn = weighted_rows(stream(1, "r"), weights)
    assert (drawn[:5_000] == 1).all()
    assert np.bincount(drawn[5_000:], minlength=3)[[0, 2]] / 5_000 == pytest.approx(0.5, abs=0.05)


def test_a_choice_is_in_proportion_to_exp_utility_and_never_impossible():
    utility = np.tile([0.0, np.log(3), -np.inf], (20_000, 1))
    share = np.bincount(softmax_choice(stream(1, "s"), utility), minlength=3) / 20_000
    assert share == pytest.approx([0.25, 0.75, 0], abs=0.02)


def test_texts_repeat_a_pool_and_leave_minus_one_missing():
    column = texts(["a", None, "c"], np.array([2, 0, -1, 1]))
    assert list(column.isna()) == [False, False, True, True]
    assert list(column[:2]) == ["c", "a"]


def test_an_entry_comes_from_the_list_of_its_row():
    drawn = from_lists(stream(1, "l"), [["a", "b"], ["x"]], np.array([0, 1, 0, 1, 0]))
    assert set(drawn[[0, 2, 4]]) <= {"a", "b"}
    assert set(drawn[[1, 3]]) == {"x"}


def test_ids_count_up():
    assert list(numbered("T", 9, 3)) == ["T9", "T10", "T11"]
