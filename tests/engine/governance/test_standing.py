"""What stands open is what somebody moved: not the currency, not a named setting twice, nobody."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from engine import Engine
from engine.bank.bank import Bank
from engine.state.named_settings import NamedSettings
from engine.vocabulary import TABLES

NOW = dt.datetime(2026, 7, 15, 9, 0, tzinfo=dt.UTC)
WHO = {"now": NOW, "actor": "Rita", "why": "asked"}


@pytest.fixture
def crowns(small_bank: Bank, tmp_path: Path) -> Engine:
    """A bank in crowns; nothing is trained, for nothing here needs a list."""
    manifest = dataclasses.replace(small_bank.manifest, currency="CZK")
    Bank.from_tables(manifest, {name: small_bank[name] for name in TABLES}).save(tmp_path / "bank")
    return Engine.open(tmp_path / "bank", tmp_path / "state", now=lambda: NOW)


def _put(engine: Engine, text: str) -> None:
    file = engine.snapshots.state.settings_file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def _overrides(engine: Engine) -> list[tuple[str, str, int, str]]:
    table = engine.governance.overrides()
    return [*table[["kind", "what", "n", "by"]].itertuples(index=False, name=None)]


def test_amounts_in_the_currency_of_the_bank_and_names_of_staff_are_no_setting_that_was_moved(
    crowns: Engine,
):
    assert crowns.governance.changed() == {}
    _put(crowns, '[pilot]\nmanagers = ["Rita"]\n[governance.owners]\nchurn = "Rita"\n')
    assert crowns.governance.changed() == {}
    _put(crowns, "[money]\ncost_to_serve = 77.0\n")
    assert crowns.governance.changed() == {"money.cost_to_serve": 77.0}


def test_a_named_setting_in_force_stands_once_and_what_the_file_has_of_its_own_beside_it(
    crowns: Engine,
):
    _put(crowns, "[guard]\nmax_per_category = 1\n")
    kept = NamedSettings(crowns.snapshots.state)
    kept.save("calm", {"ranking": {"emphasis": {"needs": 0.5, "mood": 0.5}}}, **WHO)
    kept.apply("calm", **WHO)
    assert _overrides(crowns) == [
        ("setting in force", "calm", 1, "Rita"),
        ("setting in the bank's file", "Guard: max per category = 1", 1, ""),
    ]


def test_who_recorded_a_consent_is_by_the_trail_and_an_erased_customer_stands_nowhere(
    crowns: Engine,
):
    crowns.records.set_consent("ann", "social", "refused", source="page", actor="Rita")
    crowns.records.set_consent("ben", "marketing", "refused", source="page", actor="Kim")
    crowns.records.edit("customers", "ann", "goals", "a house", actor="Kim")
    assert _overrides(crowns) == [
        ("edited record", "Goals (customers)", 1, "Kim"),
        ("consent recorded here", "Marketing: refused", 1, "Kim"),
        ("consent recorded here", "Social: refused", 1, "Rita"),
    ]
    crowns.erasing.erase("ann", actor="Kim")
    assert _overrides(crowns) == [("consent recorded here", "Marketing: refused", 1, "Kim")]


def test_a_consent_without_an_entry_in_the_trail_was_recorded_by_nobody_who_is_known(
    crowns: Engine,
):
    state = crowns.snapshots.state
    state.consents.record("ann", "social", "refused", now=NOW, source="page")
    assert _overrides(crowns) == [("consent recorded here", "Social: refused", 1, "")]
