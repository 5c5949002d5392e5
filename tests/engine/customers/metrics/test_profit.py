"""Profit rises with margin, income and credit score."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.customers.metrics import profit
from engine.customers.metrics.reference import Reference
from engine.customers.metrics.scorecard import score
from engine.settings import default

BANK = pd.DataFrame(
    {
        "audience": ["retail"] * 50,
        "value_a_year": np.linspace(-60, 900, 50),
        "income": np.linspace(1e4, 2e5, 50),
    }
)
REFERENCE = Reference.of(BANK, np.zeros((0, 19)))


@pytest.fixture(scope="session")
def value(customer):
    def profit_of(**known) -> float:
        strengths = profit.strengths(customer(**known), REFERENCE)
        return float(score(strengths, default().metrics.profit).value[0])

    return profit_of


@given(
    st.sampled_from(["income", "credit_score", "value_a_year"]),
    st.floats(0, 3e5),
    st.floats(0, 1e5),
    st.floats(300, 850),
)
def test_F42_profit_never_falls_when_a_figure_rises(value, figure, start, more, credit):
    known = {"income": 5e4, "credit_score": credit, "value_a_year": 100.0}
    before = value(**{**known, figure: start})
    assert value(**{**known, figure: start + more}) >= before


def test_F42_the_anchors_stand_where_they_should(value):
    worst = value(income=1e4, credit_score=300.0, value_a_year=-60.0)
    best = value(income=2e5, credit_score=850.0, value_a_year=900.0)
    assert worst < 0.5
    assert best > 9.5
    assert value(credit_score=650.0) == 5


def test_details_name_the_parts_of_the_margin(customer):
    row = customer(value_a_year=178.0, credit_score=780.0).iloc[0].to_dict()
    row["value_parts"] = {"deposits": 238.0, "loans": 0.0, "cost to serve": -60.0}
    row |= {"n_income": 0, "n_spending": 12, "currency": "USD"}
    row |= {"span_income": "", "span_spending": " (Jan 2026 to Dec 2026)"}
    said = profit.details(row)
    texts = {key: claim.text for key, claim in said.items()}
    assert (
        texts["margin"]
        == "About USD 178 a year by stated assumptions: deposits USD 238, cost to serve −USD 60"
    )
    assert texts["credit"] == "Credit score 780"
    assert "income" not in texts


def test_a_year_that_is_worked_out_of_some_months_says_of_how_many(customer):
    row = customer(value_a_year=72.0, income=48_000.0).iloc[0].to_dict()
    row |= {"value_parts": {"card spending": 132.0, "cost to serve": -60.0}, "currency": "CZK"}
    row |= {"income_stated": False, "n_income": 6, "n_spending": 6, "income_is_revenue": False}
    row |= {"span_income": " (Jan 2026 to Jun 2026)", "span_spending": ""}
    said = {key: claim.text for key, claim in profit.details(row).items()}
    assert said["income"] == (
        "CZK 48,000 a year, 12 times the mean income of 6 whole months (Jan 2026 to Jun 2026)"
    )
    assert said["margin"].endswith("the year of spending is 12 times the mean of 6 whole months")
    firm = profit.details(row | {"income_stated": True, "income_is_revenue": True})
    assert firm["income"].text == "CZK 48,000 of revenue a year, as stated"
    whole = {key: claim.text for key, claim in profit.details(row | {"n_spending": 12}).items()}
    assert "months" not in whole["margin"]
