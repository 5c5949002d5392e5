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
