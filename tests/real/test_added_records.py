"""Records added to the imported banks B and D (F23): ids go on where the files end."""

import datetime as dt

import pytest

from engine import Engine

pytestmark = pytest.mark.real

NOW = dt.datetime(2026, 11, 21, 9)
ANGRY = "Nobody helps me, this is terrible. I want to close my account."


@pytest.mark.parametrize(
    ("peer", "ids"),
    [("B", ("SPRT_1", "TXN_1")), ("D", ("SPRT_21", "TXN_67"))],
)
def test_F23_F24_records_added_to_a_peers_bank(real_banks, tmp_path, peer, ids):
    real_banks.imported(f"peers/{peer}", tmp_path / "bank")
    engine, other = (
        Engine.open(tmp_path / "bank", tmp_path / "state", now=lambda: NOW) for _ in range(2)
    )
    customer = engine.bank.customer_ids[0]
    before = engine.customers.profile(customer)
    ticket = engine.records.add_ticket(customer, text=ANGRY, submit_id="t", actor="Rita")
    paid = engine.records.add_purchase(
        customer, amount=120, category="dining", merchant="Cafe", submit_id="p", actor="Rita"
    )
    assert (ticket.record_id, paid.record_id) == ids
    after = other.customers.profile(customer)
    assert after.metrics["churn"].value >= before.metrics["churn"].value
    assert len(after.messages) == len(before.messages) + 1
    assert len(after.transactions) == len(before.transactions) + 1
    spent = after.categories.set_index("category")["amount"]
    assert spent["dining"] > before.categories.set_index("category")["amount"].get("dining", 0)
    assert len(after.months) == len(before.months)
