"""Acumen rises with products, investing, words, work and record."""

import pytest

from engine.customers.metrics import acumen
from engine.customers.metrics.scorecard import score
from engine.settings import default


@pytest.fixture(scope="session")
def value(customer):
    def acumen_of(**known) -> float:
        strengths = acumen.strengths(customer(**known))
        return float(score(strengths, default().metrics.acumen).value[0])

    return acumen_of


@pytest.mark.parametrize(
    ("figure", "rising"),
    [
        ("n_categories", [1, 2, 4, 6]),
        ("n_account_kinds", [1, 2, 4, 6]),
        ("n_complex", [0, 1, 2, 3]),
        ("investing_share", [0.0, 0.05, 0.2]),
        ("n_finance_terms", [0, 1, 4, 9]),
        ("occupation", [0.0, 0.5, 1.0]),
        ("credit_score", [400, 640, 700, 850]),
    ],
)
def test_F44_acumen_never_falls_when_a_sign_grows(value, figure, rising):
    found = [value(**{figure: float(v)}) for v in rising]
    assert found == sorted(found)
    assert found[-1] > found[0]


def test_F44_a_finance_job_with_a_good_record_reaches_the_top(value):
    known = {"occupation": 1.0, "credit_score": 830.0, "n_categories": 5.0, "n_complex": 2.0}
    assert value(**known, has_investments=True) > 9.5


def test_details_name_the_occupation(customer):
    row = customer(occupation=1.0, n_account_kinds=2.0).iloc[0].to_dict()
    said = acumen.details({**row, "occupation_text": "Banker", "occupation_is_industry": False})
    texts = {key: claim.text for key, claim in said.items()}
    assert texts["finance_occupation"] == "Occupation on record: Banker"
    assert texts["breadth"] == "2 kinds of account, with deposits and loans counted as kinds"


def test_what_is_missing_is_the_score_and_not_a_loan_that_is_paid():
    assert acumen.DRIVERS["record"] == "Credit score"


def test_the_kinds_that_are_said_are_those_that_counted(customer):
    for categories, accounts, said in (
        (1.0, 3.0, "3 kinds of account"),
        (3.0, 1.0, "3 categories"),
    ):
        row = customer(n_categories=categories, n_account_kinds=accounts).iloc[0].to_dict()
        assert said in acumen.details({**row, "n_complex": 0, "n_holdings": 3})["breadth"].text
