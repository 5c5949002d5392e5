"""Records added by hand: numbered within the write, and stored once."""

import multiprocessing
import threading
from pathlib import Path

import pytest

from engine.errors import BadInput
from engine.results import Added
from engine.state.state import State
from tests.engine.state.changed import NOON

TICKET = {"customer_id": "ben", "sent_at": NOON, "kind": "ticket", "text": "Nobody helps me."}
PAID = {"customer_id": "ann", "booked_at": NOON, "amount": -12.5, "category": "dining"}


def add(state: State, kind: str, row: dict, submit_id: str, imported: int = 0) -> Added:
    return state.added.add(
        kind, row, submit_id=submit_id, now=NOON, actor="Rita", imported=imported
    )


def test_F23_an_id_is_the_prefix_and_the_highest_number_plus_one(state: State):
    found = [add(state, "purchase", PAID, f"s{i}", imported=66).record_id for i in range(3)]
    assert found == ["TXN_67", "TXN_68", "TXN_69"]
    assert add(state, "ticket", TICKET, "t").record_id == "SPRT_1"
    post = {**TICKET, "kind": "post", "platform": "X"}
    assert add(state, "post", post, "p").record_id == "POST_1"
    assert state.known_rows == {"edits": 0, "transactions": 3, "messages": 2}


def test_F23_twenty_threads_get_twenty_ids(tmp_path: Path):
    states = [State(tmp_path, "bank-1") for _ in range(4)]
    found = []
    start = threading.Barrier(20)

    def work(i: int) -> None:
        start.wait()
        found.append(add(states[i % 4], "purchase", PAID, f"s{i}").record_id)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == sorted(f"TXN_{n}" for n in range(1, 21))
    assert states[0].added.tables()["transactions"]["transaction_id"].nunique() == 20


def _write(folder: Path, name: str) -> None:
    state = State(folder, "bank-1")
    for i in range(10):
        add(state, "ticket", TICKET, f"{name}{i}")


def test_F23_two_processes_at_once_get_different_ids(state: State):
    add(state, "ticket", TICKET, "first")
    fork = multiprocessing.get_context("fork")
    running = [fork.Process(target=_write, args=(state.parent, name)) for name in ("one", "two")]
    for process in running:
        process.start()
    for process in running:
        process.join(60)
    assert [process.exitcode for process in running] == [0, 0]
    rows = state.added.tables()["messages"]
    assert sorted(rows["message_id"]) == sorted(f"SPRT_{n}" for n in range(1, 22))


def test_F23_a_repeated_submit_is_stored_once_and_gets_its_first_id(state: State):
    first = add(state, "ticket", TICKET, "s1")
    again = add(state, "ticket", TICKET, "s1")
    assert (first.stored, again.stored) == (True, False)
    assert again.record_id == first.record_id
    assert len(state.added.tables()["messages"]) == 1


def test_a_submit_id_of_another_record_is_refused(state: State):
    add(state, "ticket", TICKET, "s1")
    with pytest.raises(BadInput, match="another record"):
        add(state, "post", {**TICKET, "kind": "post"}, "s1")
    with pytest.raises(BadInput, match="another record") as refused:
        add(state, "ticket", {**TICKET, "customer_id": "ann"}, "s1")
    assert "SPRT_1" not in str(refused.value)
