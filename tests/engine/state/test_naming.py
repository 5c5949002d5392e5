"""An erasure removes the views and notes that name who was erased, and no others."""

import json
from pathlib import Path

import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.bank.erased import Called, called
from engine.state.erasure import remove_naming
from engine.state.state import State

NAMED_VIEWS = {
    "Surname": {"search": "Feathersto"},
    "By number": {"has_customer_id": "7"},
    "Two words": {"has_name": "olga young"},
    "Featherstone and others": {"alerts": "true"},
}
OTHER_VIEWS = {
    "High churn": {"churn_from": "7"},
    "Young": {"segment": "Young savers"},
    "Offer": {"has_next_offer": "Young Travel Card"},
    "Short": {"search": "fe"},
    "Bens": {"search": "Ben"},
}
NAMED_NOTES = ("Call with Mrs Featherstone went badly", "Young, Olga Featherstone: a talk")
OTHER_NOTES = ("Rate cut 7 basis points", "Young savers were told", "Feather beds", "Ben was here")


@pytest.fixture(scope="module")
def olga(small_bank: Bank) -> Called:
    """What the first customer is called by, who is Olga Featherstone Young, number 7."""
    people = small_bank["customers"].copy()
    people.loc[0, "customer_id"] = "7"
    people.loc[0, "name"] = "Olga Featherstone Young"
    return called(small_bank.with_tables(customers=people), ["7"])


def _state(tmp_path: Path) -> State:
    state = State(tmp_path, "bank-1")
    for name, query in (NAMED_VIEWS | OTHER_VIEWS).items():
        state.views_saved.put(name, json.dumps({"name": name, "query": query}))
    for text in NAMED_NOTES + OTHER_NOTES:
        state.notes_pinned.put(text, json.dumps({"text": text}))
    state.views_opened.put("Rita", "Surname")
    state.views_opened.put("Raj", "Young")
    return state


def test_F153_an_erasure_removes_what_names_the_customer_and_nothing_else(olga, tmp_path):
    state = _state(tmp_path)
    assert remove_naming(state, olga) == len(NAMED_VIEWS) + len(NAMED_NOTES)
    assert set(state.views_saved.all()) == set(OTHER_VIEWS)
    assert set(state.notes_pinned.all()) == set(OTHER_NOTES)
    assert state.views_opened.all() == {"Raj": "Young"}


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("Olga called", True),
        ("We met OLGA.", True),
        ("Number 7", False),
        ("Olgas", False),
        ("a young Featherstone", True),
    ],
)
def test_F153_a_word_of_theirs_alone_names_them_in_a_text(olga, text, is_told):
    assert olga.is_told_of(text) == is_told


def test_F153_a_word_that_another_edition_gives_to_another_is_not_theirs_alone(small_bank, olga):
    people = small_bank["customers"].copy()
    people["name"] = pd.Series(["Eve Olga"] * len(people), dtype="str")
    later = called(small_bank.with_tables(customers=people), [])
    assert not (olga | later).is_told_of("Olga called")
    assert (olga | later).is_told_of("Featherstone called")
