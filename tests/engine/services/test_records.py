"""Preferences, reopened alerts and market figures: set down once, seen by every session."""

import datetime as dt
import re

import pandas as pd
import pytest

from engine import Engine
from engine.bank.preferences import FREQUENCIES, GOALS, INCOME_LEVELS, SERVICES, cells, preferences
from engine.customers.planning.market import checked
from engine.errors import BadInput, NotFound
from engine.ranking.signals.needs import phrase
from engine.vocabulary import RISK_TOLERANCES

NOW = dt.datetime(2026, 7, 3, 10)
CUSTOMER = "C00002"


@pytest.fixture
def one(demo_state):
    return Engine.open("data/demo", demo_state, now=lambda: NOW)


def _stated(engine: Engine, **changes):
    """What the form shows before anybody touches it, with some fields changed."""
    found = engine.records.preferences(CUSTOMER)
    return {
        "income_level": found.income_level,
        "risk_tolerance": found.risk_tolerance,
        "goals": found.goals,
        "services": found.services,
        "frequency": found.frequency,
        **changes,
    }


def test_F37_the_form_offers_what_the_row_asks_for():
    assert INCOME_LEVELS == ("Low", "Medium", "High", "Very High")
    assert FREQUENCIES == ("Rarely", "Monthly", "Weekly", "Daily")
    assert (len(RISK_TOLERANCES), len(GOALS), len(SERVICES)) == (4, 6, 5)
    assert len({service for group in SERVICES.values() for service in group}) == 30


def test_F37_what_is_saved_is_seen_by_every_session_and_moves_the_metrics(one, demo_state):
    other = Engine.open("data/demo", demo_state, now=lambda: NOW)
    before = other.customers.profile(CUSTOMER)
    assert before.facts["risk_tolerance"] == "low"
    stated = _stated(
        one,
        risk_tolerance="very high",
        goals=("Invest for Growth",),
        services=("Stock Trading", "Bonds"),
        income_level="High",
        frequency="Weekly",
    )
    assert one.records.save_preferences(CUSTOMER, actor="Rita", **stated)
    after = other.customers.profile(CUSTOMER)
    assert after.metrics["risk"].value > before.metrics["risk"].value
    assert after.facts["goals"] == "Invest for Growth"
    found = other.records.preferences(CUSTOMER)
    assert (found.services, found.income_level) == (("Stock Trading", "Bonds"), "High")
    assert found.frequency == "Weekly"
    assert not one.records.save_preferences(CUSTOMER, actor="Rita", **stated)


def test_F37_stored_goals_and_fields_that_the_form_does_not_know_survive_a_save(one):
    before = one.records.preferences(CUSTOMER)
    unknown = set(before.goals) - set(GOALS)
    assert unknown
    assert set(before.goals) <= set(before.goal_choices)
    assert one.snapshot().recorded_bank.known_rows["edits"] == 0  # looking saves nothing
    one.records.save_preferences(CUSTOMER, actor="Rita", **_stated(one, frequency="Daily"))
    after = one.records.preferences(CUSTOMER)
    assert after.goals == before.goals
    record = one.customers.profile(CUSTOMER).record.set_index("field")["value"]
    assert record["banking_frequency"] == "Daily"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("income_level", "Enormous"),
        ("risk_tolerance", "reckless"),
        ("goals", ("Rule the World",)),
        ("services", ("Teleport",)),
        ("frequency", "Hourly"),
    ],
)
def test_F37_what_may_not_be_chosen_is_named(small_bank, field, value):
    before = preferences(small_bank["customers"].iloc[0])
    same = {
        "income_level": "",
        "risk_tolerance": "medium",
        "goals": before.goals,
        "services": (),
        "frequency": "",
    }
    assert cells(before, **same) == {}
    with pytest.raises(BadInput, match=r"There is no .*expected one of"):
        cells(before, **{**same, field: value})


def test_an_acknowledged_alert_is_reopened_and_acknowledged_again(one, demo_state):
    other = Engine.open("data/demo", demo_state, now=lambda: NOW)
    feed = one.alerts.open().table
    alert = feed["alert_id"].iloc[0]
    assert not one.alerts.reopen(alert, actor="Rita")
    assert one.alerts.acknowledge(alert, "Rita")
    assert alert not in set(other.alerts.open().table["alert_id"])
    assert other.alerts.reopen(alert, actor="Raj")
    assert not other.alerts.reopen(alert, actor="Raj")
    assert one.alerts.open().table["alert_id"].tolist() == feed["alert_id"].tolist()
    assert one.alerts.acknowledge(alert, "Rita")
    assert other.alerts.open().n_acknowledged == 1


def test_F139_a_market_file_is_kept_as_the_banks_own_and_taken_away_again(
    one, demo_state, monkeypatch
):
    before = one.customers.strategy(CUSTOMER)
    assert not one.records.has_market()
    with pytest.raises(BadInput, match="no column"):
        one.records.save_market(b"day\n", "june.csv")
    assert not one.records.has_market()
    with pytest.raises(NotFound, match="nobody"):
        one.records.preferences("nobody")
    one.records.save_market(b"date,change\n2026-01-31,0.03\n", "june.csv")
    other = Engine.open("data/demo", demo_state, now=lambda: NOW)
    assert other.records.has_market()
    after = other.customers.strategy(CUSTOMER)
    assert after.weights["weight"].tolist() != before.weights["weight"].tolist()
    assert after.weights["weight"].sum() == pytest.approx(1, abs=1e-9)
    assert other.records.remove_market()
    assert not one.records.remove_market()
    assert one.customers.strategy(CUSTOMER).weights.equals(before.weights)

    def refused(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engine.services.records.disk.write_whole", refused)
    n = len(one.trail.table())
    with pytest.raises(OSError, match="No space"):
        one.records.save_market(b"date,change\n2026-01-31,0.03\n", "june.csv")
    assert len(one.trail.table()) == n + 1, "an entry without its file, never a file without it"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"day,change\n2026-01-31,0.03\n", "no column 'date'"),
        (b"date,change\n2026-01-31,plenty\n", "line 2: got"),
        (b"date,change\n2999-01-31,0.01\n", "on or before"),
        (b"date,change\n", "on or before"),
        (b"\xff\xfe\x00", "no CSV text in UTF-8"),
        (b"date,change\n" + b"2026-01-31,0.01\n" * 80_000, "1,000,000 at most"),
    ],
)
def test_F139_a_file_that_cannot_serve_is_refused(content, said):
    with pytest.raises(BadInput, match=said):
        checked(content, "mine.csv", pd.Timestamp("2026-06-30"))


def test_F39_the_needs_text_is_made_of_the_very_phrases_that_products_are_searched_by(one):
    text = one.customers.needs(CUSTOMER)
    needs, row = one.snapshot().signals.needs, one.bank.customer_position(CUSTOMER)
    mine = needs.interests_of(row)
    assert text.startswith("Products are searched by “") and text.endswith(").")
    said = re.findall("“([^”]+)”", text)
    assert len(said) == len(set(said))
    assert set(said) == {phrase(k, i) for k, i in zip(mine["kind"], mine["item"], strict=True)}
    assert text == one.customers.needs(CUSTOMER)
