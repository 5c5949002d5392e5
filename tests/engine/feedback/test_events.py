"""An event says who did what, when and to whom, or it is refused with the reason."""

from datetime import datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest

from engine.errors import BadInput, NotFound
from engine.feedback.events import SCHEMA_VERSION, effective, new_event, retraction, standing
from engine.vocabulary import ACTIONS, TABLES

VIEWED = {
    "event_id": "e1",
    "recorded_at": datetime(2025, 1, 6, 9),
    "actor": "Rita",
    "customer_id": "ann",
    "product_id": "card",
    "action": "viewed",
}


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
        ({"actor": ["Rita"]}, "actor got a list"),
        ({"comment": "a\0b"}, "NUL"),
        ({"comment": "half \ud800"}, "surrogate"),
        ({"recorded_at": "yesterday-ish"}, "expected a time"),
        ({"recorded_at": 5}, "expected a time"),
        ({"score": "many"}, "expected a number"),
        ({"score": np.inf}, "finite"),
        ({"action": "rated", "rating": None}, "needs a rating"),
        ({"action": "retracted", "reason": ""}, "id of the event that it undoes"),
    ],
)
def test_an_incomplete_or_impossible_event_is_refused(small_bank, change, problem):
    with pytest.raises(BadInput, match=problem):
        new_event(small_bank, **{**VIEWED, **change})


@pytest.mark.parametrize("change", [{"customer_id": "zoe"}, {"product_id": "yacht"}])
def test_an_event_of_a_stranger_or_an_unknown_product_is_refused(small_bank, change):
    with pytest.raises(NotFound, match="Small Bank has no"):
        new_event(small_bank, **{**VIEWED, **change})


def test_a_time_with_a_zone_becomes_utc(small_bank):
    noon = datetime(2024, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    event = new_event(small_bank, **{**VIEWED, "recorded_at": noon})
    assert event["recorded_at"] == pd.Timestamp("2024-07-01 10:00")


def test_a_retraction_names_what_it_undoes(make, small_bank):
    first = make("dismissed", reason="unsuitable", comment="too risky")
    undone = retraction(
        small_bank, first, event_id="u1", recorded_at="2025-01-07", actor="Raj", comment="oops"
    )
    assert undone["reason"] == first["event_id"]
    assert (undone["customer_id"], undone["product_id"]) == ("ann", "card")
    assert undone["comment"] == "oops"


@pytest.fixture
def undo(small_bank):
    def make(event, event_id):
        return retraction(
            small_bank, event, event_id=event_id, recorded_at="2025-01-07", actor="Raj"
        )

    return make


def test_an_undone_event_does_not_stand_until_the_undoing_is_undone(make, table, undo):
    first, other = make("dismissed"), make("accepted")
    back = undo(first, "u1")
    assert standing(table(first, other, back)).tolist() == [False, True, True]
    redo = undo(back, "u2")
    assert standing(table(first, other, back, redo)).tolist() == [True, True, False, True]


def test_an_undoing_acts_only_on_what_was_recorded_before_it(make, table, undo, small_bank):
    first = make("dismissed")
    assert standing(table(undo(first, "u1"), first)).tolist() == [True, True]
    stray = new_event(
        small_bank,
        event_id="u2",
        recorded_at="2025-01-07",
        actor="Raj",
        customer_id="ann",
        product_id="card",
        action="retracted",
        reason="nothing",
    )
    assert standing(table(first, stray)).tolist() == [True, True]


def test_undoing_twice_is_undoing_once(make, table, undo):
    first = make("dismissed")
    events = table(first, undo(first, "u1"), undo(first, "u2"))
    assert standing(events).tolist() == [False, True, True]


def test_effective_events_leave_out_what_was_undone(make, table, undo):
    first, second = make("dismissed"), make("accepted")
    undone = undo(first, "u")
    assert effective(table(first, second, undone))["event_id"].tolist() == ["e2"]
    untouched = table(first, second)
    assert effective(untouched) is untouched
