"""Each clause passes, fails or stays open on a fact that is there or missing."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.guard import affordability
from engine.guard.target_groups import requirements
from engine.guard.verdicts import Verdicts
from engine.settings import default, load

ANN, BEN, CID, DEE, EVE, FOX = range(6)
CARD, FUND, HOME, LOAN, SAVE = range(5)
Judge = Callable[..., Verdicts]


def only(bank: Bank, **bounds: object) -> Bank:
    """The small bank where Home insurance alone has the given bounds, and nobody holds a thing."""
    products = bank["products"]
    for column, value in {"min_age": None, **bounds}.items():
        values = products[column].astype(object)
        values.iloc[HOME] = value
        products = products.assign(**{column: values})
    return bank.with_tables(products=products, holdings=bank["holdings"].iloc[:0])


def person(bank: Bank, place: int = ANN, **facts: object) -> Bank:
    """Ann, or somebody else, with other facts."""
    customers = bank["customers"]
    for column, value in facts.items():
        values = customers[column].astype(object)
        values.iloc[place] = value
        customers = customers.assign(**{column: values})
    return bank.with_tables(customers=customers)


@pytest.mark.parametrize(
    ("bound", "value", "fact", "outcomes"),
    [
        ("min_age", 21, "age", {20: "fail", 21: "pass", None: "check"}),
        ("max_age", 65, "age", {66: "fail", 65: "pass", None: "check"}),
        ("min_income", 30000, "annual_income", {29999: "fail", 30000: "pass", None: "check"}),
        ("min_credit_score", 650, "credit_score", {649: "fail", 650: "pass", None: "check"}),
    ],
)
def test_F101_a_bound_on_a_fact_passes_fails_or_is_checked_first(
    small_bank: Bank, verdicts_of: Judge, bound: str, value: float, fact: str, outcomes: dict
):
    for given, outcome in outcomes.items():
        found = verdicts_of(person(only(small_bank, **{bound: value}), **{fact: given}))
        assert found.rule(ANN, HOME) == ("eligibility" if outcome == "fail" else "allowed")
        assert bool(found.check_texts(ANN, HOME)) is (outcome == "check")


def test_F101_a_minimum_investment_of_500000_is_never_offered_to_a_balance_of_800(
    small_bank: Bank, verdicts_of: Judge, profiles
):
    found = verdicts_of(
        only(small_bank, min_investment=500000), table=profiles.table.assign(balance=800.0)
    )
    assert not found.allowed[:, HOME].any()
    assert found.reason(ANN, HOME) == (
        "Needs at least USD 500,000 to invest; this customer has a balance of USD 800"
    )


def test_F101_a_bound_of_zero_is_no_bound(small_bank: Bank, verdicts_of: Judge):
    found = verdicts_of(only(small_bank, min_investment=0, min_balance=0))
    assert found.check_texts(EVE, HOME) == ()


def test_the_reason_names_both_figures(small_bank: Bank, verdicts_of: Judge):
    assert verdicts_of(person(small_bank, CID, vulnerable=False)).reason(CID, CARD) == (
        "Needs a yearly income of at least USD 30,000; this customer has USD 25,000"
    )


def test_an_age_grows_from_the_day_on_which_it_was_recorded(small_bank: Bank, verdicts_of: Judge):
    bank = person(only(small_bank, min_age=32), age_as_of=pd.Timestamp("2022-06-30"))
    assert verdicts_of(bank).allowed[ANN, HOME]
    assert not verdicts_of(only(small_bank, min_age=32)).allowed[ANN, HOME]


@pytest.mark.parametrize(
    ("facts", "checked"),
    [
        ({"goals": "Business Growth;Wealth Management"}, True),
        ({"goals": "Start Business"}, True),
        ({"attributes": '{"preferred_services": "Business Banking,Wealth Management"}'}, True),
        ({"goals": "grow my own small company"}, True),
        ({"goals": "Quit my job and start a bakery business"}, True),
        ({"goals": "Running a family business one day"}, True),
        ({"goals": "Save more;Become self-employed"}, True),
        ({"attributes": '{"Preferred Services": ["Savings", "Business Account"]}'}, True),
        ({"attributes": '{"Preferred_Services": "Business Banking"}'}, True),
        ({"goals": "fly business class"}, False),
        ({"goals": "Avoid business loans"}, False),
        ({"goals": "I don't want a business account"}, False),
        ({"goals": "Close business account"}, False),
        ({"goals": "Travel for business"}, False),
        ({"goals": "Work for a better company"}, False),
        ({"goals": "Start a job at a start-up"}, False),
        ({"goals": "Grow in my company"}, False),
        ({"goals": "Own a company car"}, False),
        ({"goals": "Keep company pension"}, False),
        ({"goals": "Build company pension"}, False),
        ({"goals": "Insurance company change"}, False),
        ({"goals": "Help my daughter start a business"}, False),
        ({"attributes": '{"hobby": "business news"}'}, False),
    ],
)
def test_who_names_a_business_as_a_wish_is_checked_for_one(
    small_bank: Bank, verdicts_of: Judge, facts: dict, checked: bool
):
    found = verdicts_of(person(only(small_bank, requires="business"), **facts))
    assert found.allowed[ANN, HOME] == checked
    said = found.check_texts(ANN, HOME) if checked else (found.reason(ANN, HOME),)
    expected = "one is named among goals" if checked else "nothing on record says that this"
    assert expected in " ".join(said)


@pytest.mark.parametrize(
    ("facts", "checked"),
    [
        ({"attributes": '{"income_level": "Very High"}'}, True),
        ({"goals": "Estate Planning;Wealth Preservation"}, True),
        ({"attributes": '{"Income Level": "High"}'}, True),
        ({"attributes": '{"IncomeLevel": "very high"}'}, True),
        ({"attributes": '{"income_level": "Medium"}'}, False),
        ({"goals": "No wealth management"}, False),
        ({"attributes": '{"Preferred_Services": "no estate planning, savings"}'}, False),
    ],
)
def test_a_high_income_without_a_figure_is_checked_for_wealth(
    small_bank: Bank, verdicts_of: Judge, facts: dict, checked: bool
):
    found = verdicts_of(person(only(small_bank, requires="high net worth"), EVE, **facts))
    assert found.allowed[EVE, HOME] == checked
    assert ("no figure is on record" in " ".join(found.check_texts(EVE, HOME))) == checked
    rich = verdicts_of(person(only(small_bank, requires="high net worth"), **facts))
    assert not rich.allowed[ANN, HOME]  # what Ann has is on record


def test_who_prefers_the_banking_of_students_is_checked_for_studies(
    small_bank: Bank, verdicts_of: Judge
):
    student = only(small_bank, requires="student")
    prefers = {"attributes": '{"preferred_services": "Savings Account,Student Banking"}'}
    said = verdicts_of(person(student, **prefers)).check_texts(ANN, HOME)
    assert "no studies are on record" in " ".join(said)
    for goal in ("pay off student loans", "student accounts for my kids", "no student card"):
        assert not verdicts_of(person(student, goals=goal)).allowed[ANN, HOME], goal


@pytest.mark.parametrize(
    ("group", "facts", "belongs"),
    [
        ("student", {"occupation": "Student nurse"}, True),
        ("student", {"occupation": "Teacher"}, False),
        ("student", {"occupation": None}, False),
        ("senior", {"age": 60}, True),
        ("senior", {"age": None}, False),
        ("minors", {"age": 12}, True),
        ("minors", {"dependents": 2}, True),
        ("minors", {"age": None}, False),
        ("business", {"occupation": "Bakery owner"}, True),
        ("business", {"annual_revenue": 1e6}, True),
        ("business", {"occupation": None}, False),
        ("high net worth", {"annual_income": 400000}, True),
        ("high net worth", {"annual_income": None}, False),
    ],
)
def test_decision_11_a_product_for_a_group_needs_a_positive_fact(
    small_bank: Bank, verdicts_of: Judge, group: str, facts: dict, belongs: bool
):
    found = verdicts_of(person(only(small_bank, requires=group), **facts))
    assert found.allowed[ANN, HOME] == belongs
    if not belongs:
        assert "nothing on record" in found.reason(ANN, HOME)


def test_the_wealthy_are_known_by_their_balance(small_bank: Bank, verdicts_of: Judge, profiles):
    bank = only(small_bank, requires="wealthy")
    rich = verdicts_of(bank, table=profiles.table.assign(balance=250000.0))
    assert rich.allowed[ANN, HOME] and not verdicts_of(bank).allowed[ANN, HOME]


def test_a_home_owner_is_known_by_what_is_held(small_bank: Bank, verdicts_of: Judge):
    holdings = pd.DataFrame({"customer_id": ["ann"], "product_id": ["home"]})
    requires = [None, "homeowner", None, None, None]
    bank = small_bank.with_tables(
        products=small_bank["products"].assign(requires=requires), holdings=holdings
    )
    found = verdicts_of(bank)
    assert found.allowed[ANN, FUND] and not found.check_texts(ANN, FUND)
    assert "Check first: is for home owners; nothing on record says so" in (
        found.check_texts(EVE, FUND)
    )


def test_earned_income_is_checked_first_where_nothing_is_known(
    small_bank: Bank, verdicts_of: Judge
):
    found = verdicts_of(only(small_bank, requires="salaried"))
    assert found.rule(CID, HOME) == "eligibility"
    assert found.allowed[EVE, HOME] and found.check_texts(EVE, HOME)
    assert found.allowed[ANN, HOME] and not found.check_texts(ANN, HOME)


def test_a_fact_in_words_of_the_bank_is_checked_first(small_bank: Bank, verdicts_of: Judge):
    found = verdicts_of(only(small_bank, requires="gold ornaments"))
    assert found.check_texts(ANN, HOME) == (
        "Check first: needs “gold ornaments”, which the bank's records do not show",
    )


def test_a_name_shows_the_group_only_where_the_bank_states_none():
    products = pd.DataFrame(
        {
            "name": ["Student card", "Student Loan Refinancing", "Business card", "Senior saver"],
            "subcategory": None,
            "requires": [None, None, "wealthy", None],
            "eligibility": None,
            "item_type": "product",
            "tags": None,
        }
    ).astype(dict.fromkeys(["requires", "name", "subcategory", "eligibility", "tags"], "str"))
    asked = requirements(products, default().guard)
    found = {name: columns.tolist() for name, columns in asked.items()}
    assert found == {"student": [0], "senior": [3], "wealthy": [2]}


def test_an_eligibility_text_that_became_no_clause_is_quoted(small_bank: Bank, verdicts_of: Judge):
    text = "High income and excellent credit score"
    found = verdicts_of(only(small_bank, eligibility=text))
    assert found.check_texts(ANN, HOME) == (f"Check first: the terms say “{text}”",)
    covered = verdicts_of(only(small_bank, eligibility=text, min_income=1000, min_credit_score=600))
    assert covered.check_texts(ANN, HOME) == ()
    plain = verdicts_of(only(small_bank, eligibility="Anyone, no credit check required"))
    assert plain.check_texts(ANN, HOME) == ()


def test_F107_an_income_of_30k_and_a_score_of_680_are_not_given_elite(
    small_bank: Bank, verdicts_of: Judge, profiles
):
    bank = only(small_bank, tier="Elite")
    found = verdicts_of(person(bank, annual_income=30000, credit_score=680))
    assert found.rule(ANN, HOME) == "eligibility"
    assert found.reason(ANN, HOME) == (
        "The Elite tier asks for a yearly income of at least USD 60,000; "
        "this customer has USD 30,000"
    )
    assert verdicts_of(bank).allowed[ANN, HOME]
    assert verdicts_of(bank).check_texts(EVE, HOME)
    wealthy = profiles.table.assign(balance=200000.0)
    rich = verdicts_of(person(bank, annual_income=30000, credit_score=680), table=wealthy)
    assert rich.allowed[ANN, HOME]


def test_an_instalment_is_an_annuity():
    products = pd.DataFrame(
        {
            "loan_amount_min": [12000.0, 12000.0, np.nan, 5000.0, np.nan],
            "loan_amount_max": [np.nan, np.nan, 12000.0, np.nan, np.nan],
            "interest_rate": [0.12, np.nan, 0.0, 0.1, 0.1],
            "term_months": [12.0, 12.0, 24.0, np.nan, 12.0],
        }
    )
    found = affordability.instalment(products)
    assert found[:3] == pytest.approx([1066.185, 1000, 500], abs=1e-3)
    assert np.isnan(found[3:]).all()


@pytest.mark.parametrize(
    ("income", "spending", "rule"),
    [
        (3000.0, 1000.0, "allowed"),
        (2400.0, 1000.0, "affordability"),
        (5000.0, 4200.0, "affordability"),
        (3000.0, np.nan, "allowed"),
        (2400.0, np.nan, "affordability"),
    ],
)
def test_F101_a_loan_has_to_fit_into_income_and_into_what_spending_leaves(
    small_bank: Bank, verdicts_of: Judge, profiles, income: float, spending: float, rule: str
):
    bank = only(small_bank, loan_amount_min=12000, interest_rate=0, term_months=12)
    table = profiles.table.assign(income_month=income, spending_month=spending)
    found = verdicts_of(bank, table=table)
    assert found.rule(ANN, HOME) == rule
    if rule == "affordability":
        assert "an instalment of about USD 1,000 a month" in found.reason(ANN, HOME)


def test_F101_a_loan_without_a_known_income_is_checked_first(small_bank: Bank, verdicts_of: Judge):
    found = verdicts_of(only(small_bank, loan_amount_min=12000, term_months=12))
    assert found.allowed[EVE, HOME]
    assert any("instalment" in text for text in found.check_texts(EVE, HOME))


@pytest.mark.parametrize(
    ("left", "balance", "rule"),
    [(60.0, 0.0, "allowed"), (40.0, 0.0, "affordability"), (-500.0, 600.0, "allowed")],
)
def test_F101_a_premium_fits_into_the_month_or_a_year_of_it_into_the_balance(
    small_bank: Bank, verdicts_of: Judge, profiles, left: float, balance: float, rule: str
):
    table = profiles.table.assign(
        income_month=2000.0, spending_month=2000.0 - left, balance=balance
    )
    found = verdicts_of(only(small_bank, monthly_premium=50), table=table)
    assert found.rule(ANN, HOME) == rule


def test_F101_a_premium_takes_at_most_a_tenth_of_a_known_income(
    small_bank: Bank, verdicts_of: Judge, profiles
):
    table = profiles.table.assign(income_month=2500.0, spending_month=1800.0, balance=800.0)
    bank = only(small_bank, monthly_premium=400)
    found = verdicts_of(bank, table=table)
    assert found.reason(ANN, HOME) == (
        "Costs USD 400 a month; 10 % of this customer's income is USD 250"
    )
    assert verdicts_of(bank, table=table.assign(balance=4800.0)).allowed[ANN, HOME]
    off = load(guard={"max_premium_share": 0.0})
    assert verdicts_of(bank, table=table, settings=off).allowed[ANN, HOME]


def test_the_yearly_income_stands_in_for_a_missing_monthly_one(
    small_bank: Bank, verdicts_of: Judge, profiles
):
    table = profiles.table.assign(income_month=np.nan, spending_month=7600.0)
    found = verdicts_of(only(small_bank, monthly_premium=50), table=table.assign(balance=np.nan))
    assert found.rule(ANN, HOME) == "affordability"
    assert "spends USD 100 a month more than comes in" in found.reason(ANN, HOME)


@pytest.mark.parametrize(("age", "outcome"), [(17, "fail"), (18, "none"), (None, "none")])
def test_a_minor_is_lent_nothing(
    small_bank: Bank, verdicts_of: Judge, age: float | None, outcome: str
):
    bank = person(small_bank, age=age)
    flags = ~bank["products"]["sensitive"].fillna(False)  # a flag that anybody may change
    names = bank["products"]["name"].replace("Travel card", "Travel credit card")
    products = bank["products"].assign(min_age=None, requires=None, sensitive=flags, name=names)
    bank = bank.with_tables(products=products, holdings=bank["holdings"].iloc[:0])
    found = verdicts_of(bank)
    lent = np.arange(len(products)) == CARD
    assert found.reason(ANN, SAVE) == ""
    reason = "Credit needs an age of at least 18; this customer is 17"
    for product in np.flatnonzero(lent):
        assert (found.reason(ANN, product) == reason) == (outcome == "fail")
        assert not any("age" in text for text in found.check_texts(ANN, product))
    made_for_them = products.assign(requires=np.where(lent, "minor", None))
    found = verdicts_of(bank.with_tables(products=made_for_them))
    assert all(found.reason(ANN, product) != reason for product in np.flatnonzero(lent))
