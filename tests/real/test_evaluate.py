"""`evaluate` on real banks: one cohort with a later test on santander, smoke checks elsewhere."""

from pathlib import Path

import pandas as pd
import pytest

from engine import Engine
from engine.audit.grading import NOT_GRADABLE
from engine.bank.bank import Bank
from engine.results import Evaluation, ResponseEvaluation
from tests.real.conftest import RealBanks

pytestmark = pytest.mark.real


def evaluated(
    real_banks: RealBanks, source: str, folder: Path, since: str | None = None
) -> Evaluation | ResponseEvaluation:
    bank = real_banks.imported(source, folder / "bank")
    engine = Engine.open(bank, folder / "state")
    day = None if since is None else pd.Timestamp(since)
    return engine.evaluations.evaluate(lambda done, step: None, since=day)


@pytest.fixture(scope="module")
def cohort(real_banks: RealBanks, tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    """Of santander, with what was taken from September on."""
    return evaluated(real_banks, "santander", tmp_path_factory.mktemp("cohort"), "2015-09-01")


def test_decision_25_the_cohort_of_santander_has_508_adopters(cohort: Evaluation):
    found = cohort
    assert found.n == 508
    assert "28 Jan 2015" in found.cohort
    figures = found.systems.query("metric == 'map@7'").set_index("system")["value"]
    assert figures["logistic"] == pytest.approx(0.51, abs=0.01)
    assert figures["popular_owned"] == pytest.approx(0.475, abs=0.01)
    ahead = found.paired.set_index("system")
    assert ahead.loc["random", "low"] > 0.3
    assert (ahead["low"] <= ahead["value"]).all()
    apart = found.apart.drop_duplicates("group").set_index("group")["n"]
    assert apart["never held anything (cold)"] == 47


def test_decision_24_berka_tells_warm_from_cold(real_banks: RealBanks, tmp_path: Path):
    found = evaluated(real_banks, "berka", tmp_path)
    figures = found.systems.query("system == 'served'").set_index("metric")
    assert found.n == 46, "two took what the rules would not have offered"
    assert {"hit@1", "mrr"} <= set(figures.index)
    groups = found.apart.query("system == 'blend'").set_index("group")["n"]
    assert groups.to_dict() == {
        "held something before, nothing on that day (re-activation)": 8,
        "never held anything (cold)": 293,  # one took what the rules would not have offered
    }
    cold = found.apart.query("group == 'never held anything (cold)'").set_index("system")["map@7"]
    assert cold["served"] > cold["blend"] - 0.02, "no stand-in that serves a group far worse"
    assert (found.beside.paired["standing"] != "surely behind").all()


def test_decision_24_the_campaign_is_told_better_than_by_its_base_rate(
    real_banks: RealBanks, tmp_path: Path
):
    found = evaluated(real_banks, "uci_bank_marketing", tmp_path)
    figures = found.table.set_index("metric")
    assert (found.n, found.n_train) == (9042, 36169)
    assert figures.loc["auc", "low"] > 0.6
    assert figures.loc["brier", "high"] < figures.loc["brier_base", "low"]
    assert figures.loc["lift@10%", "low"] > 1.3
    read = " ".join(found.used).lower()
    assert not any(word in read for word in ("duration", "marital", "age"))


def test_what_is_served_costs_nothing_beside_the_blend_and_is_behind_no_rival(cohort):
    for one in (cohort, cohort.beside):
        ahead = one.paired.set_index("system")
        assert ahead.loc["blend", "high"] > -0.01
        assert (ahead["standing"] != "surely behind").all()


def test_a_month_without_days_is_served_as_well_as_by_any_rival(
    real_banks: RealBanks, tmp_path: Path
):
    bank = Bank.load(real_banks.imported("santander", tmp_path / "dated"))
    held = bank["holdings"]
    month = held.loc[held["opened_on"] == held["opened_on"].min()].assign(opened_on=pd.NaT)
    there = bank["customers"]["customer_id"].isin(month["customer_id"])
    customers = bank["customers"].loc[there].reset_index(drop=True)
    month = month.reset_index(drop=True)
    bank.with_tables(customers=customers, holdings=month).save(tmp_path / "bank")
    found = Engine.open(tmp_path / "bank", tmp_path / "state").evaluations.evaluate(
        lambda done, step: None
    )
    assert (found.kind, found.n) == ("cross-section", 4695)
    ahead = found.paired.set_index("system")
    for rival in ("popular_owned", "popularity", "item_to_item", "lightfm"):
        assert ahead.loc[rival, "standing"] == "surely ahead", rival


def test_a_bank_without_days_is_graded_as_a_cross_section(real_banks: RealBanks, tmp_path: Path):
    found = evaluated(real_banks, "peers/B", tmp_path)
    assert found.grade.endswith(", cross-section")
    assert (found.paired["standing"] == "surely ahead").any()


def test_decision_4_a_bank_without_holdings_is_not_gradable(real_banks: RealBanks, tmp_path: Path):
    assert evaluated(real_banks, "peers/D", tmp_path).grade == NOT_GRADABLE
