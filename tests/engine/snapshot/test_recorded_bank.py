"""The bank of a moment is what it would be if everything were worked out anew."""

import datetime as dt
import gc
import uuid
import weakref
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.bank import edits
from engine.bank.bank import Bank
from engine.bank.consents import effective_consents
from engine.bank.tables import coerce, concat
from engine.feedback.events import effective, new_event
from engine.settings import default
from engine.snapshot.kept_results import ResultsOfOne
from engine.snapshot.laid_over import laid_over
from engine.snapshot.recorded_bank import RecordedBankReader
from engine.state.event_log import EventLog
from engine.state.state import State

NOW = dt.datetime(2025, 1, 10, 9, 0)
IMPORTED = "imported-ben-fund"


@pytest.fixture
def base(small_bank: Bank) -> Bank:
    """The small bank with an imported event."""
    said = _event(small_bank, "ben", "fund", "dismissed", IMPORTED)
    return small_bank.with_tables(events=pd.DataFrame([said]))


@pytest.fixture
def recorder(base: Bank, tmp_path: Path) -> RecordedBankReader:
    state = State(tmp_path, base.bank_id)
    return RecordedBankReader(base, state, EventLog(state.folder("events")))


def _event(
    bank: Bank, customer: str, product: str, action: str, event_id: str = "", **more
) -> dict:
    return new_event(
        bank,
        event_id=event_id or str(uuid.uuid4()),
        recorded_at=NOW,
        actor="Rita",
        customer_id=customer,
        product_id=product,
        action=action,
        **more,
    )


def edit(state: State, table: str, row_id: str, column: str, value: object, **given) -> None:
    state.edits.append(edits.rows(table, row_id, {column: value}, **given))


def _plain(recorder: RecordedBankReader) -> Bank:
    """The same bank by the slow and obvious way."""
    bank = laid_over(recorder.base, recorder.state)
    recorded = recorder.events.read()
    bank = bank.with_tables(events=effective(concat("events", [bank["events"], recorded])))
    bought = bank["events"].loc[bank["events"]["action"] == "purchased"]
    new = bought[["customer_id", "product_id"]].assign(opened_on=bought["recorded_at"])
    held = concat("holdings", [bank["holdings"], coerce("holdings", new)])
    return bank.with_tables(holdings=held)


def _check(recorder: RecordedBankReader) -> None:
    found, wanted = recorder.read(default()), _plain(recorder)
    assert found.bank.fingerprint == wanted.fingerprint
    assert (found.bank.held == wanted.held).all()
    assert found.consents.equals(effective_consents(wanted, default()))
    changed = set(recorder.events.read()["customer_id"])
    changed |= set(recorder.state.consents.history()["customer_id"])
    assert set(found.bank.customer_ids[found.changed]) == changed & set(found.bank.customer_ids)


def test_every_kind_of_record_gives_the_bank_that_a_new_reading_gives(recorder: RecordedBankReader):
    _check(recorder)
    store, state = recorder.events, recorder.state
    bought = _event(recorder.base, "ann", "fund", "purchased")
    steps = [
        lambda: store.append(_event(recorder.base, "ann", "card", "clicked")),
        lambda: store.append(bought),
        lambda: state.consents.record("ben", "marketing", "refused", now=NOW, source="call"),
        lambda: state.consents.record("ann", "social", "refused", now=NOW, source="call"),
        lambda: state.consents.record("ann", "social", "granted", now=NOW, source="call"),
        lambda: state.consents.record("dee", "category:card", "refused", now=NOW, source="call"),
        lambda: store.append(
            _event(recorder.base, "ann", "fund", "retracted", reason=bought["event_id"])
        ),
        lambda: store.append(_event(recorder.base, "ben", "fund", "retracted", reason=IMPORTED)),
        lambda: edit(state, "products", "fund", "risk_customer", 2.0, now=NOW, actor="Rita"),
        lambda: store.append(_event(recorder.base, "eve", "home", "dismissed")),
    ]
    for step in steps:
        step()
        _check(recorder)


def test_an_event_or_a_consent_leaves_the_ground_as_it_is(recorder: RecordedBankReader):
    before = recorder.read(default())
    recorder.events.append(_event(recorder.base, "ann", "card", "clicked"))
    recorder.state.consents.record("ben", "marketing", "refused", now=NOW, source="call")
    after = recorder.read(default())
    assert after.stable_bank is before.stable_bank
    assert after.bank.held is before.bank.held
    assert before.bank["events"]["action"].tolist() == ["dismissed"]
    assert after.bank.customer_ids[after.since(before)].tolist() == ["ann", "ben"]
    assert after.since(after).tolist() == []


def test_only_the_customers_of_new_records_are_named(recorder: RecordedBankReader):
    recorder.events.append(_event(recorder.base, "ann", "card", "clicked"))
    before = recorder.read(default())
    recorder.events.append(_event(recorder.base, "dee", "card", "viewed"))
    recorder.events.append(_event(recorder.base, "dee", "fund", "viewed"))
    after = recorder.read(default())
    assert after.bank.customer_ids[after.since(before)].tolist() == ["dee"]
    assert after.bank.customer_ids[after.changed].tolist() == ["ann", "dee"]


@pytest.mark.parametrize("change", ["edit", "purchase", "imported", "reset"])
def test_where_more_has_changed_nothing_is_said_to_be_kept(
    recorder: RecordedBankReader, change: str
):
    recorder.events.append(_event(recorder.base, "ann", "card", "clicked"))
    before = recorder.read(default())
    if change == "edit":
        edit(recorder.state, "products", "fund", "risk_bank", 2.0, now=NOW, actor="Rita")
    elif change == "purchase":
        recorder.events.append(_event(recorder.base, "ann", "fund", "purchased"))
    elif change == "imported":
        recorder.events.append(_event(recorder.base, "ben", "fund", "retracted", reason=IMPORTED))
    else:
        recorder.state.reset()
        recorder.events.append(_event(recorder.base, "ben", "card", "viewed"))
        recorder.events.append(_event(recorder.base, "ben", "fund", "viewed"))
    assert recorder.read(default()).since(before) is None


def test_a_bank_of_whom_nothing_was_recorded_is_its_base(recorder: RecordedBankReader):
    found = recorder.read(default())
    assert found.bank.fingerprint == recorder.base.fingerprint
    assert found.changed.tolist() == []
    assert np.array_equal(found.bank.held, recorder.base.held)


def test_results_of_one_are_dropped_with_what_they_rest_on():
    class Table:
        """Stands in for a score table."""

    results, first, made = ResultsOfOne(), Table(), []
    for step in ("gender, growth, 3", "region, growth, 3", "gender, growth, 3"):
        results.get(step, first, lambda: made.append("made"))
    assert len(made) == 2
    gone = weakref.ref(first)
    del first
    second = Table()
    assert results.get("region, growth, 3", second, lambda: "new") == "new"
    gc.collect()
    assert gone() is None, "an older table is kept for the attributes that nobody asked again"
