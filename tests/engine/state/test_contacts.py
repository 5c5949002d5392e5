"""Contacts are stored once, taken back as a whole, erased, and added to an older state file."""

import sqlite3

import pandas as pd
import pytest

from engine.errors import BadInput, NotFound
from engine.state import erasure
from engine.state.event_log import EventLog
from engine.state.state import State
from tests.engine.state.changed import NOON, again, refuse


def row(contact: str, customer: str, action: str, **more):
    return {
        "contact_id": contact,
        "recorded_at": NOON,
        "actor": "Rita",
        "customer_id": customer,
        "action": action,
        **more,
    }


def as_the_release_before(state: State) -> None:
    """Leave the file as the first release wrote it, without contacts, views and notes."""
    state.store.close()
    with sqlite3.connect(state.store.path) as connection:
        for table in ("contacts", "views_saved", "views_opened", "notes_pinned"):
            connection.execute(f"DROP TABLE {table}")
            connection.execute("DELETE FROM subjects WHERE name = ?", (table,))
        connection.execute("PRAGMA user_version=1")
    connection.close()


def test_a_repeated_submit_is_stored_once(state: State):
    rows = [row("k1", "ann", "reached", note="spoke"), row("k1", "ann", "follow-up")]
    assert state.contacts.add(rows)
    assert not again(state).contacts.add(rows)
    assert state.contacts.standing()["action"].tolist() == ["reached", "follow-up"]
    with pytest.raises(BadInput, match="another customer"):
        state.contacts.add([row("k1", "ben", "done")])


def test_what_is_taken_back_stands_no_more_and_stays_on_record(state: State):
    state.contacts.add([row("k1", "ann", "reached"), row("k1", "ann", "follow-up")])
    state.contacts.add([row("k2", "ann", "done")])
    assert state.contacts.take_back("k1", now=NOON, actor="Rita")
    assert not state.contacts.take_back("k1", now=NOON, actor="Rita")
    assert state.contacts.standing()["contact_id"].tolist() == ["k2"]
    assert len(state.contacts.read()) == 4
    with pytest.raises(NotFound, match="imported ones stay"):
        state.contacts.take_back("other", now=NOON, actor="Rita")


def test_a_file_of_the_release_before_gets_the_table_and_loses_nothing(state: State):
    refuse(state, "ann")
    as_the_release_before(state)
    found = State(state.parent, state.bank_id)
    assert found.contacts.read().empty
    assert found.consents.history()["customer_id"].tolist() == ["ann"]
    assert found.contacts.add([row("k1", "ann", "snoozed", until=NOON)])
    found.notes_pinned.put("n1", "{}")
    assert found.notes_pinned.all() == {"n1": "{}"} and found.views_saved.all() == {}
    assert again(found).contacts.standing()["until"].tolist() == [pd.Timestamp(NOON)]
    assert found.damage(thorough=True).empty


def test_a_file_of_the_release_before_that_is_read_only_is_read(state: State, monkeypatch):
    refuse(state, "ann")
    as_the_release_before(state)
    read_only = sqlite3.OperationalError("attempt to write a readonly database")
    read_only.sqlite_errorcode = sqlite3.SQLITE_READONLY
    from engine.state import opening, store

    bring_up, connect = opening.bring_up, opening.connect
    files: set[int] = set()

    def opened(*given):
        connection = connect(*given)
        files.add(id(connection))
        return connection

    def refused(connection):
        if id(connection) in files:
            raise read_only
        bring_up(connection)

    monkeypatch.setattr(store, "connect", opened)
    monkeypatch.setattr(opening, "bring_up", refused)
    found = State(state.parent, state.bank_id)
    assert found.consents.history()["customer_id"].tolist() == ["ann"]
    assert found.contacts.read().empty and found.damage().empty


def test_an_erasure_leaves_no_note(state: State):
    state.contacts.add([row("k1", "ann", "reached", note="wants a boat", product_id="card")])
    state.contacts.add([row("k2", "ben", "reached", note="spoke")])
    events = EventLog(state.folder("events"))
    assert erasure.named(state, events, lambda ids: pd.Series(ids).eq("ann").to_numpy()) == ["ann"]
    assert erasure.erase_rows(state, ["ann"]) == 1
    left = again(state).contacts.read()
    assert left["customer_id"].tolist() == [erasure.NOBODY, "ben"]
    assert left["note"].isna().tolist() == [True, False]
