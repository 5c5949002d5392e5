"""Key figures as D shows them, on a customer in D's layout."""

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank, Manifest
from engine.customers import claims
from engine.customers.key_figures import credit_word, figures, insight_sentence
from engine.customers.metrics import churn


@pytest.fixture(scope="module")
def known(profile_of):
    balance = np.linspace(5200.5, 8500, 12)
    spending = [2500, 2600, 2700, 2800, 2500, 2600, 2700, 2800, 2900, 3000, 3100, 2800]
    bank = Bank.from_tables(
        Manifest(name="D", as_of="2024-08-16", undated_months=True),
        {
            "customers": pd.DataFrame(
                {"customer_id": ["C1"], "annual_income": [75000], "credit_score": [780],
                 "satisfaction": [0.7]}
            ),
            "months": pd.DataFrame(
                {"customer_id": "C1", "month": pd.date_range("2023-09-01", periods=12, freq="MS"),
                 "balance": balance, "spending": spending}
            ),
            "messages": pd.DataFrame(
                {"message_id": list("abcd"), "customer_id": "C1", "kind": "ticket", "text": "hi"}
            ),
        },
    )  # fmt: skip
    return figures(profile_of(bank), 0, "USD")


def test_F32_balance_is_up_spending_down_and_credit_excellent(known):
    assert known["Balance"] == ("USD 8,500", "up on the month before")
    assert known["Monthly spending"] == ("USD 2,800", "down on the month before")
    assert known["Credit score"] == ("780", "Excellent")


def test_F33_satisfaction_spending_ratio_and_support_are_worded(known):
    assert known["Satisfaction"] == ("85 %", "0.7 on a scale of −1 to 1")
    assert known["Spending ratio"] == ("44.8 %", "healthy, last month x 12")
    assert known["Support contacts"] == ("4", "more than 3")


def test_a_change_of_which_the_mean_goes_the_other_way_is_told_with_it(profile_of):
    counts = [7.0] * 9 + [4.0, 4.0, 24.0]
    months = pd.DataFrame(
        {"customer_id": "C1", "month": pd.date_range("2024-01-01", periods=12, freq="MS")}
    ).assign(balance=counts, n_transactions=counts)
    people = pd.DataFrame({"customer_id": ["C1"]})
    bank = Bank.from_tables(
        Manifest(name="x", as_of="2024-12-31"), {"customers": people, "months": months}
    )
    profiles = profile_of(bank)
    row = profiles.figures_of(0)
    said = churn.details(row)["activity"].text
    assert said.startswith("Transactions a month fell 43 % (median of the last 3 months")
    assert said.endswith("of the 9 before; the mean rose 52 %)")
    assert "balance that fell" not in insight_sentence(profiles, 0, "USD")


@pytest.mark.parametrize(
    ("median", "mean", "told"),
    [
        (-0.43, 0.52, True), (0.0, 6.0, True), (0.0, 0.1, False), (0.3, 0.9, False),
        (0.2, -0.04, True), (0.2, -0.004, False),
    ],
)  # fmt: skip
def test_a_mean_is_told_where_the_median_alone_would_mislead(median, mean, told):
    said = claims.change(
        figure="Spending", share=median, n_recent=3, n_past=9, until="", by_mean=mean
    )
    assert ("the mean" in said.text) == told


def test_what_is_usual_is_not_told_by_two_customers(profile_of):
    paid = pd.DataFrame(
        {"description": ["Grocery Store", "Amazon Shopping", "Cinema"],
         "amount": [-150.0, -200.0, -30.0],
         "category": ["groceries", "shopping", "entertainment"], "customer_id": ["C1", "C1", "C2"]}
    )  # fmt: skip
    paid = paid.assign(transaction_id=list("abc"), booked_at=pd.Timestamp("2025-03-03"))
    people = pd.DataFrame({"customer_id": ["C1", "C2"]})
    tables = {"customers": people, "transactions": paid}
    bank = Bank.from_tables(Manifest(name="x", as_of="2025-03-05"), tables)
    said = insight_sentence(profile_of(bank), 0, "USD")
    assert "USD 200 in 1 day on shopping" in said
    assert "usual" not in said


@pytest.mark.parametrize(
    ("score", "word"),
    [(750, "Excellent"), (749, "Very good"), (700, "Very good"), (650, "Good"), (600, "Fair"),
     (599, "Poor")],
)  # fmt: skip
def test_F32_credit_bands_start_where_stated(score, word):
    assert credit_word(score) == word


def test_a_month_that_still_runs_is_said_so_and_gives_no_ratio(profile_of):
    days = pd.to_datetime(["2025-03-01", "2025-03-04"])
    paid = pd.DataFrame({"transaction_id": ["a", "b"], "amount": [-20.0, -30.0]})
    paid = paid.assign(customer_id="C1", booked_at=days)
    people = pd.DataFrame({"customer_id": ["C1"], "annual_income": [72_000.0]})
    bank = Bank.from_tables(
        Manifest(name="C", as_of="2025-03-05"), {"customers": people, "transactions": paid}
    )
    shown = figures(profile_of(bank), 0, "USD")
    assert shown["Monthly spending"] == ("USD 50", "month so far")
    assert "Spending ratio" not in shown


def test_nothing_known_gives_no_figure(small_profiles):
    assert figures(small_profiles, 4, "USD") == {}
