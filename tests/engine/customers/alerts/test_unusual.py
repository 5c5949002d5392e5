import pandas as pd
import pytest

from engine.customers.alerts import money


def _payments(customer_id, last, *, day="2025-06-25"):
    """Two years of small purchases and a rent every month, and one payment at the end."""
    shops = pd.date_range(end="2025-06-20", periods=100, freq="5D")
    rent = pd.date_range(end="2025-06-02", periods=20, freq="MS") + pd.Timedelta(days=1)
    rows = [(when, -(25.0 + 7 * (i % 6)), f"Shop {'abcdefghij'[i % 10]}") for i, when in
            enumerate(shops)]  # fmt: skip
    rows += [(when, -1800.0, "Landlord") for when in rent]
    rows += [(pd.Timestamp(day), last, "Jeweller")]
    return [
        {
            "transaction_id": f"{customer_id}-{i}",
            "customer_id": customer_id,
            "booked_at": when,
            "amount": amount,
            "merchant": merchant,
            "description": merchant,
        }
        for i, (when, amount, merchant) in enumerate(rows)
    ]


def test_a_payment_far_from_the_own_history_is_raised_once_with_its_day(bank_of, alerts_of):
    bank = bank_of(["ann"], transactions=_payments("ann", -2500.0))
    feed = alerts_of(bank)
    odd = feed[feed["kind"] == "unusual_transaction"]
    assert odd["customer_id"].tolist() == ["ann"]
    assert odd["raised_at"].tolist() == [pd.Timestamp("2025-06-25")]
    assert "Jeweller" in odd["reason"].iloc[0]
    assert "2,500" in odd["reason"].iloc[0]


@pytest.mark.parametrize("last", [-60.0, 5000.0])
def test_a_usual_payment_rent_and_money_that_comes_in_are_not_unusual(bank_of, raised, last):
    bank = bank_of(["ann"], transactions=_payments("ann", last))
    assert raised(bank, "unusual_transaction") == []


def test_an_unusual_payment_of_long_ago_is_no_news(bank_of, raised):
    bank = bank_of(["ann"], transactions=_payments("ann", -2500.0, day="2025-05-10"))
    assert raised(bank, "unusual_transaction") == []
    assert raised(bank, "unusual_transaction", unusual_days=60) == ["ann"]


def test_looking_at_a_few_customers_at_a_time_raises_the_same(bank_of, alerts_of, monkeypatch):
    who = ["ann", "ben", "cid", "dee", "eve"]
    paid = {"ann": -2500.0, "cid": -60.0, "dee": -4000.0, "eve": -2600.0}
    rows = [row for name, last in paid.items() for row in _payments(name, last)]
    together = alerts_of(bank_of(who, transactions=rows))
    monkeypatch.setattr(money, "CUSTOMERS", 1)
    pd.testing.assert_frame_equal(alerts_of(bank_of(who, transactions=rows)), together)
    odd = together.loc[together["kind"] == "unusual_transaction", "customer_id"]
    assert odd.tolist() == ["ann", "dee", "eve"]
