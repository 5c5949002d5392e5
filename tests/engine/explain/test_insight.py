"""The sentence about a customer holds facts only, and an action comes where it must."""

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.bank.consents import effective_consents
from engine.customers.profiles import Profiles, build
from engine.customers.words.texts import TextModels
from engine.explain import actions
from engine.explain.insight import action, customer_insight, searched_by
from engine.settings import default
from tests.engine.explain.numerals import check_numerals


class _Sentiment:
    name = source = "by hand"

    def score(self, texts: list[str]) -> np.ndarray:
        return np.array([-0.9 if "terrible" in str(t) else 0.5 for t in texts], dtype=np.float32)


class _Keywords:
    name = source = "none"

    def read(self, texts: list[str]) -> "_Found":
        return _Found(len(texts))


class _Found:
    topics = ("travel",)

    def __init__(self, n: int):
        self.counts = np.zeros((n, 1))


@pytest.fixture(scope="module")
def profiles(small_bank: Bank) -> Profiles:
    texts = TextModels(_Sentiment(), _Keywords())
    consents = effective_consents(small_bank, default())
    return build(small_bank, consents=consents, texts=texts, settings=default())


@pytest.mark.parametrize("row", range(6))
def test_F110_the_insight_holds_no_figure_that_is_not_a_fact(
    small_bank: Bank, profiles: Profiles, row: int
):
    text = customer_insight(small_bank, profiles, row)
    facts = (
        *profiles.table.iloc[row],
        *profiles.features.iloc[row],
        *profiles.data.spending.stated[row],
        *profiles.data.spending.days[row],
        *small_bank["customers"].iloc[row],
        *(f for series in profiles.data.months.figures.values() for f in series[row]),
        *(3, 9),  # months that the balance's trend compares
    )
    assert text.endswith(".") and "nan" not in text.lower()
    assert check_numerals(text, facts) == ()


@pytest.fixture
def said(small_bank: Bank, profiles: Profiles):
    """What is said instead of an offer, of a list of three that speaks for itself unless given."""
    usual = {"n_offers": 3, "allows": True, "sells": True, "unsure": "", "left_out": {}}

    def action_of(row: int, **given: object) -> str:
        return action(small_bank, profiles, row, **usual | given, settings=default())

    return action_of


def test_F105_the_angry_customer_is_called_first(said):
    assert said(1) == "Call about the open case of 20 Dec 2024, which was repeated, first"


def test_a_list_that_speaks_for_itself_needs_no_action(said):
    assert said(0) == ""


def test_opting_out_an_objection_and_an_empty_list_each_have_their_sentence(said):
    assert said(0, allows=False) == actions.OPTED_OUT
    assert said(0, sells=False) == actions.SERVICES_ONLY
    assert said(0, n_offers=0) == actions.NO_OFFER
    assert said(0, n_offers=0, left_out={"Already held": 2, "Not eligible": 3}) == (
        f"{actions.NO_OFFER}: 3 not eligible, 2 already held"
    )
    assert said(0, unsure="the surest is at 2 %") == (
        "No confident offer: the surest is at 2 %. A call without a product is better"
    )


def test_children_of_whom_nothing_says_that_they_depend_are_not_called_dependents():
    needs = pd.DataFrame({"kind": ["life_stage"], "item": ["children and family"], "share": [1.0]})
    assert searched_by(needs).text.endswith("(dependents or children on record)")
