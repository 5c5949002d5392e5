"""Everything that decides is registered, with whoever answers for it, and nothing is made up."""

from pathlib import Path

import pandas as pd
import pytest

from engine.customers.learned_metrics.store import LEARNABLE
from engine.governance import inventory, register
from engine.governance.inventory import NO_OWNER, Known
from engine.labels import RULE_LABELS
from engine.models.inventory import inventory as parts
from engine.settings import load
from engine.vocabulary import PARTS

ROOT = Path(__file__).resolve().parents[3]
METRICS = pd.DataFrame(
    [("churn", "learned", "index", 812, 0.74, "2026-05-01"), ("profit", "scorecard", *[None] * 4)],
    columns=["metric", "source", "form", "n", "quality", "fitted_on"],
)


@pytest.fixture(scope="module")
def known() -> Known:
    return Known("v0003", "2026-06-30T10:00:00+00:00", "B", parts(load()), METRICS, "3e8ba8cd")


def test_no_signal_metric_part_or_rule_is_missing_in_the_register(known):
    covered = {name for entry in register.entries() for name in entry.covers}
    rules = set(RULE_LABELS) - {"allowed"}
    assert {*PARTS, *LEARNABLE, *known.parts["part"], *rules} - covered == set()


def test_every_entry_says_what_it_is_for_what_not_its_limits_and_where_it_is_decided():
    for entry in register.entries():
        texts = (entry.purpose, entry.not_for, entry.inputs, entry.limits)
        assert all(text.endswith(".") for text in texts), entry.key
        assert (ROOT / entry.decided_in).exists(), entry.decided_in


def test_nobody_is_named_unless_settings_do_and_an_owner_of_nothing_is_found(known):
    table = inventory.inventory(known, {}).set_index("key")
    assert set(table["owner"]) == {NO_OWNER}
    owners = {"churn": "Ada", "everything": "Risk desk", "chrun": "Bob", "drift": "Cy"}
    table = inventory.inventory(known, owners).set_index("key")
    assert table["owner"]["churn"] == "Ada"
    assert table["owner"]["eligibility"] == "Risk desk"
    assert inventory.owner_of("drift", owners) == "Cy"
    assert inventory.unknown_owners(owners) == ["chrun"]


def test_the_last_validation_is_that_of_the_version_of_the_labels_or_none(known):
    table = inventory.inventory(known, {}).set_index("key")
    assert table["validated_on"]["ranking"] == pd.Timestamp("2026-06-30")
    assert "grade B" in table["validation"]["ranking"]
    assert table["validated_on"]["churn"] == pd.Timestamp("2026-05-01")
    assert "812 labels" in table["validation"]["churn"]
    assert pd.isna(table["validated_on"]["profit"])
    assert "Not validated" in table["validation"]["profit"]
    assert table["sha256"]["embeddings"] == known.parts.set_index("part")["sha256"]["embeddings"]


def test_before_the_first_version_nothing_is_said_to_be_validated(known):
    none = Known("", "", "", known.parts, METRICS, "3e8ba8cd")
    table = inventory.inventory(none, {}).set_index("key")
    assert table["version"]["ranking"] == "none yet"
    assert pd.isna(table["validated_on"]["ranking"])
