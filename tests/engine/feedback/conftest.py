"""Events as a page makes them, with ids that read well."""

from datetime import datetime, timedelta

import pandas as pd
import pytest

from engine.bank import tables
from engine.feedback.events import new_event

MORNING = datetime(2025, 1, 6, 9)


class Maker:
    """Makes events e1, e2, ... a minute apart, also of customers that the bank does not have."""

    def __init__(self, bank):
        self.n = 0
        self.bank = bank

    def __call__(self, action, customer_id="ann", product_id="card", **given):
        self.n += 1
        values = {
            "event_id": f"e{self.n}",
            "recorded_at": MORNING + timedelta(minutes=self.n),
            "actor": "Rita",
            **given,
        }
        if action == "rated":
            values.setdefault("rating", 0.8)
        event = new_event(self.bank, customer_id="ann", product_id="card", action=action, **values)
        return {**event, "customer_id": customer_id, "product_id": product_id}


@pytest.fixture
def make(small_bank):
    return Maker(small_bank)


@pytest.fixture
def table():
    """Events (mappings) as a table of the bank."""

    def as_table(*events):
        return tables.coerce("events", pd.DataFrame(list(events)))

    return as_table
