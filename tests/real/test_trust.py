"""Confidence, service before sales and corporate lists on the real banks B, D and santander."""

from pathlib import Path

import pandas as pd
import pytest

from engine import Engine
from engine.bank.bank import Bank
from tests.real.conftest import RealBanks

pytestmark = pytest.mark.real


def _open(real_banks: RealBanks, source: str, folder: Path) -> Engine:
    return Engine.open(*real_banks.fitted(source, folder))


@pytest.fixture(scope="module")
def santander(real_banks: RealBanks, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return _open(real_banks, "santander", tmp_path_factory.mktemp("santander"))


@pytest.fixture(scope="module")
def bank_d(real_banks: RealBanks, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return _open(real_banks, "peers/D", tmp_path_factory.mktemp("D"))


def test_F116_the_calibration_error_on_santander_is_within_its_goal(santander: Engine):
    report = santander.evaluations.confidence()
    assert not report.simulated and report.n_measured > 150
    error = report.figures.query("measure == 'ece'").set_index("over")
    assert error.loc["all", "high"] <= 0.05
    assert error.loc["first", "low"] <= error.loc["first", "value"] <= error.loc["first", "high"]


def test_the_likely_next_set_on_santander_says_what_was_measured(santander: Engine):
    sets = santander.evaluations.confidence().sets
    assert sets["served"].sum() == 1 and (sets["high"] >= 0.9).all()
    customers = santander.bank.customer_ids[:200]
    said = [santander.offers.recommend(c, k=1).likely_next for c in customers]
    served = sets.query("served").iloc[0]
    proof = f"measured {100 * served['coverage']:.0f} % of {served['n']:,} held-out customers"
    assert all(proof in text for text in said if text)
    assert "" in said


def test_F90_F105_open_cases_of_D_come_first(bank_d: Engine):
    open_ones = bank_d.snapshot().profiles.table["n_cases_open"]
    assert (open_ones > 0).any()
    for customer in open_ones.index[open_ones > 0]:
        assert bank_d.offers.recommend(customer).action.startswith("Call about the open case")
    assert "no dated adoptions" in bank_d.evaluations.confidence().reason


def test_F90_F105_without_history_B_says_nothing_of_confidence(
    real_banks: RealBanks, tmp_path: Path
):
    engine = _open(real_banks, "peers/B", tmp_path)
    for customer in engine.bank.customer_ids:
        found = engine.offers.recommend(customer)
        assert found.likely_next == ""
        surest = max(offer.fit for offer in found.offers)
        assert found.action.startswith("No confident offer") == (surest < 0.5)


def test_F16_F108_a_company_of_D_gets_only_its_68_products(bank_d: Engine, tmp_path: Path):
    base = Bank.load(bank_d.folder)
    corporate = base["products"].query("audience == 'corporate'")
    assert len(corporate) == 68
    company = (
        base["customers"]
        .iloc[[0]]
        .assign(
            customer_id="ORG_1", audience="corporate", name="Harbour Works", goals="business growth"
        )
    )
    everybody = pd.concat([base["customers"], company], ignore_index=True)
    base.with_tables(customers=everybody).save(tmp_path / "bank")
    engine = Engine.open(tmp_path / "bank", tmp_path / "state")
    engine.models.warm_up()
    for which in ("growth", "retention"):
        found = engine.offers.recommend("ORG_1", k=20, list=which)
        ids = {o.product_id for o in found.offers}
        assert ids and ids <= set(corporate["product_id"])
        assert {r.product_id for r in found.removed} <= set(corporate["product_id"])
