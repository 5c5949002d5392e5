"""Alerts, allocation and goal through the one door, on the demo bank."""

import datetime as dt
import json
from pathlib import Path

import pytest

from engine import Engine
from engine.errors import BadInput, NotFound
from engine.labels import ALERT_TITLES
from engine.results import SEVERITIES
from tests.conftest import DEMO

NOW = dt.datetime(2026, 7, 15, 9, 0)
COLUMNS = ["alert_id", "customer_id", "kind", "raised_at", "reason", "action", "severity"]
COLUMNS += ["title", "customer", "relationship_manager"]


def _open(state: Path) -> Engine:
    return Engine.open(DEMO, state, now=lambda: NOW)


@pytest.fixture(scope="module")
def reading(trained_state: Path) -> Engine:
    """For tests that write nothing."""
    return _open(trained_state)


@pytest.fixture
def engine(demo_state: Path) -> Engine:
    return _open(demo_state)


def test_F128_the_feed_of_the_book_names_each_alert_once_with_time_reason_and_action(reading):
    found = reading.alerts.open()
    assert list(found.table.columns) == COLUMNS
    assert found.table["alert_id"].is_unique
    assert found.table.notna().all(axis=None)
    assert set(found.table["severity"]) <= set(SEVERITIES)
    assert sum(found.counts.values()) == len(found.table)
    assert f"{len(found.table):,} open alerts of " in found.sentence
    json.dumps(found.to_json(), allow_nan=False)


def test_the_feed_of_a_manager_is_that_of_the_own_customers(reading):
    everybody = reading.alerts.open().table
    manager = everybody["relationship_manager"].iloc[0]
    own = reading.alerts.open(manager=manager).table
    assert set(own["relationship_manager"]) == {manager}
    assert len(own) == (everybody["relationship_manager"] == manager).sum()


def test_the_list_of_customers_counts_open_alerts_and_filters_by_them(reading):
    listed = reading.customers.table()
    alone = reading.alerts.open().table["customer_id"].value_counts()
    counts = listed.set_index("customer_id")["n_alerts"]
    assert counts[counts > 0].sort_index().equals(alone.sort_index().rename("n_alerts"))
    with_alerts = reading.customers.table(with_alerts=True, sort="n_alerts")
    assert len(with_alerts) == (counts > 0).sum()
    assert with_alerts["n_alerts"].is_monotonic_decreasing


def test_F127_a_customer_without_alerts_is_told_so_in_a_sentence(reading):
    calm = reading.customers.table(sort="n_alerts", descending=False)["customer_id"].iloc[0]
    found = reading.alerts.open(calm)
    assert found.table.empty
    assert found.counts == {}
    assert found.sentence == (
        "No alerts for this customer on 30 Jun 2026: nothing crossed its threshold."
    )
    with pytest.raises(NotFound):
        reading.alerts.open("nobody")


def test_an_acknowledged_alert_leaves_the_feed_once_and_for_everybody(engine, demo_state):
    other = _open(demo_state)
    before = other.alerts.open()
    first = before.table.iloc[0]
    n = other.customers.table().set_index("customer_id")["n_alerts"][first["customer_id"]]
    snapshot = other.snapshot()
    assert engine.alerts.acknowledge(first["alert_id"], "Rita")
    assert not engine.alerts.acknowledge(first["alert_id"], "Raj")
    after = other.alerts.open()
    assert first["alert_id"] not in set(after.table["alert_id"])
    assert len(after.table) == len(before.table) - 1
    assert after.n_acknowledged == 1
    assert "1 alert acknowledged" in after.sentence
    counts = other.customers.table().set_index("customer_id")["n_alerts"]
    assert counts[first["customer_id"]] == n - 1
    assert other.snapshot() is snapshot  # nothing was computed anew


def test_when_all_alerts_of_a_customer_are_acknowledged_the_feed_says_so(engine):
    customer = engine.alerts.open().table["customer_id"].iloc[0]
    for alert_id in engine.alerts.open(customer).table["alert_id"]:
        engine.alerts.acknowledge(alert_id, "Rita")
    assert engine.alerts.open(customer).sentence.startswith("No open alerts on 30 Jun 2026: ")


def test_a_reset_brings_acknowledged_alerts_back(engine):
    before = engine.alerts.open()
    engine.alerts.acknowledge(before.table["alert_id"].iloc[0], "Rita")
    engine.records.reset()
    assert len(engine.alerts.open().table) == len(before.table)


def test_an_unknown_alert_cannot_be_acknowledged(engine):
    with pytest.raises(NotFound, match="no alert 'abc'; look at the feed again"):
        engine.alerts.acknowledge("abc", "Rita")


def test_F128_fairness_alerts_of_the_audit_join_the_feed_and_can_be_acknowledged(demo_state):
    own = demo_state / _open(demo_state).bank.bank_id / "settings"
    own.mkdir(exist_ok=True)
    (own / "settings.toml").write_text("[fairness]\nalert_gap = 0.01\n")
    engine = _open(demo_state)
    reports = [engine.fairness.report(name) for name in engine.fairness.attributes]
    expected = [text for report in reports for text in report.alerts]
    assert expected
    found = engine.alerts.open(fairness=True).table
    mine = found[found["kind"] == "fairness"]
    assert mine["reason"].tolist() == expected
    assert mine["customer_id"].isna().all()
    assert mine["title"].tolist() == [ALERT_TITLES["fairness"]] * len(expected)
    assert mine["alert_id"].is_unique
    assert engine.alerts.acknowledge(mine["alert_id"].iloc[0], "Ana")
    left = engine.alerts.open(fairness=True).table
    assert (left["kind"] == "fairness").sum() == len(expected) - 1
    assert len(engine.alerts.open().table) == len(found) - len(expected)


def test_F139_the_banks_own_market_file_tilts_every_allocation_the_same_way(engine, demo_state):
    assert engine.customers.strategy("C00001").market == 0
    folder = demo_state / engine.bank.bank_id / "settings"
    folder.mkdir(exist_ok=True)
    (folder / "market.csv").write_text("date,change\n2026-05-31,0.03\n2026-12-31,-0.04\n")
    first, again = (
        engine.customers.strategy("C00001"),
        _open(demo_state).customers.strategy("C00001"),
    )
    assert first.market == 0.03
    assert first.market_source == "market.csv, 31 May 2026"
    assert first.to_json() == again.to_json()
    assert engine.customers.strategy("C00001", market=0.01).market == 0.01
    with pytest.raises(BadInput):
        engine.customers.strategy("C00001", market=0.2)


def test_F141_the_goal_calculator_answers_with_ones_own_figures(reading):
    found = reading.customers.goal("C00001", target=1000, saved=400, income=900, spending=600)
    assert found.months == 2
    said = "USD 400 saved of a goal of USD 1,000 (40 %); with USD 900 of income"
    assert found.sentence.startswith(said)
    json.dumps(found.to_json(), allow_nan=False)


def test_settings_that_are_edited_meanwhile_hold_for_alerts_forecasts_and_texts_at_once(
    engine, demo_state
):
    before = engine.alerts.open()
    encoder = engine.snapshots.encoder
    file = engine.snapshots.state.settings_file
    file.parent.mkdir(parents=True, exist_ok=True)
    changed = (
        "[alerts]\nchurn_from = 5.0\n[forecast]\nlevel = 0.5\n[models]\nmax_text_chars = 200\n"
    )
    file.write_text(changed, "utf-8")
    fresh = _open(demo_state)
    after, anew = engine.alerts.open(), fresh.alerts.open()
    assert len(after.table) > len(before.table)
    assert after.table.equals(anew.table)
    assert (engine.customers.table()["n_alerts"] == fresh.customers.table()["n_alerts"]).all()
    one, other = (each.customers.forecast("C00001").to_json() for each in (engine, fresh))
    assert one == other
    assert engine.snapshots.encoder is not encoder
    assert engine.snapshots.texts.sentiment.max_chars == 200
