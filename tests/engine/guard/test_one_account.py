"""One current account is enough, and what is not known or only read is said to be so."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.tables import coerce
from engine.guard.verdicts import Verdicts
from engine.settings import load
from tests.engine.guard.test_terms import ANN, HOME, knowing, offering

Judge = Callable[..., Verdicts]


def accounts(small_bank: Bank, **columns: object) -> Bank:
    """The small bank with five current accounts, of which Ann, Ben and Eve hold the first."""
    given = {"category": "Current Account", "audience": "retail", "min_age": np.nan} | columns
    products = small_bank["products"].assign(**given)
    holdings = pd.DataFrame(
        {"customer_id": ["ann", "ben", "eve"], "product_id": products["product_id"].iloc[0]}
    )
    return small_bank.with_tables(
        products=coerce("products", products), holdings=coerce("holdings", holdings)
    )


TIERED = {
    "name": ["Everyday", "Basic", "Joint Account", "Premier", "Student"],
    "tier": ["Entry", "Entry", "Standard", "Premium", "Entry"],
    "requires": [None] * 4 + ["student"],
}


def test_F101_who_holds_a_current_account_is_offered_another_only_with_a_reason(
    small_bank: Bank, verdicts_of: Judge
):
    bank = knowing(accounts(small_bank, **TIERED), occupation="Student")
    found = verdicts_of(bank)
    rules = [found.rule(ANN, place) for place in range(5)]
    assert rules == ["held", "held", "allowed", "allowed", "allowed"]
    assert found.reason(ANN, 1) == "Holds Everyday, which serves the same purpose"
    off = verdicts_of(bank, settings=load(guard={"one_account_in": []}))
    assert off.allowed[ANN, 1:].all()


def test_F101_children_and_marriage_say_nothing_of_whom_a_joint_account_may_be_offered(
    small_bank: Bank, verdicts_of: Judge
):
    bank = accounts(small_bank, **TIERED)
    for told in (
        {"dependents": 0, "marital_status": "married"},
        {"dependents": 0, "marital_status": "single"},
        {"dependents": 2, "marital_status": None},
    ):
        found = verdicts_of(knowing(bank, **told))
        assert found.rule(ANN, HOME) == "allowed"
        assert "Check first: the account is for two; the record does not say with whom" in (
            found.check_texts(ANN, HOME)
        )


def test_F101_of_a_joint_account_the_reason_is_true(small_bank: Bank, verdicts_of: Judge):
    names = ["Joint Account", "Everyday", "Family Joint Account", "Premier", "Student"]
    found = verdicts_of(accounts(small_bank, **TIERED | {"name": names}))
    assert found.reason(ANN, 1) == "Holds Joint Account, and one current account is enough"
    found = verdicts_of(accounts(small_bank, **TIERED | {"name": names, "tier": "Entry"}))
    assert found.reason(ANN, 2) == "Holds Joint Account, which serves the same purpose"


def test_F101_without_a_tier_or_a_word_for_it_no_account_is_kept_away(
    small_bank: Bank, verdicts_of: Judge
):
    names = [
        *("Basic Current Account", "Premium Current Account", "Euro Account for travellers"),
        *("Classic Current Account", "Everyday Account"),
    ]
    found = verdicts_of(accounts(small_bank, name=names, tier=None, requires=None))
    assert [found.rule(ANN, place) == "held" for place in range(5)] == [
        *(True, False, False, True, False)
    ]
    assert found.reason(ANN, 3) == "Holds Basic Current Account, which serves the same purpose"


def test_F101_of_an_unknown_income_that_is_said(small_bank: Bank, verdicts_of: Judge):
    bank = offering(small_bank, eligibility="People with a high income")
    found = verdicts_of(knowing(bank, annual_income=None))
    assert found.check_texts(ANN, HOME)[0].endswith("; no income is on record")


def test_F101_a_score_read_from_a_word_is_said_to_be_read(small_bank: Bank, verdicts_of: Judge):
    fair = {"eligibility": "Fair to good credit score", "min_credit_score": 600.0}
    bank = knowing(offering(small_bank, **fair), credit_score=None)
    assert verdicts_of(bank).check_texts(ANN, HOME)[0] == (
        "Check first: needs a fair credit score (read as at least 600); this customer's credit "
        "score is not recorded"
    )
    for printed in ({"eligibility": "Credit score of 600"}, {"min_credit_score": 620.0}):
        bank = knowing(offering(small_bank, **fair | printed), credit_score=None)
        assert "needs a credit score of at least" in verdicts_of(bank).check_texts(ANN, HOME)[0]
