"""Events as they are made are events as they are read."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bank import tables
from engine.feedback.events import new_event
from engine.state.event_log import EventLog
from engine.vocabulary import TABLES

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=100)


@pytest.fixture
def log(tmp_path):
    return EventLog(tmp_path / "events")


def test_a_stored_event_comes_back_in_the_tables_columns_and_kinds(log, make):
    event = make("rated", rating=0.3, comment='He said "no,\nthanks"', rank=2, score=-1.25)
    assert log.append(event) is True
    read = log.read()
    assert read.columns.tolist() == list(TABLES["events"])
    assert read.dtypes.equals(tables.empty("events").dtypes)
    row = read.iloc[0]
    for name, value in event.items():
        assert row[name] == value or (value is None and pd.isna(row[name])), name


def test_the_stored_table_lies_behind_imported_events_as_it_is(log, make, small_bank):
    log.append(make("dismissed"))
    bank = small_bank.with_tables(events=log.read())
    assert bank["events"]["action"].tolist() == ["dismissed"]


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5))
def test_any_unicode_text_survives(tmp_path_factory, small_bank, texts):
    log = EventLog(tmp_path_factory.mktemp("events"))
    log.append_many(
        new_event(
            small_bank,
            event_id=f"e{number}",
            recorded_at=pd.Timestamp("2025-01-01"),
            actor="Rita",
            customer_id="ann",
            product_id="card",
            action="viewed",
            comment=comment,
            reason=reason,
        )
        for number, (comment, reason) in enumerate(texts)
    )
    read = EventLog(log.folder).read()
    assert [(c or "", r or "") for c, r in texts] == [
        (c if isinstance(c, str) else "", r if isinstance(r, str) else "")
        for c, r in zip(read["comment"], read["reason"], strict=True)
    ]
    assert log.path.read_bytes().count(b"\n") == len(texts) + 1
    assert log.damage().empty
