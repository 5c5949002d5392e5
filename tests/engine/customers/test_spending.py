"""Transactions fall into categories; income never does."""

import numpy as np
import pandas as pd
import pytest

from engine.customers.months import grid
from engine.customers.rows import rows_of
from engine.customers.spending import NAMES, categorise, spending_of
from engine.vocabulary import SPENDING_CATEGORIES


def _categories(rows: list[tuple]) -> list[str]:
    columns = ["amount", "description", "merchant", "category"]
    frame = pd.DataFrame([(*row, *[None] * (4 - len(row))) for row in rows], columns=columns)
    frame = frame.astype({c: "str" for c in columns[1:]})
    codes, _ = categorise(frame)
    return [NAMES[code] for code in codes]


def test_F61_keywords_give_the_stated_groups():
    found = _categories(
        [
            (-150.0, "Grocery Store"),
            (-50.0, "Restaurant"),
            (-200.0, "Amazon Shopping"),
            (6000.0, "Salary"),
            (-20.0, "Subscription Service"),
            (-30.0, "Movie Tickets"),
            (-40.0, "Internet Bill"),
            (-120.0, "Shopping Mall"),
        ]
    )
    assert found == [
        "groceries", "dining", "shopping", "income", "other", "entertainment", "utilities",
        "shopping",
    ]  # fmt: skip


def test_F63_income_is_never_a_spending_category():
    assert _categories([(100.0, "Supermarket salary"), (100.0, None, None, "groceries")]) == [
        "income",
        "income",
    ]


def test_the_sources_category_beats_the_words_of_the_description():
    assert _categories([(-10.0, "Hotel restaurant", "Shell", "Groceries")]) == ["groceries"]
    assert _categories([(-10.0, "Monthly Payment", "Bank", "Mortgage")]) == ["housing"]
    assert _categories([(-10.0, "Hotel", None, "Miscellaneous XYZ")]) == ["travel"]


def test_a_transaction_without_any_text_is_other():
    assert _categories([(-10.0,), (-10.0, "Zzyzx")]) == ["other", "other"]


def test_speculation_is_seen_in_spending_only():
    frame = pd.DataFrame(
        {
            "amount": [-10.0, 10.0, -10.0],
            "description": ["Bitcoin", "Bitcoin", "Bread"],
            "merchant": [None] * 3,
            "category": [None] * 3,
        }
    ).astype({"description": "str", "merchant": "str", "category": "str"})
    assert categorise(frame)[1].tolist() == [True, False, False]


def test_F64_money_a_month_sums_to_what_was_spent(small_bank):
    rows = rows_of(small_bank, "transactions")
    spending = spending_of(small_bank, rows, grid(small_bank.as_of))
    assert list(spending.monthly.columns) == list(SPENDING_CATEGORIES)
    assert spending.monthly.loc["ann", "travel"] == pytest.approx(1000.0)  # 2,000 in two months
    assert spending.monthly.loc["dee", "investments"] == 2000.0
    assert spending.monthly.loc["dee"].sum() == 2060.0
    assert spending.speculative[3] == 2000.0
    assert spending.known.tolist() == [True, True, False, True, False, False]
    assert np.allclose(spending.shares[spending.known].sum(axis=1), 1.0)


def test_the_window_is_the_customers_own_last_year(small_bank):
    table = small_bank["transactions"].copy()
    table["booked_at"] = pd.to_datetime(
        ["2023-02-03", "2024-03-20", "2024-03-01", "2020-01-01", None, "2024-12-10"]
    )
    bank = small_bank.with_tables(transactions=table)
    spending = spending_of(bank, rows_of(bank, "transactions"), grid(bank.as_of))
    assert spending.in_window.tolist() == [False, True, True, False, False, True]
    assert spending.monthly.loc["ann", "travel"] == 1200.0
