"""The whole book at a glance."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank, Manifest
from engine.customers import claims
from engine.customers.book import claims as book_claims
from engine.customers.book import sentences
from engine.customers.book.groups import Book
from engine.customers.portfolio import customer_table, insights
from engine.settings import default


@pytest.fixture(scope="module")
def overview(small_bank, small_profiles):
    return insights(Book(small_bank, small_profiles, default()))


def test_decision_29_names_and_managers_that_are_missing_have_a_stand_in(
    small_bank, small_profiles
):
    table = customer_table(small_bank, small_profiles)
    assert list(table.columns) == [
        "customer_id", "name", "audience", "segment", "relationship_manager", "value_a_year",
        "value_band", "churn", "churn_band", "mood", "last_contact", "n_holdings",
    ]  # fmt: skip
    eve = table.set_index("customer_id").loc["eve"]
    assert eve["name"] == "eve"
    assert eve["relationship_manager"] == "Unassigned"


def test_figures_carry_their_unit_and_change(overview):
    assert overview.figures["Customers"] == (6.0, "count", None)
    value, unit, change = overview.figures["Deposits"]
    assert (value, unit) == (59500.0, "money")
    assert change == pytest.approx((700 - 500) / (8000 + 1000 + 20000 + 30000))
    assert overview.figures["At risk of leaving"][0] == pytest.approx(1 / 5)  # eve is not rated


def test_F114_each_sentence_has_count_segment_evidence_and_action(overview):
    assert len(overview.sentences) >= 3
    for sentence in overview.sentences:
        evidence, _, action = sentence.rstrip(".").rpartition(". ")
        assert any(c.isdigit() for c in evidence)
        assert "customer" in evidence
        assert len(action) > 10
    assert any("unresolved case" in s for s in overview.sentences)


def test_needs_name_the_product_offered_most(small_bank, small_profiles):
    tied = pd.Series(["Card", "Card", "Saver", "Fund", None, "Loan"], dtype="str")
    told = insights(Book(small_bank, small_profiles, default(), next_offer=tied)).needs
    assert pd.isna(told["top_product"].iloc[0])
    offers = tied.replace({"Saver": "Card", "Fund": "Card"})
    needs = insights(Book(small_bank, small_profiles, default(), next_offer=offers)).needs.drop(
        columns="opens"
    )
    assert needs.iloc[0].to_dict() == {
        "need": "stability", "n": 2, "share": pytest.approx(1 / 3), "top_product": "Card",
    }  # fmt: skip
    assert needs["n"].is_monotonic_decreasing


def test_frames_have_the_columns_of_the_contract(overview):
    assert list(overview.customers.columns) == [
        "customer_id", "name", "segment", "churn", "profit", "value_a_year",
    ]  # fmt: skip
    assert list(overview.needs.columns) == ["need", "n", "share", "top_product", "opens"]
    assert list(overview.lift.columns) == [
        "segment", "product", "product_id", "n", "n_may", "rate", "base_rate", "lift", "low",
        "high", "opens",
    ]  # fmt: skip
    assert list(overview.mood.columns) == ["month", "mood", "n"]


def test_a_bank_of_ids_alone_shows_only_what_it_knows(profile_of):
    bank = Bank.from_tables(
        Manifest(name="Ids", as_of="2024-01-31"),
        {"customers": pd.DataFrame({"customer_id": ["a", "b"]})},
    )
    overview = insights(Book(bank, profile_of(bank), default()))
    assert list(overview.figures) == ["Customers"]
    assert overview.customers[["churn", "profit"]].isna().all(axis=None)
    assert customer_table(bank, profile_of(bank))[["churn", "churn_band"]].isna().all(axis=None)
    assert overview.sentences == ()
    assert overview.lift.empty and overview.needs.empty and overview.mood.empty


def test_a_bank_without_customers_has_no_figures_but_a_count(small_bank, profile_of):
    bank = small_bank.with_tables(customers=small_bank["customers"].iloc[:0])
    overview = insights(Book(bank, profile_of(bank), default()))
    assert overview.figures["Customers"][0] == 0
    assert not any(np.isnan(value) for value, _, _ in overview.figures.values())


def test_the_segment_of_most_is_named_only_where_it_says_something():
    def named(*segments: str) -> str:
        claim = sentences.mostly(pd.Series(segments))
        return claim.text if claim else ""

    assert named("low", "low", "high") == ", most in “low” (2)"
    assert named("low", "low", "high", "medium") == ", “low” most often (2)"
    assert named("low", "low") == ", in “low”"
    assert named("low", "high") == ""


def test_F114_few_products_are_few_only_where_most_hold_more(small_bank, small_profiles):
    table = small_profiles.table.assign(
        churn_band="low", churn_known=True, value_band="high", n_holdings=[2, 3, 3, 4, 3, 3]
    )

    def few_products(table):
        profiles = dataclasses.replace(small_profiles, table=table)
        return sentences._few_products(Book(small_bank, profiles, default()))

    claim, _, (behind,) = few_products(table)
    assert behind.n == 1
    assert claim.text.startswith(
        "Low churn, high value: 1 customer (17 % of the book) with only one or two"
    )
    assert few_products(table.assign(n_holdings=1)) is None


def test_a_product_that_nearly_all_of_a_segment_hold_is_no_advice(small_bank, small_profiles):
    book = Book(small_bank, small_profiles, default())
    row = {
        "segment": "x",
        "product": "Loan",
        "product_id": "loan",
        "n": 40,
        "n_may": 12,
        "rate": 0.5,
    }
    row |= {"lift": 3.0, "low": 2.0, "high": 4.0}
    _, action, _ = sentences._lift(book, pd.DataFrame([row]))
    assert action == "12 of the 20 without it may be offered it."
    assert sentences._lift(book, pd.DataFrame([{**row, "n_may": 0}])) is None
    assert sentences._lift(book, pd.DataFrame([{**row, "rate": 0.98}])) is None


def test_a_lift_that_rests_on_a_few_holders_is_not_said(small_bank, small_profiles):
    book = Book(small_bank, small_profiles, default())
    row = {"segment": "x", "product": "Loan", "product_id": "loan", "n_may": 12}
    row |= {"lift": 3.0, "low": 2.0, "high": 4.0}
    assert sentences._lift(book, pd.DataFrame([{**row, "n": 18, "rate": 3 / 18}])) is None
    claim, _, _ = sentences._lift(book, pd.DataFrame([{**row, "n": 40, "rate": 10 / 40}]))
    assert claim.text.startswith("x: 10 of 40 customers hold Loan, 3.0 times as often as")


def test_falling_balances_say_of_how_many_customers_the_months_tell():
    few = book_claims.falling(
        n=2, of=4500, known=21, edge=0.2, where=None, left=900.0, currency="USD"
    )
    assert ", of 21 with enough months on record, with 20 % or more less" in few.text
    assert "enough months" not in few.but(known=4500).text


def test_F48_swings_of_spending_name_the_months_that_they_are_of():
    said = claims.swings(variation=0.6, n=4, edge=0.5, span=" (Jan 2024 to Apr 2024)")
    assert "over 4 months (Jan 2024 to Apr 2024) (standard deviation): volatile" in said.text


def test_a_goal_beside_a_current_account_alone_says_that_no_investment_is_counted():
    told = claims.saved(amount=13556.0, goal=9600.0, named=False, currency="USD").text
    assert told == (
        "USD 13,556 held, investments not counted (no savings account is known), of a goal of "
        "USD 9,600 (141 %)"
    )
