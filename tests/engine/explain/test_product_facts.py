"""Each kind of product shows its own figures, and what it has to say to an interest."""

import json

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.bank.tables import coerce
from engine.explain.product_facts import answer, kind_of, point, product_facts


def product(**columns: object) -> dict:
    frame = pd.DataFrame({c: [v] for c, v in {"name": "X", **columns}.items()})
    return coerce("products", frame).iloc[0].to_dict()


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("Credit Card", "card"),
        ("Plastic Card", "card"),
        ("Insurance", "insurance"),
        ("Home Loan", "loan"),
        ("Mortgage", "loan"),
        ("Investment", "investment"),
        ("Deposit", "account"),
        (None, "account"),
    ],
)
def test_a_category_says_what_a_product_is(category: str | None, kind: str):
    assert kind_of(product(category=category)) == kind


def test_F185_each_category_shows_its_own_fields():
    card = product(
        category="Credit Card",
        interest_rate=0.1899,
        annual_fee=95,
        credit_limit_max=10000,
        rewards_rate=0.025,
        monthly_premium=3,
    )
    assert product_facts(card, "USD") == {
        "Rewards": "2.5 %",
        "Annual fee": "USD 95",
        "Interest rate": "19 %",
        "Credit limit": "up to USD 10,000",
    }
    insurance = product(
        category="Insurance", monthly_premium=25, deductible=1000, coverage_amount=100000
    )
    assert product_facts(insurance, "USD") == {
        "Monthly premium": "USD 25",
        "Cover": "USD 100,000",
        "Deductible": "USD 1,000",
    }
    loan = product(
        category="Loan",
        interest_rate=0.07,
        loan_amount_min=1000,
        loan_amount_max=50000,
        term_months=24,
    )
    assert product_facts(loan, "EUR") == {
        "Interest rate": "7 %",
        "Amount": "EUR 1,000 to 50,000",
        "Term": "24 months",
    }
    fund = product(category="Investment", min_investment=1000, expected_return=0.06, volatility=3)
    assert product_facts(fund, "USD") == {
        "Expected return": "6 %",
        "Minimum investment": "USD 1,000",
        "Volatility": "3 of 10",
    }


def test_a_volatility_is_a_share_or_a_grade():
    assert product_facts(product(category="Fund", volatility=0.13), "USD") == {
        "Volatility": "13 % a year"
    }


def test_a_lock_in_below_a_month_is_told_in_days():
    assert product_facts(product(lock_in_months=0.23), "USD") == {"Lock-in": "7 days"}
    assert product_facts(product(lock_in_months=1.0), "USD") == {"Lock-in": "1 month"}


def test_a_long_description_ends_at_a_comma():
    long = "Mortgage for a first home with a ten percent deposit, a fixed rate, and a free survey"
    shown = answer(product(category="Mortgage", description=long), "mortgage", "USD")
    assert shown == ": mortgage for a first home with a ten percent deposit, a fixed rate"
    cover = product(category="Insurance", features="medical costs abroad")
    assert answer(cover, "travel", "USD") == ": medical costs abroad"


def test_what_is_not_stated_is_left_out_and_a_fee_of_zero_is_none(small_bank: Bank):
    assert product_facts(small_bank["products"].iloc[4].to_dict(), "USD") == {
        "Interest rate": "3 %",
        "Annual fee": "none",
    }
    assert product_facts(product(category="Card"), "USD") == {}
    assert product_facts(product(category="Card", credit_limit_min=5000), "USD") == {
        "Credit limit": "from USD 5,000"
    }


def test_a_point_is_a_feature_a_description_or_a_figure():
    card = product(
        category="Card",
        description="A card for the elite. It has more.",
        features="24/7 concierge; Travel insurance; VIP lounges",
        rewards_rate=0.02,
        annual_fee=0,
    )
    assert point(card, "USD") == " has 24/7 concierge and travel insurance"
    assert point(product(category="Card", rewards_rate=0.02), "USD") == ": rewards 2 %"
    assert point(product(description="Saving made easy."), "USD") == ": saving made easy"
    assert point(product(), "USD") == ""
    assert answer(card, "travel", "USD") == " has travel insurance and VIP lounges"
    saver = product(description="Saving made easy.")
    assert answer(saver, "save", "USD") == ": saving made easy"
    fleet = product(name="Fleet card", category="Card", annual_fee=0)
    assert answer(fleet, "renew the fleet", "USD") == ": no annual fee"


@pytest.mark.parametrize(
    ("interest", "columns"),
    [
        ("buy a house", {"features": "VIP lounges", "annual_fee": 0}),
        ("entertainment", {"category": "Fund", "management_fee": 0.01}),
        ("save for house", {"name": "Health Savings Account", "features": "portable account"}),
        ("savings account", {"features": "portable account"}),
        ("see more of the world", {"features": "World share funds"}),
        ("financial planning", {"features": "Tax planning", "description": "Planning your taxes"}),
        ("early retirement", {"category": "Insurance", "coverage_amount": 1000.0}),
        ("fuel", {"features": "Take cards and phones at the till"}),
        ("shopping", {"features": "1% cashback on groceries and fuel"}),
        ("investments", {"features": "Tax return preparation"}),
    ],
)
def test_an_interest_on_which_nothing_of_a_product_bears_has_no_answer(
    interest: str, columns: dict
):
    assert answer(product(**columns), interest, "USD") is None


def test_rewards_bear_on_what_they_are_given_for():
    card = product(category="Card", features="1% cashback on groceries; Rewards on purchases")
    assert answer(card, "groceries", "USD") == " has 1% cashback on groceries"
    assert answer(card, "shopping", "USD") == " has rewards on purchases"
    assert answer(product(features="Cashback"), "shopping", "USD") == " has cashback"


def test_management_alone_does_not_say_of_what():
    funds = product(name="Portfolio Management", features="risk management; market timing")
    assert answer(funds, "wealth management", "USD") is None
    wealth = product(features="risk management; wealth management")
    assert answer(wealth, "wealth management", "USD") == " has wealth management"


def test_real_estate_is_not_what_is_left_to_heirs():
    heirs = product(name="Estate Planning", features="will preparation; estate planning")
    assert answer(heirs, "real estate", "USD") is None
    assert answer(heirs, "estate planning", "USD") == " has estate planning"
    flats = product(features="Real estate funds; trading")
    assert answer(flats, "real estate", "USD") == " has real estate funds"
    assert answer(flats, "estate planning", "USD") is None


def test_the_work_of_a_customer_bears_on_what_names_it():
    loan = product(category="Loan", features="Tuition and living costs of students")
    assert answer(loan, "education", "USD") == " has tuition and living costs of students"
    assert answer(loan, "education", "USD", by_name=True) is None
    teachers = product(features="Cover for education staff")
    assert answer(teachers, "education", "USD", by_name=True) == " has cover for education staff"


def test_words_of_every_product_bear_only_as_a_whole():
    advice = product(features="Financial planning; Tax planning")
    assert answer(advice, "financial planning", "USD") == " has financial planning"


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("up to $500,000", "up to $500,000"),
        ("Sum assured ranging from $100,000 to $5,000,000", "from $100,000 to $5,000,000"),
        ("$50 - $500 per month", "$50 - $500 per month"),
    ],
)
def test_a_limit_is_never_shown_as_the_amount(printed: str, shown: str):
    cover = product(category="Insurance", coverage_amount=500000.0)
    cover["attributes"] = json.dumps({"coverage": printed})
    assert product_facts(cover, "USD")["Cover"] == shown


def test_a_missing_figure_stays_missing():
    assert np.isnan(product()["annual_fee"])


def test_F111_a_range_reads_as_the_source_prints_it_and_not_as_its_middle():
    product = {
        "category": "Card",
        "annual_fee": 325.0,
        "interest_rate": 0.15,
        "attributes": '{"annual_fee": "$150 - $500", "interest_rate": "15% APR"}',
    }
    found = product_facts(product, "USD")
    assert "$150 - $500" in found.values()
    assert not any("325" in text for text in found.values())
    assert any("15 %" in text for text in found.values())


def test_talk_of_insurance_does_not_say_which_one():
    life = product(name="Family Life Insurance", category="Insurance", coverage_amount=1000.0)
    assert answer(life, "insurance", "USD") is None
    assert answer(life, "life insurance", "USD") is not None
