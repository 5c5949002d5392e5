"""Learning metrics through the Engine: in use at once in every session, and removable."""

import datetime as dt
import json
import math

import pytest
from typer.testing import CliRunner

from engine import Engine
from engine.cli import app
from engine.customers.learned_metrics.store import MetricStore
from engine.customers.metrics.learned_metric import LearnedMetric
from engine.errors import BadInput, NotFound, TrainingError
from engine.state.state import State

NOW = dt.datetime(2026, 7, 3, 10)


@pytest.fixture
def engine(demo_state):
    return Engine.open("data/demo", demo_state, now=lambda: NOW)


def test_F41_churn_learned_from_the_demo_banks_labels_serves_every_session(engine, demo_state):
    other = Engine.open("data/demo", demo_state, now=lambda: NOW)
    before = other.customers.profile("C00001").metrics["churn"]
    assert (before.source, before.chance) == ("scorecard", None)
    assert "not learned from labels" in before.note
    found = engine.learned_metrics.fit("churn", "churned")
    assert found.in_use and found.simulated
    assert (found.kind, found.moment[:10], found.fitted_on) == (
        "chance",
        "2026-04-04",
        "2026-07-03",
    )
    labels, consents = (engine.bank[table] for table in ("labels", "consents"))
    told = set(labels.loc[labels["name"] == "churned", "customer_id"])
    no = consents["purpose"].isin(["personalisation", "marketing"])
    objecting = set(consents.loc[no & (consents["status"] == "refused"), "customer_id"])
    assert found.n <= len(told - objecting) < len(told), "who objects teaches no metric"
    measures = found.measures.set_index("measure")
    assert measures.loc["AUC", "low"] > 0.75
    assert measures.loc["Brier score gained", "low"] > 0
    assert found.reliability["n"].sum() == found.n
    assert not found.leaks["suspicious"].any()
    after = other.customers.profile("C00001").metrics["churn"]
    assert after.source == "learned"
    assert 0 < after.chance < 1
    assert "AUC" in after.note and f"{found.n:,}" in after.note and "2026-07-03" in after.note
    assert "not a chance" not in after.note
    assert 5 + sum(driver.points for driver in after.drivers) == pytest.approx(after.value)
    assert other.customers.profile("C00001").metrics["profit"].source == "scorecard"
    assert other.offers.recommend("C00001").offers
    assert engine.fairness.blinding().n_changed == 0

    used = other.learned_metrics.table().set_index("metric")
    assert used.loc["churn", "source"] == "learned"
    assert used["source"].to_dict()["risk"] == "scorecard"
    assert other.learned_metrics.remove("churn")
    assert engine.customers.profile("C00001").metrics["churn"] == before
    assert not engine.learned_metrics.remove("churn")


def test_F43_a_learned_risk_metric_is_still_not_for_credit_decisions(engine):
    found = engine.learned_metrics.fit("risk", "accepted")
    if not found.in_use:
        assert "nothing was put to use" in found.verdict
    note = engine.customers.profile("C00001").metrics["risk"].note
    assert note.startswith("Not for credit decisions.")


def test_two_bad_loans_teach_nothing(engine):
    with pytest.raises(TrainingError, match="2 labels of the rarer outcome"):
        engine.learned_metrics.fit("expected_loss", "defaulted")
    assert (
        engine.learned_metrics.table().set_index("metric").loc["expected_loss", "source"] == "none"
    )


def test_the_expected_loss_stands_apart_from_every_list(engine, demo_state):
    bank = engine.bank
    owing = bank["accounts"].query("kind == 'loan' and balance != 0")["customer_id"].iloc[0]
    lists = engine.offers.recommend(owing, k=10)
    assert engine.learned_metrics.expected_loss(owing) is None
    model = LearnedMetric(
        metric="expected_loss",
        target="defaulted",
        kind="chance",
        inputs=("lowest_balance", "volatility"),
        centers=(1.0, 0.3),
        scales=(1.0, 0.2),
        coefficients=(-1.0, 0.5),
        intercept=-3.0,
        unit=math.log(2),
        n=354,
        n_positive=30,
        quality=0.8,
        low=0.7,
        high=0.9,
        known_until="2026-06-30",
        fitted_on="2026-07-03",
    )
    MetricStore(State(demo_state, bank.bank_id)).save(model)
    loss = engine.learned_metrics.expected_loss(owing)
    assert 0 < loss.chance < 1
    assert loss.amount == pytest.approx(loss.chance * 0.45 * loss.exposure)
    assert loss.note.endswith("Never used to rank or to decide credit.")
    assert engine.offers.recommend(owing, k=10) == lists
    assert set(engine.snapshot().profiles.learned) == set()
    with pytest.raises(NotFound):
        engine.learned_metrics.expected_loss("nobody")


def test_an_unknown_metric_or_label_is_refused_by_name(engine):
    with pytest.raises(BadInput, match="churn, profit, risk, acumen, expected_loss"):
        engine.learned_metrics.fit("luck", "churned")
    with pytest.raises(BadInput, match="accepted, churned, defaulted"):
        engine.learned_metrics.fit("churn", "nothing")
    assert set(engine.learned_metrics.targets()["label"]) == {"accepted", "churned", "defaulted"}


def test_fit_metric_on_the_command_line_prints_json_and_can_be_undone(demo_state):
    common = ["--data", "data/demo", "--state", str(demo_state), "--json"]
    run = CliRunner().invoke(
        app, ["fit-metric", "--metric", "churn", "--target", "churned", *common]
    )
    assert run.exit_code == 0, run.output
    shown = json.loads(run.stdout)
    assert shown["in_use"] and 700 < shown["n"] < 720
    assert {row["measure"] for row in shown["measures"]} >= {"AUC", "Brier score"}
    assert shown["measures"][1]["low"] is None
    undone = CliRunner().invoke(app, ["fit-metric", "--metric", "churn", "--remove", *common])
    assert json.loads(undone.stdout) == {"metric": "churn", "removed": True}


def test_fit_metric_prints_its_tables(demo_state):
    common = ["--data", "data/demo", "--state", str(demo_state)]
    run = CliRunner().invoke(
        app, ["fit-metric", "--metric", "churn", "--target", "churned", *common]
    )
    for said in ("AUC", "Brier score of the base rate", "promised", "Leak check", "Simulated"):
        assert said in run.output
    none = CliRunner().invoke(app, ["fit-metric", "--metric", "churn", *common])
    assert isinstance(none.exception, BadInput)
