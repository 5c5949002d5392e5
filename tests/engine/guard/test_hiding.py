"""What is hidden from whom, for all at once, for a few, and after a few have said more."""

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.bank.tables import concat
from engine.guard.hiding import Hidden, hidden
from engine.settings import default
from tests.conftest import DEMO

NOW = np.datetime64("2026-07-15T09:00")


@pytest.fixture(scope="module")
def demo() -> Bank:
    return Bank.load(DEMO)


def _all(bank: Bank, events: pd.DataFrame | None = None) -> Hidden:
    given = bank["events"] if events is None else events
    return hidden(bank, given, bank["consents"], default().guard)


def _same(one: Hidden, other: Hidden) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("rows", "columns", "actions")
    ) and all(
        ((getattr(one, name) == getattr(other, name)) | np.isnat(getattr(one, name))).all()
        for name in ("said", "until")
    )


def test_pairs_stand_customer_by_customer(demo: Bank):
    found = _all(demo)
    assert len(found.rows) > 100
    assert (np.diff(found.rows) >= 0).all()


def test_some_customers_in_any_order_get_what_they_get_among_all(demo: Bank):
    found = _all(demo)
    place, pairs = found.of(np.arange(demo.n_customers), NOW)
    asked = np.array([700, 3, 3, 999, 0, 41])
    some_place, some_pairs = found.of(asked, NOW)
    for at, customer in enumerate(asked):
        assert some_pairs[some_place == at].tolist() == pairs[place == customer].tolist()


def test_what_a_few_have_said_since_replaces_what_stood_for_them(demo: Bank):
    events, everybody = demo["events"], np.arange(demo.n_customers)
    early = events.iloc[: len(events) // 2]
    later = events.iloc[len(events) // 2 :]
    touched = np.unique(demo.customer_positions(later["customer_id"]))
    ids = demo.customer_ids[touched]
    theirs = hidden(
        demo,
        concat("events", [early, later]).loc[lambda e: e["customer_id"].isin(ids)],
        demo["consents"].loc[demo["consents"]["customer_id"].isin(ids)],
        default().guard,
    )
    patched = _all(demo, early).replaced(touched, theirs)
    assert _same(patched, _all(demo))
    assert patched.of(everybody, NOW)[0].tolist() == _all(demo).of(everybody, NOW)[0].tolist()


def test_whoever_gets_something_back_between_two_moments_is_named(demo: Bank):
    found, days = _all(demo), np.timedelta64(45, "D")
    everybody = np.arange(demo.n_customers)
    first = np.unique(found.rows)
    start = found.until[~np.isnat(found.until)].min() - np.timedelta64(1, "s")

    def pairs(now: np.datetime64) -> set[int]:
        return set(found.of(everybody, now)[1].tolist())

    back = found.ended(start, start + days)
    gone = sorted(pairs(start) ^ pairs(start + days))
    assert back.tolist() == np.unique(found.rows[gone]).tolist()
    assert 0 < len(back) < len(first)
    assert found.ended(start + days, start).tolist() == back.tolist()
