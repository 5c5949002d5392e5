"""An event says who did what, when and to whom, or it is refused with the reason."""

import pandas as pd
import pytest

from engine.errors import BadInput
from engine.feedback.events import SCHEMA_VERSION, checked, new_event, retraction, standing
from engine.vocabulary import ACTIONS, TABLES


def test_a_new_event_has_every_column_but_the_checksum(make):
    event = make("accepted", rank=1, score=2.5, reason="wants to travel")
    assert list(event) == [c for c in TABLES["events"] if c != "checksum"]
    assert event["schema_version"] == SCHEMA_VERSION
    assert event["rating"] is None
    assert event["comment"] is None, "an empty text is a missing text"


def test_the_six_parts_give_the_rating(make):
    aspects = dict.fromkeys(
        ("relevance", "clarity", "value", "complexity", "risk_level", "cost"), 0.4
    )
    event = make("rated", rating=None, aspects=aspects)
    assert event["rating"] == pytest.approx(0.4)
    assert event["clarity"] == 0.4


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_of_the_vocabulary_is_known(make, action):
    assert make(action, reason="e0")["action"] == action


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"action": "liked"}, "'liked', expected one of shown"),
        ({"event_id": ""}, "no event_id"),
        ({"customer_id": "  "}, "no customer_id"),
        ({"product_id": None}, "no product_id"),
        ({"actor": ""}, "no actor"),
        ({"recorded_at": pd.NaT}, "no recorded_at"),
        ({"rating": 1.5}, "rating got 1.5"),
        ({"display_probability": -0.1}, "display_probability got -0.1"),
        ({"comment": "x" * 4001}, "4,001 characters, at most 4,000"),
        ({"actor": "x" * 201}, "at most 200"),
        ({"colour": "red"}, "no 'colour'"),
        ({"schema_version": 99}, "schema version 99"),
        ({"action": "rated", "rating": None}, "needs a rating"),
        ({"action": "retracted", "reason": ""}, "id of the event that it undoes"),
    ],
)
def test_an_incomplete_or_impossible_event_is_refused(make, change, problem):
    with pytest.raises(BadInput, match=problem):
        checked({**make("viewed"), **change})


def test_a_retraction_names_what_it_undoes(make):
    first = make("dismissed", reason="unsuitable", comment="too risky")
    undone = retraction(first, event_id="u1", recorded_at="2025-01-07", actor="Raj", comment="oops")
    assert undone["reason"] == first["event_id"]
    assert (undone["customer_id"], undone["product_id"]) == ("ann", "card")
    assert undone["comment"] == "oops"


def undo(event, event_id):
    return retraction(event, event_id=event_id, recorded_at="2025-01-07", actor="Raj")


def test_an_undone_event_does_not_stand_until_the_undoing_is_undone(make, table):
    first, other = make("dismissed"), make("accepted")
    back = undo(first, "u1")
    assert standing(table(first, other, back)).tolist() == [False, True, True]
    redo = undo(back, "u2")
    assert standing(table(first, other, back, redo)).tolist() == [True, True, False, True]


def test_an_undoing_acts_only_on_what_was_recorded_before_it(make, table):
    first = make("dismissed")
    assert standing(table(undo(first, "u1"), first)).tolist() == [True, True]
    stray = new_event(
        event_id="u2",
        recorded_at="2025-01-07",
        actor="Raj",
        customer_id="ann",
        product_id="card",
        action="retracted",
        reason="nothing",
    )
    assert standing(table(first, stray)).tolist() == [True, True]


def test_undoing_twice_is_undoing_once(make, table):
    first = make("dismissed")
    events = table(first, undo(first, "u1"), undo(first, "u2"))
    assert standing(events).tolist() == [False, True, True]
