"""Transactions fall into categories; income never does."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from engine.bank.bank import Bank
from engine.bank.parsing.merchant_codes import name_of
from engine.bank.tables import coerce
from engine.customers.finances.months import grid
from engine.customers.finances.spending import NAMES, categorise, own_categories, spending_of
from engine.customers.row_index import rows_of
from engine.models.text_fitting import learn, read
from engine.vocabulary import SPENDING_CATEGORIES


def _categories(rows: list[tuple]) -> list[str]:
    columns = ["amount", "description", "merchant", "category"]
    frame = pd.DataFrame([(*row, *[None] * (4 - len(row))) for row in rows], columns=columns)
    frame = frame.astype({c: "str" for c in columns[1:]})
    codes, _ = categorise(frame)
    return [NAMES[code] for code in codes]


def test_F61_keywords_give_the_stated_groups():
    categories = _categories(
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
    assert categories == [
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


def test_F82_a_merchant_category_code_decides_and_where_it_tells_nothing_words_do():
    assert _categories([(-10.0, "Hotel", "Shell", "5812 Eating places and restaurants")]) == [
        "dining"
    ]
    assert _categories([(-10.0, "Hotel", None, "9399")]) == ["travel"]
    oil = f"5983 {name_of('5983')}"
    assert _categories([(-10.0, "Payment", None, oil)]) == ["utilities"]


def test_F82_of_a_banks_own_codes_the_words_are_read():
    own = ["6300 Rent", "4900 Dining", "5300 Marketing", "2024 groceries", "6010 Salaries and fees"]
    found = _categories([(-10.0, "Zzyzx", None, category) for category in own])
    assert found == ["housing", "dining", "other", "groceries", "fees and charges"]
    assert _categories([(-10.0, "Hotel", None, "3001")]) == ["travel"], "the word of the text"
    assert _categories([(-10.0, "Zzyzx", None, "3001")]) == ["other"], "no import named it"


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


@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["ann", "ben", "dee"]),
            st.floats(-1e6, 1e6).filter(lambda amount: amount == 0 or abs(amount) > 0.01),
            st.sampled_from(["Salary", "Rent", "Supermarket", "Flight", "Zzyzx", None]),
            st.integers(0, 800),
        ),
        min_size=1,
        max_size=30,
    )
)
@example_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_F64_shares_by_amount_sum_to_one_and_F63_hold_no_income(small_bank, rows):
    table = pd.DataFrame(rows, columns=["customer_id", "amount", "description", "back"])
    table["booked_at"] = small_bank.as_of - pd.to_timedelta(table.pop("back"), unit="D")
    table["transaction_id"] = [f"t{i}" for i in range(len(table))]
    bank = small_bank.with_tables(transactions=coerce("transactions", table))
    spending = spending_of(bank, rows_of(bank, "transactions"), grid(bank.as_of))
    spent = spending.monthly.to_numpy().sum(axis=1) > 0
    sums = spending.shares.sum(axis=1)
    assert np.allclose(sums[spent], 1) and not sums[~spent].any()
    assert ((spending.shares >= 0) & (spending.shares <= 1)).all()
    assert (spending.codes[(table["amount"] > 0).to_numpy()] == -1).all()
    inside = spending.in_window & (spending.codes >= 0)
    assert spending.monthly.to_numpy().sum() <= -table["amount"][inside].sum() + 1e-6


def test_a_sources_names_become_ours_where_one_fits():
    names = pd.Series(["Eating Out", "Cellular Data Purchase", "groceries", "Debit Order", None])
    categories = own_categories(names.astype("str"))
    assert categories.iloc[:3].tolist() == ["dining", "telecom", "groceries"]
    assert categories.iloc[3:].isna().all()


def test_F62_a_fitted_classifier_names_only_what_the_rules_do_not_know():
    texts = ["Zorbo store", "Zorbo express", "Quix ride", "Quix cab"]
    learned, _ = learn(read(texts, ["groceries"] * 2 + ["transport"] * 2), seed=7)
    lines = ["Zorbo city", "Shell Zorbo", "Quix home", None]
    frame = pd.DataFrame({"description": lines, "amount": [-1.0] * 4})
    frame = frame.assign(merchant=None, category=None).astype(
        {c: "str" for c in ("description", "merchant", "category")}
    )
    before, after = (categorise(frame, model)[0] for model in (None, learned))
    assert [NAMES[c] for c in before] == ["other", "fuel", "other", "other"]
    assert [NAMES[c] for c in after] == ["groceries", "fuel", "transport", "other"]
    income = categorise(frame.assign(amount=1.0), learned)[0]
    assert set(income) == {-1}


def test_F61_a_fee_without_a_better_word_is_a_fee():
    assert _categories([(-5.0, "Custody fee"), (-5.0, "Nursery fee")]) == [
        "fees and charges",
        "children and family",
    ]


HOUSING = NAMES.index("housing")


def _stated(small_bank: Bank, days: list[str], amounts: list[float]) -> tuple[float, float]:
    """What is said of Ann's spending on housing, and in how many days."""
    frame = pd.DataFrame({"booked_at": pd.to_datetime(days), "amount": amounts})
    frame = frame.assign(customer_id="ann", category="housing", transaction_id=days)
    bank = small_bank.with_tables(transactions=coerce("transactions", frame))
    spending = spending_of(bank, rows_of(bank, "transactions"), grid(bank.as_of))
    return spending.stated[0, HOUSING], spending.days[0, HOUSING]


def test_a_rent_that_is_paid_once_in_two_months_that_are_touched_is_not_halved(small_bank):
    year = small_bank.as_of.year
    value, days = _stated(small_bank, [f"{year}-03-15", f"{year}-04-09"], [-1200.0, -1.0])
    assert (value, days) == (1201.0, 26.0)


def test_money_a_month_is_of_whole_months(small_bank):
    year = small_bank.as_of.year
    dates = [f"{year}-0{month}-05" for month in range(1, 6)]
    value, days = _stated(small_bank, dates, [-900.0] * 5)
    assert value == 900.0 and np.isnan(days)  # February to April: 2,700 in three months
    value, days = _stated(small_bank, [f"{year}-02-10", f"{year}-04-12"], [-500.0, -500.0])
    assert (value, days) == (1000.0, 62.0 + (year % 4 == 0))  # March, which is whole, has nothing
    begins = [f"{year}-01-01", f"{year}-01-31"]
    value, days = _stated(small_bank, begins, [-900.0, -100.0])
    assert (value, days) == (1000.0, 31.0)  # one whole month is no custom


def test_a_first_month_is_whole_where_the_record_of_the_bank_begins_with_it(small_bank):
    days = pd.to_datetime(["2024-01-06", "2024-02-20", "2024-02-29", "2024-01-01"])
    frame = pd.DataFrame({"booked_at": days, "amount": [-1.0, -500.0, -99.0, -7.0]})
    frame = frame.assign(category="housing", transaction_id=list("1234"))
    frame["customer_id"] = ["ann", "ann", "ann", "ben"]
    bank = small_bank.with_tables(transactions=coerce("transactions", frame))
    spending = spending_of(bank, rows_of(bank, "transactions"), grid(bank.as_of))
    assert spending.stated[0, HOUSING] == 300.0 and np.isnan(spending.days[0, HOUSING])


@pytest.mark.parametrize(("joined", "first"), [("2024-01-25", "2024-01-06"), (None, "2024-01-25")])
def test_a_first_month_is_not_whole_for_who_came_late_in_it(small_bank, joined, first):
    days = pd.to_datetime([first, "2024-02-20", "2024-02-29", "2024-01-01"])
    frame = pd.DataFrame({"booked_at": days, "amount": [-1.0, -500.0, -99.0, -7.0]})
    frame = frame.assign(category="housing", transaction_id=list("1234"))
    frame["customer_id"] = ["ann", "ann", "ann", "ben"]
    customers = small_bank["customers"].copy()
    customers.loc[customers["customer_id"] == "ann", "joined_on"] = pd.Timestamp(
        joined or "2001-01-01"
    )
    bank = small_bank.with_tables(
        transactions=coerce("transactions", frame), customers=coerce("customers", customers)
    )
    spending = spending_of(bank, rows_of(bank, "transactions"), grid(bank.as_of))
    found = spending.stated[0, HOUSING], spending.days[0, HOUSING]
    assert found != (300.0, found[1]) and found[1] > 0  # one whole month is said with its days


@pytest.mark.parametrize(
    ("joined", "first", "whole"),
    [
        ("2024-01-10", "2024-02-05", True),  # all that was paid since is on record
        ("2024-02-03", "2024-02-05", False),
        ("2024-01-10", "2024-02-25", False),
        ("2001-01-01", "2024-02-05", False),  # what was paid before the record is not known
        (None, "2024-02-05", False),
    ],
)
def test_the_month_of_the_first_payment_is_whole_for_who_joined_before_it_within_the_record(
    small_bank, joined, first, whole
):
    days = pd.to_datetime([first, "2024-03-20", "2024-03-31", "2024-01-01"])
    frame = pd.DataFrame({"booked_at": days, "amount": [-900.0, -200.0, -100.0, -7.0]})
    frame = frame.assign(category="housing", transaction_id=list("1234"))
    frame["customer_id"] = ["ann", "ann", "ann", "ben"]
    customers = small_bank["customers"].copy()
    customers.loc[customers["customer_id"] == "ann", "joined_on"] = pd.Timestamp(joined)
    bank = small_bank.with_tables(
        transactions=coerce("transactions", frame), customers=coerce("customers", customers)
    )
    spending = spending_of(bank, rows_of(bank, "transactions"), grid(bank.as_of))
    found = spending.stated[0, HOUSING]
    assert (found == 600.0 and np.isnan(spending.days[0, HOUSING])) == whole
