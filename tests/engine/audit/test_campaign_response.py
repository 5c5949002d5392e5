"""Figures of a campaign, known by eye."""

import json

import numpy as np
import pandas as pd
import pytest

from engine.audit.campaign_response import _lift, _table, evaluate_response
from engine.bank.bank import Bank, Manifest
from engine.settings import default


def test_the_lift_is_the_rate_of_the_first_over_the_rate_of_all():
    first, yes = np.array([1.0, 1.0, 0.0, 0.0]), np.array([True, False, False, False])
    assert _lift(first, yes) == 2.0
    assert np.isnan(_lift(first, yes & False))


def test_a_perfect_order_and_the_base_rate():
    yes = np.arange(100) >= 80
    found = _table(np.where(yes, 0.9, 0.1), yes, base=0.2, seed=7).set_index("metric")
    assert found.loc["auc", "value"] == 1
    assert found.loc["brier", "value"] == pytest.approx(0.01)
    assert found.loc["brier_base", "value"] == pytest.approx(0.2 * 0.8**2 + 0.8 * 0.2**2)
    assert found.loc["lift@10%", "value"] == 5


N = 600


def campaign(yes, **tables):
    ids = [f"{i:04d}" for i in range(N)]
    days = pd.date_range("2024-01-01", periods=N, freq="6h").normalize()
    labels = {"customer_id": ids, "name": "accepted", "value": yes.astype(float), "known_on": days}
    frames = {
        "customers": pd.DataFrame({"customer_id": ids}),
        "products": pd.DataFrame({"product_id": ["p"], "name": ["Deposit"]}),
        "labels": pd.DataFrame(labels),
    }
    frames |= tables
    return Bank.from_tables(Manifest("Campaign", as_of="2024-12-31"), frames)


def kept(**fields):
    rows = pd.DataFrame(fields).to_dict("records")
    ids = [f"{i:04d}" for i in range(N)]
    return pd.DataFrame({"customer_id": ids, "attributes": [json.dumps(row) for row in rows]})


@pytest.mark.parametrize("start", [N // 2 + 100, N - 110])
def test_a_part_with_one_outcome_alone_is_not_judged(start):
    yes = (np.arange(N) >= start) & (np.arange(N) % 3 == 0)
    customers = kept(score=np.random.default_rng(1).random(N).round(3))
    assert evaluate_response(campaign(yes, customers=customers), default()) is None


def test_a_campaign_without_a_column_is_not_judged():
    labels = campaign(np.arange(N) % 3 == 0)["labels"].assign(known_on=pd.NaT)
    assert evaluate_response(campaign(np.arange(N) % 3 == 0, labels=labels), default()) is None


@pytest.mark.parametrize("dated", [True, False])
def test_what_came_of_a_contact_is_not_read(dated):
    rng = np.random.default_rng(4)
    score = rng.random(N)
    yes = rng.random(N) < score
    ids = np.array([f"{i:04d}" for i in range(N)])
    taken = pd.DataFrame({"customer_id": ids[yes], "product_id": "p", "opened_on": "2024-11-01"})
    early = taken[:0].assign(customer_id=ids[::2], product_id="p", opened_on="2023-11-01")
    both = pd.concat([taken, early]).drop_duplicates("customer_id", keep="last")
    if not dated:
        both = both.assign(opened_on=pd.NaT)
    bank = campaign(yes, customers=kept(score=score.round(3)), holdings=both)
    found = evaluate_response(bank, default())
    assert any("holdings" in name for name in found.used) == dated
    said = "As of the day before the first contact: holdings." if dated else "without a date may"
    assert said in " ".join(found.notes)
    assert found.table.set_index("metric").loc["auc", "value"] < 0.9
