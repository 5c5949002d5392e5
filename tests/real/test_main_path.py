"""The acceptance of the main path on the real banks B, D, santander and berka."""

import json
import re
import subprocess
import sys
import uuid
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine import Engine
from engine.results import Recommendation
from tests.engine.cli import shapes
from tests.real.conftest import RealBanks

pytestmark = pytest.mark.real
ROOT = Path(__file__).parents[2]


def _open(real_banks: RealBanks, source: str, folder: Path) -> Engine:
    return Engine.open(*real_banks.fitted(source, folder))


@pytest.fixture(scope="module")
def bank_b(real_banks: RealBanks, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return _open(real_banks, "peers/B", tmp_path_factory.mktemp("B"))


@pytest.fixture(scope="module")
def bank_d(real_banks: RealBanks, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return _open(real_banks, "peers/D", tmp_path_factory.mktemp("D"))


def _schema(value: dict, schema: dict) -> None:
    import jsonschema

    jsonschema.validate(value, schema)


def _nothing_bears(engine: Engine, found: Recommendation, stated: Iterable[str]) -> bool:
    """No product offered has a word of what is stated, and the list says that reasons are weak.

    What other customers do with a product and say of it ("Children's education" is what many save
    for) is nothing of the product itself.
    """
    products = engine.bank["products"].set_index("product_id")
    offered = products.loc[[offer.product_id for offer in found.offers]]
    kept = [json.loads(cell or "{}") for cell in offered.pop("attributes").fillna("{}")]
    own = [{k: v for k, v in of_one.items() if not k.startswith("customer_")} for of_one in kept]
    cells = [cell for cell in offered.to_numpy().flat if isinstance(cell, str)]
    words = " ".join([*cells, json.dumps(own)]).lower()
    weak = any("No strong reason" in reason for o in found.offers for reason in o.reasons)
    return weak and not any(text.lower() in words for text in stated)


@pytest.mark.parametrize("customer", ["AlisonGaines78", "AlyssaMartinez66"])
def test_B_lists_hold_facts_of_its_files(bank_b: Engine, customer: str):
    found = bank_b.offers.recommend(customer, k=7)
    _schema(json.loads(json.dumps(found.to_json())), shapes.RECOMMEND)
    assert len(found.offers) == 7
    assert all(o.confidence is None and 0 <= o.fit <= 1 for o in found.offers)
    assert any("dated adoptions" in note for note in found.notes)
    record = bank_b.bank["customers"].set_index("customer_id").loc[customer]
    stated = json.loads(record["attributes"])["FrequentlyUsedTransactionCategory"]
    words = {str(item).lower() for item in (stated if isinstance(stated, list) else [stated])}
    reasons = " ".join(r for o in found.offers for r in o.reasons).lower()
    assert any(word in reasons for word in words) or _nothing_bears(bank_b, found, words)


@pytest.mark.parametrize("customer", ["CUST_1", "CUST_2", "CUST_5"])
def test_D_lists_hold_facts_of_its_files(bank_d: Engine, customer: str):
    found = bank_d.offers.recommend(customer, k=5)
    _schema(json.loads(json.dumps(found.to_json())), shapes.RECOMMEND)
    assert found.offers
    assert all(o.confidence is None for o in found.offers)
    goals = bank_d.bank["customers"].set_index("customer_id").loc[customer, "goals"].split("; ")
    reasons = " ".join(r for o in found.offers for r in o.reasons)
    assert any(goal in reasons for goal in goals) or _nothing_bears(bank_d, found, goals)
    money = {m.replace(",", "") for m in re.findall(r"Spends [A-Z]{3} ([\d,]+) a month", reasons)}
    spending = bank_d.snapshot().profiles.spending.loc[customer]
    for amount in money:
        assert (np.abs(spending - float(amount)) < 0.02 * spending + 1).any()


@pytest.mark.parametrize("which", ["growth", "retention"])
def test_F94_a_customer_of_very_low_appetite_is_never_offered_risk_of_6_or_more(
    bank_d: Engine, which: str
):
    risk = bank_d.bank["products"].set_index("product_id")["risk_customer"]
    offers = bank_d.offers.recommend("CUST_3", k=20, list=which).offers
    assert offers
    assert max(risk[o.product_id] for o in offers) < 6


def test_a_customer_who_wants_risk_sees_the_best_investment_above_the_best_insurance(
    bank_d: Engine,
):
    ranks = {}
    for offer in bank_d.offers.recommend("CUST_5", k=20, list="growth").offers:
        ranks.setdefault(offer.category, offer.rank)
    assert ranks["Investment"] < ranks["Insurance"]


def test_F91_F92_compat_gives_the_two_stored_lists_back(real_banks: RealBanks, tmp_path: Path):
    real_banks.imported("peers/D", tmp_path / "bank")
    command = ["recommend", "--customer", "CUST_1", "--compat", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "engine", *command, "--data", str(tmp_path / "bank")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    top = (10, 11, 28, 38, 35, 39, 36, 54, 27, 56, 55, 64)
    passive = (51, 95, 27, 28, 31, 32, 36, 30)
    assert set(found["top"]) == {f"PROD_{i}" for i in top}
    assert set(found["passive"]) == {f"PROD_{i}" for i in passive}


def test_F52_CUST_3_alone_can_be_scored(real_banks: RealBanks, tmp_path: Path):
    bank, state = real_banks.fitted("peers/D", tmp_path)
    out = tmp_path / "one.csv"
    command = ["score", "--customer", "CUST_3", "--data", str(bank), "--state", str(state)]
    done = subprocess.run(
        [sys.executable, "-m", "engine", *command, "--out", str(out)],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    found = pd.read_csv(out)
    assert set(found["customer_id"]) == {"CUST_3"}
    assert set(found["list"]) == {"growth", "retention"}


@pytest.mark.parametrize("name", ["bank_b", "bank_d"])
def test_F144_no_score_of_a_real_bank_moves_with_gender_age_name_or_place(
    name: str, request: pytest.FixtureRequest
):
    found = request.getfixturevalue(name).fairness.blinding()
    assert found.n_changed == 0


def test_dismissing_the_top_offer_on_a_real_bank_lowers_it_at_once_and_after_retraining(
    real_banks: RealBanks, tmp_path: Path
):
    engine = _open(real_banks, "peers/B", tmp_path)
    top = engine.offers.recommend("AlisonGaines78", k=5).offers[0]
    engine.feedback.record(
        event_id=str(uuid.uuid4()),
        customer_id="AlisonGaines78",
        product_id=top.product_id,
        action="dismissed",
        actor="Rita",
        reason="too expensive",
        offer=top,
    )
    after = {o.product_id: o for o in engine.offers.recommend("AlisonGaines78", k=20).offers}
    assert after[top.product_id].score < top.score
    report = engine.models.retrain()
    assert not report.promoted
    assert "hidden holdings" in report.verdict
    again = {o.product_id: o for o in engine.offers.recommend("AlisonGaines78", k=20).offers}
    assert again[top.product_id].score < top.score


def test_santander_learns_from_its_adoptions_and_beats_popularity(
    real_banks: RealBanks, tmp_path: Path
):
    engine = _open(real_banks, "santander", tmp_path)
    assert engine.facts.summary().grade in ("A", "B", "C")
    report = engine.models.retrain()
    table = report.table.set_index(["system", "metric"])["value"]
    assert table["blend", "map@7"] > table["popular_adopted", "map@7"]
    assert table["blend", "map@7"] > table["random", "map@7"] * 2
    one = engine.offers.recommend(str(engine.bank.customer_ids[0]), k=3)
    assert all(0 < o.confidence <= 1 and o.propensity <= 1 for o in one.offers)


def test_berka_opens_with_its_four_products(real_banks: RealBanks, tmp_path: Path):
    engine = _open(real_banks, "berka", tmp_path)
    table = engine.offers.score(k=3)
    assert set(table["product_id"]) <= set(engine.bank.product_ids)
    assert engine.customers.table()["customer_id"].nunique() == 5369
    assert isinstance(engine.customers.insights().segments, pd.DataFrame)
