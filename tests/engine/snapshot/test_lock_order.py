"""Locks are taken in one order, so that threads that write and one that resets never wait for
each other."""

import datetime as dt
import threading
from pathlib import Path
from types import TracebackType

import pytest

from engine import Engine
from engine.bank.bank import Bank
from engine.errors import BadInput

NOW = dt.datetime(2025, 1, 2, 9)
LONG = 20.0
"""Seconds after which a thread that is waited for is stuck."""
BOUGHT = {"amount": 20.0, "category": "groceries", "merchant": "Shop"}


@pytest.fixture
def engine(small_bank: Bank, tmp_path: Path) -> Engine:
    small_bank.save(folder := tmp_path / "bank")
    return Engine(folder, small_bank, tmp_path / "state", lambda: NOW)


def _buy(engine: Engine, submit_id: str) -> None:
    engine.records.add_purchase("ann", submit_id=submit_id, actor="Rita", **BOUGHT)


def test_a_purchase_and_a_reset_at_one_moment_both_end(engine: Engine, monkeypatch):
    _buy(engine, "first")
    store, state = engine.snapshots.state.store, engine.snapshots.state
    begun, resetting = threading.Event(), threading.Event()
    begin, reset = store._begin, state.reset

    def slowly():
        opened = begin()
        begun.set()
        assert resetting.wait(LONG)
        return opened

    def announced(**options):
        resetting.set()
        return reset(**options)

    monkeypatch.setattr(store, "_begin", slowly)
    monkeypatch.setattr(state, "reset", announced)
    buying = threading.Thread(target=_buy, args=(engine, "second"), daemon=True)
    buying.start()
    assert begun.wait(LONG)
    moving = threading.Thread(target=engine.records.reset, daemon=True)
    moving.start()
    for thread in (buying, moving):
        thread.join(LONG)
        assert not thread.is_alive(), "two threads wait for each other"


class _First:
    """A lock that may not be asked for by who has the state file already."""

    def __init__(self, engine: Engine):
        self._lock = threading.RLock()
        self._store = engine.snapshots.state.store
        self.n_asked = 0

    def __enter__(self) -> None:
        later = (self._store._writing, self._store._reading)
        if not self._lock._is_owned() and any(lock._is_owned() for lock in later):
            raise AssertionError("asked of the snapshots while the state file was held")
        self.n_asked += 1
        self._lock.acquire()

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._lock.release()


def test_nothing_that_is_written_asks_for_the_snapshots_within_its_transaction(engine: Engine):
    lock = engine.snapshots._lock = _First(engine)
    records = engine.records
    _buy(engine, "a")
    records.add_ticket("ann", submit_id="b", actor="Rita", text="Where is my card?")
    records.add_post("ann", submit_id="c", actor="Rita", platform="X", text="I love to travel")
    records.set_consent("ben", "marketing", "refused", source="form", actor="Rita")
    records.edit("customers", "cid", "relationship_manager", "Rita", actor="Rita")
    records.edit("products", "fund", "profit_margin", 5, actor="Rita")
    with pytest.raises(BadInput):
        _buy(engine, "b-" * 400)
    engine.receipts.erase("ann", actor="Rita")
    engine.erasing.erase("ann", actor="Rita")
    engine.snapshots.current()
    records.reset()
    assert lock.n_asked > 0
    assert engine.trail.verify().sound
