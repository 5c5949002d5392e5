"""Records added by hand: numbered under the lock, stored once, checked, and seen at once."""

import subprocess
import sys
import threading
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

import engine
from engine.bank import record_forms
from engine.bank.additions import Additions, was_added
from engine.bank.overlay import Overlay
from engine.errors import BadInput, NotFound

NOON = datetime(2024, 12, 31, 12)
ROOT = Path(engine.__file__).parents[1]


@pytest.fixture
def store(tmp_path):
    return Additions(tmp_path / "records")


def ticket(customer_id="ben", **fields):
    return record_forms.ticket(customer_id, **{"text": "Nobody helps me.", "now": NOON, **fields})


def purchase(customer_id="ann", **fields):
    known = {"amount": 12.5, "category": "dining", "merchant": "Cafe", "currency": "USD"}
    return record_forms.purchase(customer_id, now=NOON, **{**known, **fields})


def post(customer_id="ann", **fields):
    known = {"platform": "X", "text": "Off to Lisbon!"}
    return record_forms.post(customer_id, now=NOON, **{**known, **fields})


def add(store, bank, kind, row, submit_id):
    return store.add(bank, kind, row, submit_id=submit_id, now=NOON, actor="Rita")


def test_F23_an_id_is_the_prefix_and_the_highest_number_plus_one(store, small_bank):
    bank = small_bank.with_tables(
        transactions=small_bank["transactions"].assign(
            transaction_id=["TXN_9", "TXN_66", "t3", "XTXN_99", "TXN_7b", "TXN_8"]
        )
    )
    found = [add(store, bank, "purchase", purchase(), f"s{i}").record_id for i in range(3)]
    assert found == ["TXN_67", "TXN_68", "TXN_69"]
    assert add(store, bank, "ticket", ticket(), "t").record_id == "SPRT_1"
    assert add(store, bank, "post", post(), "p").record_id == "POST_1"


def test_F23_twenty_threads_get_twenty_ids(tmp_path, small_bank):
    stores = [Additions(tmp_path / "records") for _ in range(4)]
    found = []
    start = threading.Barrier(20)

    def work(i):
        start.wait()
        found.append(add(stores[i % 4], small_bank, "purchase", purchase(), f"s{i}").record_id)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == sorted(f"TXN_{n}" for n in range(1, 21))
    assert stores[0].tables()["transactions"]["transaction_id"].nunique() == 20


def test_F23_two_processes_at_once_get_different_ids(tmp_path, small_bank):
    small_bank.save(tmp_path / "bank")
    code = (
        "import sys, datetime as dt\n"
        "from pathlib import Path\n"
        "from engine.bank import additions, record_forms\n"
        "from engine.bank.bank import Bank\n"
        "folder, name = Path(sys.argv[1]), sys.argv[2]\n"
        "bank, now = Bank.load(folder / 'bank'), dt.datetime(2024, 12, 31)\n"
        "store = additions.Additions(folder / 'records')\n"
        "row = record_forms.ticket('ben', text='Still waiting.', now=now)\n"
        "for i in range(10):\n"
        "    store.add(bank, 'ticket', row, submit_id=f'{name}{i}', now=now, actor=name)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    running = [subprocess.Popen([*command, name], cwd=ROOT) for name in ("one", "two")]
    assert [process.wait(60) for process in running] == [0, 0]
    rows = Additions(tmp_path / "records").tables()["messages"]
    assert sorted(rows["message_id"]) == sorted(f"SPRT_{n}" for n in range(1, 21))


def test_F23_a_repeated_submit_is_stored_once_and_gets_its_first_id(store, small_bank):
    first = add(store, small_bank, "ticket", ticket(), "s1")
    again = add(store, small_bank, "ticket", ticket(), "s1")
    assert (first.stored, again.stored) == (True, False)
    assert again.record_id == first.record_id
    assert len(store.tables()["messages"]) == 1


def test_a_submit_id_of_another_record_is_refused(store, small_bank):
    add(store, small_bank, "ticket", ticket(), "s1")
    with pytest.raises(BadInput, match="SPRT_1"):
        add(store, small_bank, "post", post(), "s1")
    with pytest.raises(BadInput, match="SPRT_1"):
        add(store, small_bank, "ticket", ticket("ann"), "s1")
    with pytest.raises(BadInput, match="submit_id"):
        add(store, small_bank, "ticket", ticket(), " ")


def test_F23_an_unknown_customer_is_refused_and_nothing_is_written(store, small_bank, tmp_path):
    with pytest.raises(NotFound):
        add(store, small_bank, "ticket", ticket("nobody"), "s1")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("make", "fields", "problem"),
    [
        (purchase, {"amount": 0}, "0.01"),
        (purchase, {"amount": -5}, "0.01"),
        (purchase, {"amount": float("nan")}, "0.01"),
        (purchase, {"amount": 1e12}, "100,000,000"),
        (purchase, {"amount": "much"}, "expected a number"),
        (purchase, {"category": "sweets"}, "groceries"),
        (purchase, {"merchant": "  "}, "merchant"),
        (purchase, {"channel": "x" * 201}, "channel"),
        (purchase, {"on": date(2025, 1, 1)}, "today, 2024-12-31"),
        (purchase, {"on": "tomorrow"}, "date"),
        (ticket, {"text": " "}, "0 characters"),
        (ticket, {"text": "x" * 4001}, "4,001"),
        (ticket, {"topics": "fees"}, "list of topics"),
        (ticket, {"topics": ["a; b"]}, "separates topics"),
        (ticket, {"topics": [f"t{i}" for i in range(21)]}, "at most 20"),
        (ticket, {"on": date(1900, 1, 1)}, "1970-01-01"),
        (post, {"platform": ""}, "platform"),
        (post, {"on": date(2025, 1, 1)}, "2024-12-31"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(make, fields, problem):
    with pytest.raises(BadInput, match=problem):
        make(**fields)


def test_F34_F35_F36_added_rows_are_rows_of_the_bank(tmp_path, small_bank):
    overlay = Overlay(tmp_path, small_bank.bank_id)
    before = overlay.revision
    yesterday = (NOON - timedelta(days=1)).date()
    paid = purchase(amount=99.999, channel="online", payment_method="cash", on=yesterday)
    add(overlay.additions, small_bank, "purchase", paid, "s1")
    asked = ticket(topics=["fees", "card", "fees"], repeated=True)
    add(overlay.additions, small_bank, "ticket", asked, "s2")
    script = "<script>alert('x')</script>\nsecond line, with \"quotes\""
    add(overlay.additions, small_bank, "post", post(text=script), "s3")
    assert overlay.revision != before
    bank = overlay.apply(small_bank)
    bought = bank["transactions"].iloc[-1]
    assert (bought["amount"], bought["currency"], bought["channel"]) == (-100.0, "USD", "online")
    assert bought["booked_at"] == pd.Timestamp(yesterday)
    said = bank["messages"].set_index("message_id")
    assert said.loc["SPRT_1", "topics"] == "fees; card"
    assert bool(said.loc["SPRT_1", "repeated"]) and not bool(said.loc["SPRT_1", "resolved"])
    assert said.loc["POST_1", "text"] == script
    assert pd.isna(said.loc["POST_1", "resolved"]) and pd.isna(said.loc["POST_1", "sentiment"])
    assert was_added(bank["messages"]["attributes"]).sum() == 2
    assert len(small_bank["messages"]) == 4
    assert bank.bank_id == small_bank.bank_id
    assert overlay.damage().empty


def test_rows_stand_in_the_order_of_their_content_not_of_their_adding(tmp_path, small_bank):
    rows = [purchase(amount=a, on=date(2024, 12, d)) for a, d in ((3, 1), (1, 2), (2, 1))]
    tables = []
    for name, order in (("a", (0, 1, 2)), ("b", (2, 1, 0))):
        store = Additions(tmp_path / name)
        for i in order:
            add(store, small_bank, "purchase", rows[i], f"s{i}")
        tables.append(store.tables()["transactions"].drop(columns="transaction_id"))
    pd.testing.assert_frame_equal(*tables)


def test_a_reset_takes_added_records_along_and_numbers_start_again(tmp_path, small_bank):
    overlay = Overlay(tmp_path, small_bank.bank_id)
    add(overlay.additions, small_bank, "ticket", ticket(), "s1")
    overlay.reset()
    assert overlay.apply(small_bank) is small_bank
    assert add(overlay.additions, small_bank, "ticket", ticket(), "s1").record_id == "SPRT_1"
