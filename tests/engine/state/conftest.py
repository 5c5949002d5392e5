"""A state of one bank, a log in a folder of its own, and events that read well."""

from datetime import datetime

import pytest

from engine.state.event_log import EventLog
from engine.state.state import State

NOON = datetime(2025, 1, 6, 12)


@pytest.fixture
def state(tmp_path):
    return State(tmp_path, "bank-1")


@pytest.fixture
def log(tmp_path):
    return EventLog(tmp_path / "state" / "events")


@pytest.fixture(scope="session")
def event():
    """One event, by its id."""

    def make(event_id, **given):
        values = {
            "recorded_at": NOON,
            "actor": "Rita",
            "customer_id": "ann",
            "product_id": "card",
            "action": "viewed",
            "comment": f"note of {event_id}",
            "schema_version": 1,
        }
        return {"event_id": event_id, **values, **given}

    return make


@pytest.fixture(scope="session")
def events(event):
    """Several events, by their ids."""
    return lambda *event_ids: [event(event_id) for event_id in event_ids]
