"""The history a person reads: newest first, in names, with what was taken back."""

import json

import pandas as pd

from engine.feedback.events import retraction
from engine.feedback.history import history


def test_F155_the_newest_event_stands_first_with_names_of_people_and_products(
    make, table, small_bank
):
    found = history(table(make("viewed"), make("dismissed", "ben", "fund")), small_bank)
    assert found["action"].tolist() == ["dismissed", "viewed"]
    assert found["customer"].tolist() == ["Ben Bay", "Ann Ash"]
    assert found["product"].tolist() == ["Growth fund", "Travel card"]
    assert found["undoable"].tolist() == [True, False]


def test_F155_one_customers_history_holds_nobody_elses(make, table, small_bank):
    events = table(make("viewed"), make("dismissed", "ben"), make("rated", "eve"))
    assert history(events, small_bank, customer_id="ben")["event_id"].tolist() == ["e2"]
    assert history(events, small_bank, customer_id="eve")["customer"].tolist() == ["eve"]
    assert history(events, small_bank, customer_id="fox").empty


def test_events_without_a_time_stand_last(make, table, small_bank):
    undated = {**make("rated"), "recorded_at": None}
    found = history(table(make("viewed"), undated, make("clicked")), small_bank)
    assert found["action"].tolist() == ["clicked", "viewed", "rated"]


def test_an_undone_event_stays_in_the_history_and_is_marked(make, table, small_bank):
    first = make("dismissed")
    undone = retraction(small_bank, first, event_id="u", recorded_at="2025-02-01", actor="Raj")
    found = history(table(first, undone), small_bank)
    assert found[["event_id", "retracted", "undoable"]].to_numpy().tolist() == [["e1", True, False]]


def test_an_imported_events_notes_are_no_comment_but_name_its_product(make, table, small_bank):
    note = json.dumps({"source": "log", "product_name": "Old fund", "clicked": True})
    events = table(make("viewed", product_id="old", comment=note), make("rated", comment="fine"))
    found = history(events, small_bank)
    assert found["product"].tolist() == ["Travel card", "Old fund"]
    assert found.loc[0, "comment"] == "fine"
    assert pd.isna(found.loc[1, "comment"])


def test_a_comment_that_only_looks_like_a_note_does_no_harm(make, table, small_bank):
    odd = make("rated", product_id="gone", comment='{"source" is missing, he said')
    assert history(table(odd), small_bank)["product"].tolist() == ["gone"]


def test_an_imported_event_without_an_id_cannot_be_undone(make, table, small_bank):
    nameless = {**make("rated"), "event_id": None}
    assert history(table(nameless), small_bank)["undoable"].tolist() == [False]
