"""The overlay: consents and edits beside a base that stays as it was imported."""

import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

import pytest

import engine
from engine import settings as _settings
from engine.bank import disk
from engine.bank.overlay import Overlay, effective_consents
from engine.errors import BadInput, StateError
from engine.vocabulary import PRODUCT_SCORES

NOON = datetime(2023, 1, 1, 12)  # before the base's own consents, on purpose
ROOT = Path(engine.__file__).parents[1]


@pytest.fixture
def overlay(tmp_path, small_bank):
    return Overlay(tmp_path, small_bank.bank_id)


def allowed(overlay, bank, purpose):
    frame = effective_consents(overlay.apply(bank), _settings.default())
    return bank.customer_ids[frame[f"{purpose}_allowed"]].tolist()


def test_an_untouched_overlay_gives_the_same_bank_and_writes_nothing(overlay, small_bank, tmp_path):
    assert overlay.apply(small_bank) is small_bank
    assert list(tmp_path.iterdir()) == []
    assert overlay.folder("events") == tmp_path / small_bank.bank_id / "events"


def test_an_objection_wins_over_the_base_even_if_the_clock_says_it_is_older(overlay, small_bank):
    assert "ann" in allowed(overlay, small_bank, "personalisation")
    overlay.set_consent("ann", "personalisation", "refused", now=NOON, source="page")
    assert "ann" not in allowed(overlay, small_bank, "personalisation")
    assert allowed(overlay, small_bank, "social") == ["ann"], "other purposes stay"


def test_a_customer_may_change_their_mind(overlay, small_bank):
    overlay.set_consent("dee", "marketing", "granted", now=NOON, source="page")
    assert "dee" in allowed(overlay, small_bank, "marketing")
    overlay.set_consent("dee", "marketing", "refused", now=NOON, source="page")
    assert "dee" not in allowed(overlay, small_bank, "marketing")
    assert overlay.consents()["status"].tolist() == ["refused"]
    assert overlay.consent_history()["status"].tolist() == ["granted", "refused"]


def test_the_base_is_never_written(overlay, small_bank):
    before = small_bank.fingerprint
    overlay.set_consent("ann", "marketing", "refused", now=NOON, source="page")
    overlay.edit("customers", "ann", "relationship_manager", "Raj", now=NOON, actor="Raj")
    changed = overlay.apply(small_bank)
    assert small_bank["customers"].loc[0, "relationship_manager"] == "Rita"
    assert len(small_bank["consents"]) == 3
    assert changed.fingerprint != before
    assert changed.bank_id == small_bank.bank_id


def test_another_process_sees_a_consent_at_once(overlay, small_bank, tmp_path):
    before = overlay.revision
    code = (
        "import sys, datetime; from engine.bank.overlay import Overlay;"
        "Overlay(sys.argv[1], sys.argv[2]).set_consent("
        "'ann', 'marketing', 'refused', now=datetime.datetime(2024, 1, 1), source='cli')"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), small_bank.bank_id], check=True, cwd=ROOT
    )
    assert overlay.revision != before
    assert "ann" not in allowed(overlay, small_bank, "marketing")


@pytest.mark.parametrize(
    ("purpose", "status", "expected"),
    [("sale", "granted", "personalisation, social"), ("social", "maybe", "granted, refused")],
)
def test_a_consent_outside_the_vocabulary_is_refused(overlay, purpose, status, expected):
    with pytest.raises(BadInput, match=expected):
        overlay.set_consent("ann", purpose, status, now=NOON, source="page")
    assert overlay.consents().empty


def test_the_last_edit_of_a_cell_stands(overlay, small_bank):
    for manager in ("Raj", "Zoe", None):
        overlay.edit("customers", "ann", "relationship_manager", manager, now=NOON, actor="Zoe")
    overlay.edit("customers", "eve", "relationship_manager", "Zoe", now=NOON, actor="Zoe")
    overlay.edit("customers", "nobody", "relationship_manager", "Zoe", now=NOON, actor="Zoe")
    managers = overlay.apply(small_bank)["customers"]["relationship_manager"]
    assert managers.isna().tolist() == [True, False, False, False, False, False]
    assert managers[4] == "Zoe"
    assert len(overlay.edits()) == 5


def test_product_scores_are_the_banks_own_once_all_five_were_edited(overlay, small_bank):
    estimated = small_bank.with_tables(
        products=small_bank["products"].assign(scores_estimated=True)
    )
    for score in PRODUCT_SCORES[:4]:
        overlay.edit("products", "card", score, 7, now=NOON, actor="Ana")
    assert overlay.apply(estimated)["products"]["scores_estimated"].all()
    overlay.edit("products", "card", PRODUCT_SCORES[4], 7.5, now=NOON, actor="Ana")
    overlay.edit("products", "save", "sensitive", True, now=NOON, actor="Ana")
    products = overlay.apply(estimated)["products"]
    assert products.loc[0, list(PRODUCT_SCORES)].tolist() == [7, 7, 7, 7, 7.5]
    assert products["scores_estimated"].tolist() == [False, True, True, True, True]
    assert products["sensitive"].tolist() == [True, False, False, True, True]
    assert products.dtypes.equals(estimated["products"].dtypes)


@pytest.mark.parametrize(
    ("table", "column", "value", "problem"),
    [
        ("customers", "gender", "x", "relationship_manager"),
        ("holdings", "product_id", "x", "customers, products"),
        ("products", "risk_customer", 11, "0-10"),
        ("products", "risk_customer", "high", "expected a number"),
    ],
)
def test_an_edit_that_is_not_allowed_is_refused(overlay, table, column, value, problem):
    with pytest.raises(BadInput, match=problem):
        overlay.edit(table, "card", column, value, now=NOON, actor="Ana")


def test_a_reset_gives_a_clean_state_and_keeps_the_old_aside(overlay, small_bank):
    overlay.set_consent("ann", "marketing", "refused", now=NOON, source="page")
    for name in ("cache", "versions"):
        overlay.folder(name).mkdir()
        (overlay.folder(name) / "thing").write_text(name)

    aside = overlay.reset()

    assert overlay.apply(small_bank) is small_bank
    assert (overlay.folder("cache") / "thing").read_text() == "cache"
    assert not overlay.folder("versions").exists()
    assert (aside / "versions" / "thing").exists()
    assert (aside / "consents" / "consents.csv").exists()
    overlay.set_consent("ben", "marketing", "refused", now=NOON, source="page")
    assert overlay.consents()["customer_id"].tolist() == ["ben"]
    assert overlay.reset() != aside


def test_a_reset_can_delete_and_needs_no_state(overlay, tmp_path):
    assert overlay.reset() is None
    overlay.set_consent("ann", "marketing", "refused", now=NOON, source="page")
    assert overlay.reset(delete=True, keep=()) is None
    assert not overlay.root.exists()
    assert list((tmp_path / ".aside").iterdir()) == []


def test_a_reset_waits_for_no_retraining(overlay, monkeypatch):
    monkeypatch.setattr("engine.bank.overlay._RESET_WAIT_SECONDS", 0.01)
    overlay.set_consent("ann", "marketing", "refused", now=NOON, source="page")
    with disk.held(overlay.folder("versions") / "retrain.lock"):
        with pytest.raises(StateError, match="a retraining"):
            overlay.reset()
        assert len(overlay.consents()) == 1


def test_writers_and_resets_do_not_disturb_each_other(tmp_path):
    def write():
        for i in range(40):
            writer = Overlay(tmp_path, "bank-1")
            writer.records.set_consent(f"c{i}", "social", "refused", now=NOON, source="page")

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    moved = [Overlay(tmp_path, "bank-1").reset() for _ in range(5)]
    for thread in threads:
        thread.join()
    here = Overlay(tmp_path, "bank-1")
    aside = [Overlay(path.parent, path.name) for path in moved if path]
    assert sum(len(o.consent_history()) for o in [here, *aside]) == 120
    assert all(o.damage().empty for o in [here, *aside])


def test_a_damaged_consent_is_reported_with_its_file(overlay):
    overlay.set_consent("ann", "marketing", "refused", now=NOON, source="page")
    path = overlay.folder("consents") / "consents.csv"
    path.write_bytes(path.read_bytes().replace(b"refused", b"granted"))
    found = Overlay(overlay.state, overlay.bank_id).damage()
    assert found[["file", "line"]].to_numpy().tolist() == [["consents.csv", 2]]


def test_an_alert_is_acknowledged_once_and_no_view_is_built_anew_for_it(overlay):
    revision = overlay.revision
    assert overlay.alerts.table().empty
    assert overlay.alerts.acknowledge("a1b2", now=NOON, actor="Rita")
    assert not Overlay(overlay.state, overlay.bank_id).alerts.acknowledge(
        "a1b2", now=NOON, actor="Raj"
    )
    found = overlay.alerts.table()
    assert found.to_dict("records") == [
        {"alert_id": "a1b2", "acknowledged_at": NOON, "actor": "Rita"}
    ]
    assert overlay.revision == revision
    overlay.reset()
    assert overlay.alerts.table().empty


def test_an_overlay_can_be_read_as_it_was(overlay, small_bank, tmp_path):
    overlay.set_consent("ann", "marketing", "refused", now=NOON, source="page")
    overlay.edit("customers", "ann", "relationship_manager", "Raj", now=NOON, actor="Rita")
    until = {"consents": len(overlay.consent_history()), **overlay.extent}
    assert until == {"consents": 1, "edits": 1, "transactions": 0, "messages": 0}
    overlay.set_consent("ann", "marketing", "granted", now=NOON, source="page")
    overlay.edit("customers", "ann", "relationship_manager", "Rita", now=NOON, actor="Raj")
    then = Overlay(tmp_path, small_bank.bank_id, until=until).apply(small_bank)
    assert then["customers"]["relationship_manager"].iloc[0] == "Raj"
    marketing = then["consents"].query("purpose == 'marketing' and customer_id == 'ann'")
    assert marketing["status"].tolist() == ["refused"]
