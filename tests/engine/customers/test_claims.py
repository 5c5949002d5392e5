"""What is said of demo customers is true by the tables and agrees; a false sentence is caught.

Everybody's, on real banks too, are asked in tests/real.
"""

from collections import Counter
from dataclasses import replace
from itertools import chain

import pytest

from engine.customers import claims
from engine.customers.claims import Claim
from engine.engine import Engine
from tests.conftest import DEMO
from tests.engine.customers.book_oracle import BookOracle
from tests.engine.customers.said import (
    claims_of,
    claims_of_alerts,
    claims_of_book,
    disagreements,
)

EVERY = 40
"""One customer of so many is asked here."""
SAID_OF_DEMO = {
    *("segment", "cases_open", "balance", "change", "spent_on", "goals", "cases", "tone"),
    *("held", "tenure", "margin", "income", "credit_score", "goals_about_risk", "risky_held"),
    *("speculation", "investing", "keeps_investments", "categories_held", "complex_held"),
    *("finance_terms", "occupation", "may_leave", "cases_late", "saved", "spent_much", "swings"),
    *("shortfall", "unusual", "leaving", "book_cases", "falling", "most_need", "lifted"),
}


@pytest.fixture(scope="module")
def snapshot(trained_state):
    return Engine.open(DEMO, trained_state).snapshot()


@pytest.fixture(scope="module")
def oracle(snapshot):
    return BookOracle(snapshot.bank, snapshot.profiles, snapshot.settings)


@pytest.fixture(scope="module")
def said(snapshot):
    bank, profiles, settings = snapshot.bank, snapshot.profiles, snapshot.settings
    records = (claims_of(bank, profiles, row) for row in range(0, bank.n_customers, EVERY))
    of_all = claims_of_book(bank, profiles, settings), claims_of_alerts(bank, profiles, settings)
    return list(chain(*of_all, *records))


def test_F38_F114_what_is_said_of_the_demo_bank_is_true_by_the_tables(said, oracle):
    false = [
        f"{customer}: {claim.text}: {wrong}"
        for customer, claim in said
        if (wrong := oracle.wrong(customer, claim))
    ]
    assert false == []
    assert Counter(claim.kind for _, claim in said).keys() >= SAID_OF_DEMO


def _lie(claim: Claim) -> Claim:
    """The same kind of claim with its first figure, or its first word, another."""
    name, value = next(iter(claim.figures.items()))
    number = isinstance(value, int | float)
    return claim.but(**{name: value + 1 if number else [*value, "a yacht"]
                        if isinstance(value, list) else f"{value} x"})  # fmt: skip


@pytest.mark.parametrize("kind", sorted(SAID_OF_DEMO - {"keeps_investments", "change"}))
def test_a_false_sentence_of_each_kind_is_caught(kind, said, oracle):
    customer, claim = next(one for one in said if one[1].kind == kind)
    assert oracle.wrong(customer, claim) == ""
    assert oracle.wrong(customer, _lie(claim)) != ""


def test_a_change_of_other_months_or_another_size_is_caught(said, oracle):
    customer, claim = next(one for one in said if one[1].kind == "change")
    for lie in ({"share": 0.99}, {"n_past": 4}, {"until": " to May 1997"}):
        assert oracle.wrong(customer, claim.but(**lie)) != ""
    nobody = next(c for c in oracle.customers if not oracle._accounts(c, "investment"))
    assert oracle.wrong(nobody, claims.keeps_investments()) != ""


def test_every_figure_of_a_customer_is_said_alike_everywhere(snapshot):
    bank, profiles = snapshot.bank, snapshot.profiles
    assert disagreements(bank, profiles, snapshot.settings, every=10) == []
    other = profiles.table.assign(n_cases_open=profiles.table["n_cases_open"] + 1)
    wrong = disagreements(bank, replace(profiles, table=other), snapshot.settings, every=400)
    assert len(wrong) == 3
