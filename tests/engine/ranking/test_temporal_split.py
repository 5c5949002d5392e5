"""Folds in time: nothing that teaches may lie after what it is checked on."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bank.bank import Bank, Manifest
from engine.ranking import temporal_split
from engine.ranking.temporal_split import TemporalSplit, dated_adoptions, window


def months(counts: list[int]) -> pd.DataFrame:
    days = pd.date_range("2015-01-28", periods=len(counts), freq="31D")
    return pd.DataFrame({"day": np.repeat(days, counts)})


def bank_of(rows: list[tuple[str, str, str | None]], as_of: str = "2024-12-31") -> Bank:
    holdings = pd.DataFrame(rows, columns=["customer_id", "product_id", "opened_on"])
    return Bank.from_tables(
        Manifest(name="Split bank", as_of=as_of),
        {
            "customers": pd.DataFrame({"customer_id": ["a", "b", "c"]}),
            "products": pd.DataFrame({"product_id": ["x", "y", "z"]}),
            "holdings": holdings,
        },
    )


def test_the_first_day_of_the_bank_is_stock_and_is_no_adoption():
    bank = bank_of(
        [
            ("a", "x", "2024-01-01"),
            ("b", "x", "2024-01-01"),
            ("b", "y", "2024-02-01"),
            ("c", "z", None),
            ("nobody", "x", "2024-03-01"),
        ]
    )
    found = dated_adoptions(bank)
    assert found[["customer", "product"]].to_numpy().tolist() == [[1, 1]]
    assert found["day"].tolist() == [pd.Timestamp("2024-02-01")]


def test_a_purchase_that_was_recorded_after_the_bank_s_day_is_an_adoption():
    bank = bank_of(
        [("a", "x", "2024-01-01"), ("b", "y", "2025-02-01"), ("c", "z", "2025-02-01T09:30")]
    )
    assert dated_adoptions(bank).empty
    bought = pd.DataFrame(
        {
            "customer_id": ["c"],
            "product_id": ["z"],
            "action": ["purchased"],
            "recorded_at": pd.to_datetime(["2025-02-01T09:30"]),
        }
    )
    found = dated_adoptions(bank.with_tables(events=bought))
    assert found[["customer", "product"]].to_numpy().tolist() == [[2, 2]]
    assert dated_adoptions(bank.with_tables(events=bought).until(bank.as_of)).empty


def test_a_product_opened_twice_is_adopted_once_on_its_first_day():
    bank = bank_of(
        [("a", "x", "2024-01-01"), ("a", "y", "2024-03-09T10:00"), ("a", "y", "2024-02-01T08:00")]
    )
    assert dated_adoptions(bank)["day"].tolist() == [pd.Timestamp("2024-02-01")]


def test_an_opening_after_the_banks_day_is_not_known_yet():
    bank = bank_of([("a", "x", "2024-01-01"), ("a", "y", "2024-05-01")], as_of="2024-04-01")
    assert dated_adoptions(bank).empty


def test_a_bank_without_dates_has_nothing_to_split():
    adoptions = dated_adoptions(bank_of([("a", "x", None)]))
    assert adoptions.empty
    assert TemporalSplit.latest(adoptions, needed=1) is None


def test_too_few_adoptions_or_one_single_day_give_no_split():
    assert TemporalSplit.latest(months([50, 50, 99]), needed=200) is None
    assert TemporalSplit.latest(months([500]), needed=200) is None
    assert TemporalSplit.latest(months([50, 50, 100]), needed=200) is not None


def test_even_months_are_cut_at_a_quarter_and_a_fifth_before_it():
    found = TemporalSplit.latest(months([100] * 20), needed=200)
    assert (found.n_history, found.n_fit, found.n_holdout) == (1100, 400, 500)
    assert found.fit_until + pd.Timedelta(days=1) == found.holdout_from
    assert found.holdout_state == found.fit_until
    assert found.fit_state < found.fit_from
    assert found.holdout_until == pd.Timestamp("2015-01-28") + 19 * pd.Timedelta(days=31)


def test_two_days_are_enough_for_a_fit_day_and_a_holdout_day():
    found = TemporalSplit.latest(months([300, 100]), needed=200)
    assert (found.n_history, found.n_fit, found.n_holdout) == (0, 300, 100)
    assert found.fit_until - found.fit_from == pd.Timedelta(days=30)
    assert found.holdout_from == found.holdout_until


@given(st.lists(st.integers(1, 60), min_size=2, max_size=40))
def test_folds_tile_the_time_and_lose_nobody(counts):
    found = TemporalSplit.latest(months(counts), needed=1)
    assert isinstance(found, TemporalSplit)
    assert found.n_history + found.n_fit + found.n_holdout == sum(counts)
    assert found.n_fit > 0
    assert found.n_holdout > 0
    assert found.fit_from <= found.fit_until < found.holdout_from <= found.holdout_until


@given(st.lists(st.integers(20, 30), min_size=20, max_size=40))
def test_where_days_are_fine_the_shares_are_the_stated_ones(counts):
    found = TemporalSplit.latest(months(counts), needed=1)
    assert 0.2 <= found.n_holdout / sum(counts) <= 0.3
    assert 0.15 <= found.n_fit / sum(counts) <= 0.25


def test_a_window_holds_both_of_its_end_days():
    adoptions = pd.DataFrame(
        {
            "customer": [0, 1, 2],
            "product": [0, 1, 0],
            "day": pd.to_datetime(["2024-01-31", "2024-02-28", "2024-03-01"]),
        }
    )
    found = window(adoptions, pd.Timestamp("2024-01-31"), pd.Timestamp("2024-02-28"), (3, 2))
    assert found.tolist() == [[True, False], [False, True], [False, False]]


@given(counts=st.lists(st.integers(1, 120), min_size=2, max_size=40))
def test_fit_folds_lie_next_to_each_other_and_leave_history_before_them(counts):
    days = pd.date_range("2024-01-01", periods=len(counts), freq="W")
    adoptions = pd.DataFrame({"day": np.repeat(days, counts)})
    found = TemporalSplit.latest(adoptions, needed=2)
    folds = found.fit_windows(adoptions)
    assert 1 <= len(folds) <= temporal_split.N_FIT_WINDOWS
    assert folds[-1] == (found.fit_from, found.fit_until)
    for (_, last), (first, _) in itertools.pairwise(folds):
        assert last + pd.Timedelta(days=1) == first
    if len(folds) > 1:
        assert (adoptions["day"] < folds[0][0]).sum() >= temporal_split.MIN_HISTORY


def test_a_long_history_is_fitted_on_three_folds_of_like_size():
    days = pd.date_range("2024-01-01", periods=100, freq="D")
    adoptions = pd.DataFrame({"day": np.repeat(days, 20)})
    found = TemporalSplit.latest(adoptions, needed=200)
    sizes = [
        int(adoptions["day"].between(first, last).sum())
        for first, last in found.fit_windows(adoptions)
    ]
    assert sizes == [400, 400, 400]


def test_where_all_is_dated_the_latest_quarter_tells_what_is_taken_now(history_bank):
    adoptions = temporal_split.dated_adoptions(history_bank)
    day = temporal_split.lately(history_bank, adoptions, 0.5)
    assert day == adoptions["day"].min()  # half of this bank is a stock without earlier days
    rows = pd.DataFrame({"customer": range(100), "product": 0,
                         "day": pd.date_range("2024-01-01", periods=100)})  # fmt: skip
    few = history_bank.until(pd.Timestamp("2022-12-31"))
    share = (rows["day"] >= temporal_split.lately(few, rows, 0.5)).mean()
    assert share == pytest.approx(0.25, abs=0.02)
