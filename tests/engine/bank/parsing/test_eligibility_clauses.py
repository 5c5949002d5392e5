import pandas as pd
import pytest

from engine.bank.parsing import eligibility_clauses
from engine.bank.tables import coerce


def figures(text: str, age_limit: str = "") -> dict[str, float]:
    read = eligibility_clauses.read(text, age_limit)
    read = read[read["column"] != "requires"]
    return dict(zip(read["column"], read["value"], strict=True))


def facts(text: str) -> list[str]:
    read = eligibility_clauses.read(text)
    return read.loc[read["column"] == "requires", "value"].tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Minimum age 18, Basic income requirements", {"min_age": 18}),
        ("Available for individuals aged 18 - 75 years", {"min_age": 18, "max_age": 75}),
        ("Individuals above a certain age (e.g., 60 years)", {"min_age": 60}),
        ("Age 21+", {"min_age": 21}),
        (
            "Minimum age 25, High income and excellent credit score",
            {"min_age": 25, "min_credit_score": 750},
        ),
        ("Good to excellent credit score", {"min_credit_score": 650}),
        ("Fair to good credit score", {"min_credit_score": 600}),
        ("Credit score of at least 680", {"min_credit_score": 680}),
        (
            "Minimum income 30,000 and credit score above 700",
            {"min_income": 30000, "min_credit_score": 700},
        ),
        ("Generally available to anyone, no credit check required", {}),
        ("Varies by issuing bank", {}),
    ],
)
def test_figures_are_read_from_clauses(text, expected):
    assert figures(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Students pursuing higher education", ["student"]),
        ("Minors, operated by a parent or guardian", ["minor"]),
        ("Individuals, Minors (with guardian), HUFs", []),
        ("Individuals, Businesses", []),
        ("Registered business with a good credit history", ["business"]),
        ("High-net-worth individuals and families", ["wealthy"]),
        ("Individuals above a certain age (e.g., 60 years)", ["senior"]),
        (
            "Salaried or self-employed individuals with stable income",
            ["employment", "regular income"],
        ),
        ("Owners of residential properties", ["property"]),
        ("Anyone owning gold ornaments", ["gold"]),
    ],
)
def test_products_for_some_people_ask_for_a_positive_fact(text, expected):
    assert facts(text) == expected


def test_an_age_limit_ends_the_year_before():
    assert figures("Minors", "until the child reaches a certain age (e.g., 18)")["max_age"] == 17


def test_a_catalogue_is_filled_and_every_clause_is_listed():
    products = coerce(
        "products",
        pd.DataFrame(
            {
                "product_id": ["a", "b", "c", "d"],
                "name": ["Card", "Student Loan", "Business Loan", "Gold Card"],
                "audience": ["retail", "retail", "corporate", "retail"],
                "eligibility": ["Minimum age 21", None, None, "Minimum age 30"],
                "min_age": [None, None, None, 25],
            }
        ),
    )
    filled, read = eligibility_clauses.apply(products)
    assert filled["min_age"].tolist()[0] == 21
    assert filled["min_age"].tolist()[3] == 25, "a figure that the bank gives stays"
    assert filled["requires"].tolist()[1] == "student"
    assert filled["requires"].isna().tolist() == [True, False, True, True]
    assert read["product_id"].tolist() == ["a", "b", "d"]
    assert read["clause"].tolist()[1] == "name: Student Loan"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Registered businesses up to five years old.", {"max_years": 5}),
        ("For companies in their first three years", {"max_years": 3}),
        ("At least two years in business, credit score of 620.", {"min_years": 2}),
        ("At least 10 years in business", {"min_years": 10}),
        ("Businesses with at least 20 employees", {"min_employees": 20}),
        ("Registered businesses with employees.", {"requires": "employees"}),
        ("New businesses", {"requires": "young firm"}),
        ("Start-ups", {"requires": "young firm"}),
        ("Young adults", {"requires": "young adult"}),
        ("Aged 18 to 32 with a regular income.", {"requires": "income"}),
        ("Home owners aged 21 or over, income of at least 32,000", {"requires": "homeowner"}),
        ("Home owners or tenants", {}),
        ("Parents or guardians aged 18 or over.", {"requires": "parent"}),
        ("Minors, operated by a parent or guardian", {}),
        ("Anyone with a current account; no minimum balance.", {"requires": "current account"}),
        ("Residents aged 18 or over.", {}),
    ],
)
def test_terms_beyond_the_columns_are_read(text, expected):
    read = eligibility_clauses.terms(text)
    assert dict(zip(read["column"], read["value"], strict=True)) == expected


def test_a_name_tells_a_start_up_and_debts():
    assert eligibility_clauses.terms("", "Startup Funding Loan")["value"].tolist() == ["young firm"]
    assert eligibility_clauses.terms("", "Balance Transfer Card")["value"].tolist() == ["borrower"]


@pytest.mark.parametrize("text", ["At least 10 years in business", "At least 20 employees"])
def test_years_in_business_and_employees_are_no_age(text):
    assert figures(text) == {}


def test_pensioners_of_60_and_more_are_read_as_seniors_of_that_age():
    assert figures("Pensioners 60+") == {"min_age": 60} and facts("Pensioners 60+") == ["senior"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("You must be at least 18 years old.", {"min_age": 18}),
        ("Over 18 years old", {"min_age": 18}),
        ("Over 60 years old", {"min_age": 60}),
        ("Aged over 21 years old", {"min_age": 21}),
        ("Under 25 years old", {"max_age": 25}),
        ("Up to 25 years old", {"max_age": 25}),
        ("Business owners at least 21 years old", {"min_age": 21}),
        ("Cars up to 10 years old; aged 18 to 75", {"min_age": 18, "max_age": 75}),
        ("Vehicles under 10 years old", {}),
        ("Companies over 12 years old", {}),
        ("Firms under 10 employees", {}),
        ("At least 12 months trading", {}),
    ],
)
def test_years_old_are_a_persons_age_unless_a_firm_or_a_thing_is_meant(text, expected):
    assert figures(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("At least 18 years old", {}),
        ("Under 25 years old", {}),
        ("Cars up to 8 years old", {}),
        ("Property less than 10 years old", {}),
        ("Firms at least 3 years old", {"min_years": 3}),
        ("Trading for less than 3 years", {"max_years": 3}),
        ("In business for less than 2 years", {"max_years": 2}),
        ("In business for at least 2 years", {"min_years": 2}),
        ("At least 18 months trading", {"min_years": 1.5}),
        ("Not more than 3 years trading", {"max_years": 3}),
        ("Fewer than 10 employees", {"max_employees": 10}),
    ],
)
def test_a_firms_years_are_read_and_nobody_elses(text, expected):
    assert dict(eligibility_clauses.terms(text)[["column", "value"]].to_numpy()) == expected


@pytest.mark.parametrize(
    ("text", "open_part"),
    [
        ("No current account needed", "current account"),
        ("Current account not required", "current account"),
        ("Open to customers without a current account.", "current account"),
        ("Not for start-ups", "start-ups"),
        ("Customers without a high income", "high income"),
        ("Not for homeowners", "homeowners"),
        ("Not available to students.", "students"),
        ("For non-students", "students"),
        ("Available to existing and new businesses", "new businesses"),
        ("Start-ups and established businesses", "start-ups"),
        ("Employed, self-employed or retired.", "employed, self-employed"),
        ("Retired, employed or self-employed", "employed or self-employed"),
        ("First-time buyers and home movers", "first-time buyers"),
        ("Young professionals and students", "young professionals"),
        ("Tenants and homeowners", "homeowners"),
    ],
)
def test_what_is_denied_or_one_of_several_ways_in_is_asked_of_nobody(text, open_part):
    assert facts(text) == []
    assert eligibility_clauses.terms(text).empty
    assert open_part in eligibility_clauses.unread(text)


@pytest.mark.parametrize(
    "text",
    [
        "Salaried, aged 21 to 60",
        "Home owners, annual income of at least 32,000",
        "Salaried, self-employed",
        "Students aged 18 and over",
        "Registered businesses, credit score of 600.",
    ],
)
def test_a_comma_before_another_condition_leaves_the_first_one_asked(text):
    asked = [*facts(text), *eligibility_clauses.terms(text)["value"]]
    assert asked and eligibility_clauses.unread(text) == ()
