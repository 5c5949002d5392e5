"""Simple rivals whose answers are known by eye."""

import numpy as np
import pandas as pd
import pytest

from engine.audit.rivals import RULE_LIFT, _logistic
from engine.bank.bank import Bank, Manifest


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
    found = _logistic(bank, day, adopted, np.arange(40, 60))
    open_ = np.where(bank.held[40:60], -np.inf, found)
    assert open_.argmax(axis=1).tolist() == [2, 3] * 10
    assert np.isfinite(found).all()
    assert (found[:, 4] < found[:, 2:4].max(axis=1)).all()


def test_a_named_rule_stands_before_every_share():
    assert RULE_LIFT > 1
