"""Simple rivals whose answers are known by eye."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from engine.audit.rivals import RULE_LIFT, _logistic, stock_rivals
from engine.bank.bank import Bank, Manifest
from engine.settings import default

CHOSEN = default().evaluation


@pytest.fixture(scope="module")
def bank() -> Bank:
    """Holders of p0 took p2 and holders of p1 took p3, each of them in March; p4 nobody."""
    stock = [(f"c{i:02d}", f"p{i % 2}", "2023-01-01") for i in range(60)]
    later = [(f"c{i:02d}", f"p{2 + i % 2}", "2023-03-01") for i in range(40)]
    holdings = pd.DataFrame(stock + later, columns=["customer_id", "product_id", "opened_on"])
    holdings["opened_on"] = pd.to_datetime(holdings["opened_on"])
    return Bank.from_tables(
        Manifest("Rivals", as_of="2023-12-31"),
        {
            "customers": pd.DataFrame({"customer_id": [f"c{i:02d}" for i in range(60)]}),
            "products": pd.DataFrame({"product_id": [f"p{i}" for i in range(5)]}),
            "holdings": holdings,
        },
    )


def test_one_regression_a_product_finds_what_follows_what(bank: Bank):
    day = pd.Timestamp("2023-03-01")
    adopted = bank.held & ~bank.until(day - pd.Timedelta(days=1)).held
    found = _logistic(bank, day, adopted, np.arange(40, 60), CHOSEN)
    open_ = np.where(bank.held[40:60], -np.inf, found)
    assert open_.argmax(axis=1).tolist() == [2, 3] * 10
    assert np.isfinite(found).all()
    assert (found[:, 4] < found[:, 2:4].max(axis=1)).all()


def test_a_named_rule_stands_before_every_share():
    assert RULE_LIFT > 1


def test_rules_count_what_a_segment_holds_without_those_who_are_judged(bank: Bank):
    """Half of those who hold p0 are judged, with p0 hidden; a segment of the judged alone has what
    all others hold."""
    rows = np.arange(0, 30, 2)
    held = bank.held.copy()
    held[rows, 0] = False
    segment = np.where(np.arange(60) % 2, "odd", "even").astype(object)
    segment[rows[-1]] = "alone"
    signals = SimpleNamespace(
        bank=SimpleNamespace(held=held, n_customers=60, n_products=5),
        profiles=SimpleNamespace(table=pd.DataFrame({"segment": segment})),
    )
    found = stock_rivals(signals, {}, rows, 7)["rules"]
    assert found[0].tolist() == held[30::2].mean(axis=0).tolist()
    others = np.setdiff1d(np.arange(60), rows)
    assert found[-1].tolist() == held[others].mean(axis=0).tolist()


def test_without_adopters_to_judge_there_is_nothing_to_score(bank: Bank):
    day = pd.Timestamp("2023-03-01")
    assert _logistic(bank, day, bank.held, np.arange(0), CHOSEN).shape == (0, 5)


def test_one_product_alone_is_as_likely_as_it_is_taken():
    customers = [f"c{i}" for i in range(10)]
    days = pd.to_datetime(["2023-03-01"] * 3)
    taken = pd.DataFrame({"customer_id": customers[:3], "product_id": "p", "opened_on": days})
    bank = Bank.from_tables(
        Manifest("One", as_of="2023-12-31"),
        {
            "customers": pd.DataFrame({"customer_id": customers}),
            "products": pd.DataFrame({"product_id": ["p"]}),
            "holdings": taken,
        },
    )
    found = _logistic(bank, days[0], bank.held, np.arange(3, 10), CHOSEN)
    assert found.ravel().tolist() == [np.log(3.5 / 11)] * 7
