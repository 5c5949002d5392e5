"""Churn rises with every sign of leaving and never the other way round."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.customers.metrics import churn
from engine.customers.metrics.scorecard import score
from engine.labels import METRIC_LABELS
from engine.settings import default

METRICS = default().metrics


@pytest.fixture(scope="session")
def value(customer):
    def churn_of(**known) -> float:
        strengths = churn.strengths(customer(**known), METRICS)
        return float(score(strengths, METRICS.churn).value[0])

    return churn_of


@given(st.floats(0, 20), st.floats(0.01, 5), st.floats(-1, 1))
def test_F41_more_complaints_never_lower_churn(value, load, more, satisfaction):
    known = {"satisfaction": satisfaction, "balance_change": -0.2}
    before = value(case_load=load, **known)
    assert value(case_load=load + more, **known) >= before
    assert before >= value(**known)


@given(st.sampled_from(["balance_change", "spending_change", "activity_change"]),
       st.floats(-1, 3), st.floats(0, 2))  # fmt: skip
def test_F41_a_steeper_fall_never_lowers_churn(value, figure, change, more):
    assert value(**{figure: change - more}) >= value(**{figure: change})


def test_F41_no_complaint_is_not_a_reason_to_stay():
    assert METRICS.churn["complaints"] > METRICS.churn["mood"]


def test_other_signs_point_the_way_they_are_read(value):
    assert value(satisfaction=-0.5) > 5 > value(satisfaction=0.5)
    assert value(tenure_years=0.2) > value(tenure_years=4) > value(tenure_years=9) - 1e-9
    assert value(n_holdings=1) > value(n_holdings=2) == 5 > value(n_holdings=4)
    assert value(said=-2.0) > 5 > value(said=2.0)
    assert value(dormant=True) > value(activity_change=-0.2) > 5


def test_details_say_what_stands_behind_a_driver(customer):
    row = customer(balance_change=-0.24, n_cases=2.0, n_cases_open=1.0, satisfaction=0.7)
    basis = {"n_recent": 3, "n_past": 7, "until": " to May 2025"}
    said = churn.details(row.iloc[0].to_dict() | {"bases": {"balance_change": basis}})
    assert said["balance_trend"].text == (
        "Balance fell 24 % (median of the last 3 months to May 2025 against that of the 7 before)"
    )
    assert said["complaints"].text.startswith("2 cases (unresolved, repeated or unhappy): 1 unr")
    assert said["satisfaction"].text == "Satisfaction 85 % (0.7 on a scale of −1 to 1)"
    assert "tenure" not in said


def test_F46_nothing_known_has_no_strength(customer):
    assert np.isnan(churn.strengths(customer(), METRICS).to_numpy()).all()
    assert churn.details(customer().iloc[0].to_dict()) == {}


def test_an_index_without_labels_is_not_called_a_chance():
    assert "index" in METRIC_LABELS["churn"].lower()
    assert "not a chance" in churn.NOTE
