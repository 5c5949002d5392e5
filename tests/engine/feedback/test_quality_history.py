"""How good each version was, with the rival of its own test beside it."""

import pytest

from engine.audit import grading
from engine.bank.bank import Bank
from engine.feedback.quality_history import quality_history
from engine.feedback.registry import Registry
from engine.state.state import State
from tests.conftest import DEMO


@pytest.fixture(scope="module")
def registry(trained_state):
    return Registry(State(trained_state, Bank.load(DEMO).bank_id))


def test_F172_a_version_stands_beside_the_best_rival_of_its_own_test(registry):
    shown = quality_history(registry)
    champion = registry.champion()
    assert list(shown["version_id"]) == [champion.version_id]
    row = shown.iloc[0]
    judged = grading.load(champion.folder)
    systems = judged.systems.query("metric == 'map@7'").set_index("system")["value"]
    assert row["rival"] == judged.rival
    assert row["rival_value"] == systems[judged.rival]
    assert row["value"] == pytest.approx(champion.facts.metrics["map@7"])
    assert row["low"] < row["value"] < row["high"]
    assert row["n"] == judged.n


def test_F162_a_version_keeps_the_kind_of_its_split_its_n_and_the_rivals_it_was_held_against(
    registry,
):
    champion = registry.champion()
    details, judged = champion.facts.details, grading.load(champion.folder)
    assert details["split"] == "by time"
    days = [details[name] for name in ("fit_from", "fit_until", "holdout_from", "holdout_until")]
    assert days == sorted(days) and days[-1] <= Bank.load(DEMO).manifest.as_of
    assert details["n_adopters"] >= judged.n > 0
    assert details["n_adopted"] >= details["n_adopters"]
    assert {"random", "popular_owned", "item_to_item"} <= set(judged.systems["system"])


def test_F172_versions_that_cannot_be_read_or_judged_have_no_row(tmp_path):
    assert quality_history(Registry(State(tmp_path, "bank-1"))).empty
