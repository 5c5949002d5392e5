"""The event store: once each, in the kinds of the vocabulary, seen by every session at once."""

import dataclasses
import threading

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bank import tables
from engine.errors import BadInput, StateError
from engine.feedback.events import new_event, retraction
from engine.feedback.store import EventStore, effective
from engine.feedback.torture import main, torture
from engine.vocabulary import TABLES

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=100)


@pytest.fixture
def store(tmp_path):
    return EventStore(tmp_path / "events")


def test_a_stored_event_comes_back_in_the_tables_columns_and_kinds(store, make):
    event = make("rated", rating=0.3, comment='He said "no,\nthanks"', rank=2, score=-1.25)
    assert store.append(event) is True
    read = store.read()
    assert read.columns.tolist() == list(TABLES["events"])
    assert read.dtypes.equals(tables.empty("events").dtypes)
    row = read.iloc[0]
    for name, value in event.items():
        expected = pd.Timestamp(value) if name == "recorded_at" else value
        assert row[name] == expected or (value is None and pd.isna(row[name])), name


def test_an_event_that_is_submitted_again_is_stored_once(store, make):
    event = make("dismissed")
    assert [store.append(event), store.append(event)] == [True, False]
    assert EventStore(store.folder).append(event) is False, "a reload makes a new store"
    assert len(store.read()) == 1


def test_a_double_click_from_two_threads_is_stored_once(store, make):
    event = make("accepted")
    said = []
    threads = [
        threading.Thread(target=lambda: said.append(EventStore(store.folder).append(event)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == [False] * 7 + [True]
    assert len(store.read()) == 1


def test_a_refused_event_stores_nothing_of_its_batch(store, make):
    with pytest.raises(BadInput, match="rating"):
        store.append_many([make("viewed"), {**make("viewed"), "rating": 7}])
    assert store.read().empty
    assert store.revision == "0"


def test_a_nul_character_is_refused(store, make):
    with pytest.raises(BadInput, match="NUL"):
        store.append(make("rated", comment="a\0b"))


def test_the_stored_table_lies_behind_imported_events_as_it_is(store, make, small_bank):
    store.append(make("dismissed"))
    bank = small_bank.with_tables(events=store.read())
    assert bank["events"]["action"].tolist() == ["dismissed"]


def test_one_event_is_found_by_its_id(store, make):
    store.append_many([make("viewed"), make("accepted")])
    assert store.find("e2")["action"] == "accepted"
    assert store.find("nothing") is None


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5))
def test_any_unicode_text_survives(tmp_path_factory, texts):
    store = EventStore(tmp_path_factory.mktemp("events"))
    for number, (comment, reason) in enumerate(texts):
        event = new_event(
            event_id=f"e{number}",
            recorded_at="2025-01-01",
            actor="Rita",
            customer_id="ann",
            product_id="card",
            action="viewed",
            comment=comment,
            reason=reason,
        )
        store.append(event)
    read = EventStore(store.folder).read()
    assert [(c or "", r or "") for c, r in texts] == [
        (c if isinstance(c, str) else "", r if isinstance(r, str) else "")
        for c, r in zip(read["comment"], read["reason"], strict=True)
    ]
    assert store.path.read_bytes().count(b"\n") == len(texts) + 1
    assert store.damage().empty


def test_effective_events_leave_out_what_was_undone(make, table):
    first, second = make("dismissed"), make("accepted")
    undone = retraction(first, event_id="u", recorded_at="2025-01-07", actor="Raj")
    assert effective(table(first, second, undone))["event_id"].tolist() == ["e2"]
    untouched = table(first, second)
    assert effective(untouched) is untouched


def test_no_acknowledged_event_is_lost_when_writers_are_killed(tmp_path):
    found = torture(tmp_path, n_processes=8, n_events=1000, n_killed=4, seed=1)
    figures = dataclasses.asdict(found)
    assert found.passed, figures
    assert found.n_killed == 4, figures
    assert found.n_torn == 1, "the half line that the run leaves on purpose"
    assert 4000 <= found.n_acknowledged <= found.n_stored <= 8000, figures


def test_a_torture_needs_an_empty_folder_and_enough_writers(store, make):
    store.append(make("viewed"))
    with pytest.raises(BadInput, match="holds events already"):
        torture(store.folder)
    with pytest.raises(BadInput, match="Cannot kill 3 of 2"):
        torture(store.folder, n_processes=2, n_killed=3)


def test_the_durability_run_prints_a_line_a_round_and_fails_aloud(monkeypatch, capsys):
    results = main(n_processes=2, n_events=20, rounds=1)
    assert [r.n_submitted for r in results] == [40]
    assert capsys.readouterr().out.splitlines()[1].endswith("passed")

    lost = dataclasses.replace(results[0], n_lost=1)
    monkeypatch.setattr("engine.feedback.torture.torture", lambda folder, **given: lost)
    with pytest.raises(StateError, match=r"Rounds \[1\]"):
        main(n_processes=2, n_events=20, rounds=1)
    assert "FAILED" in capsys.readouterr().out
