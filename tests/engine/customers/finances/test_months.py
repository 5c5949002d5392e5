"""Monthly figures: given ones win, computed ones show silence, trends are the customer's own."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bank.bank import Bank, Manifest
from engine.customers.finances.months import Months, grid, median, month_slots, monthly_figures
from engine.customers.row_index import rows_of


def _months(values: list[float]) -> Months:
    row = np.full((1, 24), np.nan)
    row[0, 24 - len(values) :] = values
    complete = np.ones(24, dtype=bool)
    return Months(grid(pd.Timestamp("2024-12-31")), True, {"balance": row}, complete)


def _bank(transactions: list[tuple[str, float]], **manifest) -> Bank:
    table = pd.DataFrame(transactions, columns=["booked_at", "amount"])
    table["transaction_id"] = [f"t{i}" for i in range(len(table))]
    table["customer_id"] = "ann"
    customers = pd.DataFrame({"customer_id": ["ann", "bob"], "audience": "retail"})
    return Bank.from_tables(
        Manifest(name="B", as_of="2024-12-31", **manifest),
        {"customers": customers, "transactions": table},
    )


def test_given_months_lie_on_a_grid_that_ends_with_the_banks_day(small_bank):
    months = monthly_figures(small_bank, rows_of(small_bank, "transactions"))
    assert months.months[-1] == pd.Timestamp("2024-12-01")
    assert months.latest("balance")[:3].tolist() == [8700.0, 500.0, 20000.0]
    assert np.isnan(months.latest("balance")[4])
    assert months.mean_of_year("spending")[:2].tolist() == [2000.0, 900.0]


def test_months_are_computed_from_transactions_where_none_are_given():
    bank = _bank([("2024-11-03", -100.0), ("2024-11-20", 900.0), ("2024-12-01", -50.0)])
    months = monthly_figures(bank, rows_of(bank, "transactions"))
    assert months.figures["spending"][0, -2:].tolist() == [100.0, 50.0]
    assert months.figures["income"][0, -2:].tolist() == [900.0, 0.0]
    assert months.figures["n_transactions"][0, -2:].tolist() == [2.0, 1.0]
    assert np.isnan(months.figures["balance"]).all()
    assert np.isnan(months.figures["spending"][1]).all()


def test_silence_counts_once_a_record_spans_half_a_year():
    long = [(f"2024-{m:02d}-05", -100.0) for m in range(1, 9)]
    bank = _bank([*long, ("2024-12-05", -1.0)])
    other = bank["transactions"].assign(customer_id=["ann"] * 8 + ["bob"])
    bank = bank.with_tables(transactions=other)
    spending = monthly_figures(bank, rows_of(bank, "transactions")).figures["spending"]
    assert spending[0, -4:].tolist() == [0.0] * 4
    assert np.isnan(spending[1, :-1]).all()


def test_a_last_month_that_the_day_cuts_short_is_no_trend():
    bank = _bank([("2024-12-02", -1.0)])
    day = Bank(Manifest(name="B", as_of="2024-12-03"), bank.tables, bank.base_fingerprint)
    months = monthly_figures(day, rows_of(day, "transactions"))
    assert not months.complete[-1]


def test_F114_a_month_that_has_just_begun_is_no_month_of_the_mean():
    bank = _bank([("2024-12-02", -1.0)])
    day = Bank(Manifest(name="B", as_of="2024-12-03"), bank.tables, bank.base_fingerprint)
    assert np.isnan(monthly_figures(day, rows_of(day, "transactions")).mean_of_year("spending")[0])


def test_F114_a_month_that_payments_cover_in_part_is_no_month_of_a_mean():
    paid = [("2024-02-20", -100.0), *((f"2024-{m:02d}-05", -1000.0) for m in range(3, 10))]
    bank = _bank([*paid, ("2024-10-12", -500.0)])
    months = monthly_figures(bank, rows_of(bank, "transactions"))
    assert np.flatnonzero(~months.whole[0]).tolist() == [13, 21]
    assert months.mean_of_year("spending")[0] == 1000.0
    assert months.n_of_year("spending", 0) == 7
    assert months.span_of_year("spending", 0) == " (Mar 2024 to Sep 2024)"
    assert months.variation("spending")[0] == 0.0
    before = replace(months, only_whole=False)
    assert before.mean_of_year("spending")[0] == pytest.approx(7600 / 9)
    assert months.latest("spending")[0] == 500.0


def test_F114_a_record_that_begins_and_ends_near_the_turn_of_a_month_covers_it():
    paid = [(f"2024-{m:02d}-03", -100.0) for m in range(1, 12)]
    bank = _bank([*paid, ("2024-12-10", -100.0)])
    months = monthly_figures(bank, rows_of(bank, "transactions"))
    assert months.whole.all()  # the last month is whole since the bank's day ends it


def test_F114_silence_until_the_last_payment_of_anybody_is_whole():
    long = [(f"2024-{m:02d}-01", -100.0) for m in range(1, 9)]
    bank = _bank([*long, ("2024-11-29", -1.0)])
    other = bank["transactions"].assign(customer_id=["ann"] * 8 + ["bob"])
    bank = bank.with_tables(transactions=other)
    months = monthly_figures(bank, rows_of(bank, "transactions"))
    assert months.whole[0].all()
    assert months.n_of_year("spending", 0) == 11


def test_dates_outside_the_grid_have_no_slot():
    months = grid(pd.Timestamp("2024-12-31"))
    dates = pd.Series(
        pd.to_datetime(["2024-12-31", "2023-01-01", "2022-12-31", None, "2025-01-01"])
    )
    assert month_slots(dates, months).tolist() == [23, 0, -1, -1, -1]


def test_the_median_of_no_months_is_not_known():
    found, n = median(np.empty((2, 0)))
    assert np.isnan(found).all() and n.tolist() == [0, 0]


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=9))
def test_the_median_is_that_of_numpy(values):
    row = np.array([[np.nan if v is None else v for v in values]])
    found, n = median(row)
    known = row[~np.isnan(row)]
    assert n[0] == len(known)
    if len(known):
        assert found[0] == pytest.approx(np.median(known))


def test_a_flat_series_does_not_change_and_a_short_one_is_unknown():
    assert _months([100.0] * 12).change("balance")[0] == 0.0
    assert np.isnan(_months([100.0] * 4).change("balance")[0])


@given(
    st.lists(st.floats(1, 1e6), min_size=12, max_size=12),
    st.lists(st.floats(0.01, 1), min_size=12, max_size=12),
)
def test_F41_factors_that_only_fall_never_raise_the_change(values, factors):
    falling = np.array(values) * np.sort(factors)[::-1]
    before = _months(values).change("balance")[0]
    after = _months(falling.tolist()).change("balance")[0]
    # Figures under 1 are measured against 1, which is the only exception.
    assert after <= before + 1e-9 or falling.min() < 1


def test_F48_a_flat_series_is_steady_and_an_alternating_one_volatile():
    assert _months([100.0] * 12).variation("balance")[0] == 0.0
    assert _months([100.0, 300.0] * 6).variation("balance")[0] > 0.5
    assert np.isnan(_months([100.0, 300.0]).variation("balance")[0])


def test_F53_a_falling_balance_has_a_negative_change():
    assert _months([28000.0 - 500 * i for i in range(12)]).change("balance")[0] < 0
