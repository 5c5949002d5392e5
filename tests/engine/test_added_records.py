"""Records added through the Engine: every session and process answers with them at once."""

import datetime as dt
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import engine
from engine import Engine
from engine.errors import BadInput, NotFound

ROOT = Path(engine.__file__).parents[1]
NOW = dt.datetime(2026, 7, 3, 10)
ANGRY = "This is terrible. I am angry and I want to close my account!"


@pytest.fixture
def one(demo_state):
    return Engine.open("data/demo", demo_state, now=lambda: NOW)


def test_F24_F76_a_ticket_moves_the_profile_of_every_session(one, demo_state):
    other = Engine.open("data/demo", demo_state, now=lambda: NOW)
    before = other.customers.profile("C00001").metrics["churn"].value
    added = one.records.add_ticket(
        "C00001", text=ANGRY, topics=["fees"], submit_id="s1", actor="Rita"
    )
    assert (added.record_id, added.stored) == ("SPRT_1", True)
    seen = other.customers.profile("C00001")
    assert seen.metrics["churn"].value > before
    assert seen.messages.iloc[0]["text"] == ANGRY
    assert seen.messages.iloc[0]["sentiment"] < -0.5
    assert not one.records.add_ticket("C00001", text=ANGRY, submit_id="s1", actor="Rita").stored


def test_F23_a_purchase_is_money_out_and_changes_spending_and_offers_answer_on(one):
    before = one.customers.profile("C00001").categories.set_index("category")["amount"]
    one.records.add_purchase(
        "C00001", amount=900, category="travel", merchant="Airline", submit_id="s", actor="Rita"
    )
    found = one.customers.profile("C00001")
    assert found.transactions.iloc[0]["amount"] == -900
    assert found.transactions.iloc[0]["booked_at"].date() == NOW.date()
    assert found.categories.set_index("category")["amount"]["travel"] > before["travel"]
    assert one.offers.recommend("C00001").offers


def test_F24_cash_flow_forecast_and_alerts_answer_after_a_purchase_of_today(one):
    one.records.add_purchase(
        "C00001", amount=900, category="travel", merchant="Airline", submit_id="s", actor="Rita"
    )
    assert one.customers.cashflow("C00001").summary
    assert one.customers.forecast("C00001").spending.known
    assert one.alerts.open("C00001").sentence


def test_F60_an_added_purchase_is_judged_for_alerts_with_the_next_answer(one):
    before = set(one.alerts.open("C00002").table["kind"])
    assert "unusual_transaction" not in before
    one.records.add_purchase(
        "C00002", amount=90_000, category="travel", merchant="Yacht", submit_id="s", actor="Rita"
    )
    assert "unusual_transaction" in set(one.alerts.open("C00002").table["kind"])


def test_F36_a_script_in_a_post_stays_text(one):
    script = "<script>alert(1)</script> **bold** {{x}}"
    one.records.add_post("C00002", platform="X", text=script, submit_id="s", actor="Rita")
    assert script in one.customers.profile("C00002").messages["text"].tolist()
    assert one.customers.profile("C00002").to_json()["messages"][0]["text"] == script


def test_F23_two_sessions_adding_at_once_are_both_seen_by_both(one, demo_state):
    other = Engine.open("data/demo", demo_state, now=lambda: NOW)
    ids = []

    def add(session, name):
        for i in range(5):
            found = session.records.add_ticket(
                "C00003", text=f"{name} {i}", submit_id=f"{name}{i}", actor=name
            )
            ids.append(found.record_id)

    threads = [threading.Thread(target=add, args=pair) for pair in ((one, "a"), (other, "b"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ids) == sorted(f"SPRT_{n}" for n in range(1, 11))
    texts = {f"{name} {i}" for name in "ab" for i in range(5)}
    for session in (one, other):
        assert texts <= set(session.customers.profile("C00003").messages["text"])


def test_F24_a_record_of_another_process_is_answered_with_at_once(one, demo_state):
    n = len(one.customers.profile("C00004").messages)
    code = (
        "import sys; from engine import Engine;"
        "e = Engine.open('data/demo', sys.argv[1]);"
        "e.records.add_ticket('C00004', text='From afar.', submit_id='p', actor='Raj')"
    )
    subprocess.run([sys.executable, "-c", code, str(demo_state)], check=True, cwd=ROOT)
    assert len(one.customers.profile("C00004").messages) == n + 1


def test_F23_what_cannot_be_stored_is_refused(one):
    with pytest.raises(NotFound):
        one.records.add_ticket("nobody", text="Hello", submit_id="s", actor="Rita")
    with pytest.raises(BadInput, match="today, 2026-07-03"):
        one.records.add_ticket(
            "C00001", text="Hello", on=dt.date(2026, 7, 4), submit_id="s", actor="Rita"
        )


def test_F24_a_reset_forgets_added_records(one):
    one.records.add_ticket("C00001", text=ANGRY, submit_id="s", actor="Rita")
    assert ANGRY in one.customers.profile("C00001").messages["text"].tolist()
    one.records.reset()
    assert ANGRY not in one.customers.profile("C00001").messages["text"].tolist()
