"""A receipt replays to the list that was shown, and says what is another now."""

import datetime as dt
import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from engine import Engine
from engine.bank import editions
from engine.bank.bank import Bank
from engine.bank.importing.import_source import update_bank
from engine.demo import generate
from engine.feedback.registry import Registry
from engine.receipts.archive import Archive
from engine.receipts.canonical import text_of
from tests.conftest import DEMO
from tests.engine.receipts.conftest import CUSTOMER, NOW, Clock, dismiss, show


def test_a_receipt_replays_to_the_same_list_also_after_a_restart(
    small_demo: Path, standing: Engine
):
    shown = show(standing, "C00006", k=7)
    found = standing.receipts.replay(shown.receipt_id)
    assert found.same and found.n_compared > 100
    assert found.checks["same"].all()
    again = Engine.open(small_demo, standing.state)
    assert again.receipts.replay(found.number).same


def test_what_was_recorded_since_is_left_out_of_a_replay(engine: Engine, clock: Clock):
    shown = show(engine)
    dismiss(engine, shown)
    engine.records.set_consent(CUSTOMER, "marketing", "refused", source="page")
    engine.records.edit("products", shown.offers[1].product_id, "risk_customer", 9.0, actor="Rita")
    engine.records.add_ticket(
        CUSTOMER, submit_id="t1", actor="Rita", text="I was charged twice. This is terrible."
    )
    clock.now += timedelta(days=40)
    now = engine.offers.recommend(CUSTOMER)
    assert [o.product_id for o in now.offers] != [o.product_id for o in shown.offers]
    found = engine.receipts.replay(1)
    assert found.same, found.checks.to_string()
    later = found.checks.set_index("check")["detail"]["Events and records up to then"]
    # Each of the five offers of the list was logged as shown, too.
    assert later == "9 recorded since are left out"


def test_what_was_known_when_a_list_was_shown_is_in_its_replay(standing: Engine):
    before = standing.snapshot().recorded_bank.known_rows["events"]
    dismiss(standing, standing.offers.recommend("C00007"))
    standing.records.set_consent("C00007", "marketing", "granted", source="page")
    shown = show(standing, "C00007")
    dismiss(standing, shown)
    found = standing.receipts.replay(shown.receipt_id)
    assert found.same
    known = standing.receipts.get(found.number).content["decision"]["known"]
    assert known["events"] == before + 1
    assert known["consents"] == len(standing.snapshot().recorded_bank.consent_rows)


def test_the_stored_settings_are_used_and_what_changed_since_is_said(
    engine: Engine, opened: Callable[[], Engine]
):
    shown = show(engine)
    file = engine.state / engine.bank.bank_id / "settings" / "settings.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("[guard]\nmax_per_category = 1\n[confidence]\nboost = 0.05\n")
    again = opened()
    found = again.receipts.replay(shown.receipt_id)
    assert found.same
    detail = found.checks.set_index("check")["detail"]["The stored settings"]
    assert detail.endswith("changed since: confidence.boost, guard.max_per_category")
    other = show(again)
    changed = again.receipts.get(other.receipt_id).content["decision"]["settings"]["changed"]
    assert changed == {"confidence.boost": 0.05, "guard.max_per_category": 1}
    assert again.receipts.replay(other.receipt_id).same


def test_a_setting_that_this_release_does_not_know_is_named_and_left_out(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
):
    show(engine)
    stored = engine.receipts.get(1).content["decision"]["settings"]["sha256"]
    archive = Archive(engine.snapshots.state.receipts.contents)
    content = json.loads(archive.get(stored))
    content["guard"]["moon_phase"] = 1.0
    content["stars"] = {"brightest": "Sirius"}
    monkeypatch.setattr(Archive, "get", lambda self, name: json.dumps(content).encode())
    found = engine.receipts.replay(1)
    assert found.same
    checks = found.checks.set_index("check").loc["The stored settings"]
    assert not checks["same"]
    assert checks["detail"].endswith("unknown to this release: guard.moon_phase, stars.brightest")


def test_a_receipt_replays_with_the_version_that_served_then(engine: Engine):
    shown = show(engine)
    versions = engine.state / engine.bank.bank_id / "versions"
    registry = Registry(engine.snapshots.state)
    with registry.retraining() as draft:
        for name in registry.version("v0001").files:
            shutil.copy(versions / "v0001" / name, draft.folder / name)
        facts = registry.version("v0001").facts
        later = registry.commit(draft, facts, now=NOW)
    registry.promote(later.version_id, now=NOW)
    assert engine.offers.recommend(CUSTOMER).model_version == "v0002"
    found = engine.receipts.replay(shown.receipt_id)
    assert found.same
    assert found.checks.set_index("check")["detail"]["The model version"] == "v0001"


def test_a_metric_that_was_learned_or_removed_since_does_not_change_a_replay(demo_state: Path):
    engine = Engine.open(DEMO, demo_state, now=lambda: NOW)  # in which there are labels enough
    before = show(engine)
    assert engine.learned_metrics.fit("churn", "churned").in_use
    after = show(engine, k=6)
    engine.learned_metrics.remove("churn")
    for shown, metrics in ((before, []), (after, ["churn"])):
        found = engine.receipts.get(shown.receipt_id)
        assert list(found.content["decision"]["metrics"]) == metrics
        assert engine.receipts.replay(found.number).same


def test_a_receipt_replays_where_bank_and_state_were_moved(
    small_demo: Path, engine: Engine, tmp_path: Path
):
    shown = show(engine)
    bank = shutil.copytree(small_demo, tmp_path / "there" / "bank")
    state = engine.state.rename(tmp_path / "there" / "state")
    moved = Engine.open(bank, state)
    assert moved.receipts.verify().sound
    assert moved.receipts.replay(shown.receipt_id).same


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("versions/v0001/blend.npz", "was changed after it was written"),
        ("events/events.csv", "events: 1 were known, 0 are there"),
        ("DELETE FROM receipt_contents", "is gone"),
        ("UPDATE receipt_contents SET content = ''", "was changed"),
        ("DELETE FROM receipt_keys", "the key's mapping is gone"),
    ],
)
def test_a_replay_says_what_is_gone(engine: Engine, what: str, says: str):
    dismiss(engine, engine.offers.recommend(CUSTOMER))
    show(engine)
    path = engine.state / engine.bank.bank_id / what
    if what[:6] in ("DELETE", "UPDATE"):
        with engine.snapshots.state.store.writing("receipt_contents", "receipt_keys") as connection:
            connection.execute(what)
    elif path.suffix == ".npz":
        path.write_bytes(path.read_bytes() + b"x")
    else:
        path.unlink()
    found = engine.receipts.replay(1)
    assert not found.same and found.n_compared == 0
    assert found.verdict.startswith("Cannot be replayed.") and says in found.verdict


def test_a_replay_says_which_record_cannot_be_read_any_more(small_demo: Path, engine: Engine):
    product = engine.bank.product_ids[0]
    engine.records.edit("products", product, "risk_customer", 9.0, actor="Rita")
    show(engine)
    with engine.snapshots.state.store.writing("edits", rewrites=True) as connection:
        connection.execute("UPDATE edits SET value = '1.0'")
    found = Engine.open(small_demo, engine.state).receipts.replay(1)
    details = found.checks.set_index("check")["detail"]
    assert details["Events and records up to then"] == "some cannot be read: edits 1"


def test_a_replay_names_the_first_numbers_that_were_edited(engine: Engine):
    show(engine)
    store = engine.snapshots.state.store
    with store.writing() as connection:
        text = connection.execute("SELECT decision FROM receipts").fetchone()[0]
        decision = json.loads(text)
        decision["offers"][0]["score"] += 1e-8
        decision["inputs"]["signals"]["needs"] = "0" * 32
        connection.execute("UPDATE receipts SET decision = ?", (text_of(decision),))
    found = engine.receipts.replay(1)
    assert not found.same
    assert found.differences["where"].tolist() == ["offers 1 score"]
    assert "1 of" in found.verdict and "the signals" in found.verdict
    assert found.verdict.endswith("But the receipt itself was edited.")
    assert engine.receipts.verify().first_bad == 1


def test_a_receipt_of_another_bank_is_not_replayed(engine: Engine, tmp_path: Path):
    show(engine)
    other = generate(50, 3)
    other.save(tmp_path / "other")
    bank = Bank.load(tmp_path / "other")
    shutil.copytree(engine.state / engine.bank.bank_id, engine.state / bank.bank_id)
    found = Engine.open(tmp_path / "other", engine.state).receipts.replay(1)
    assert found.verdict == "Cannot be replayed. The imported bank: another import is open."


def test_a_receipt_replays_on_the_edition_that_it_was_made_on(
    small_demo: Path, small_copy: Path, tmp_path: Path
):
    folder = shutil.copytree(small_demo, tmp_path / "demo")
    engine = Engine.open(folder, small_copy, now=lambda: NOW)
    shown = show(engine)
    dismiss(engine, shown)
    engine.records.set_consent("C00002", "personalisation", "refused", source="page")
    customers, products = engine.bank["customers"], engine.bank["products"]
    newer = tmp_path / "newer"
    newer.mkdir()
    younger = customers.head(1).assign(customer_id="NEW", annual_income=90_000.0)
    richer = customers.assign(annual_income=customers["annual_income"] * 1.5)
    pd.concat([richer, younger]).to_csv(newer / "customers.csv", index=False)
    products.assign(annual_fee=products["annual_fee"] + 7).to_csv(
        newer / "products.csv", index=False
    )
    bank, _, changes = update_bank(newer, folder, now=dt.datetime(2026, 7, 16))
    assert changes.tables.set_index("table").loc["customers", "new"] == 1
    assert (bank.bank_id, bank.manifest.edition) == (engine.bank.bank_id, 2)

    again = Engine.open(folder, small_copy, now=lambda: NOW)
    found = again.receipts.replay(1)
    assert found.same, found.verdict
    assert found.checks.set_index("check")["detail"]["The imported bank"] == "edition 1, kept"
    after = again.offers.recommend(CUSTOMER)
    assert after.model_version == shown.model_version  # it serves until it is trained anew
    assert shown.offers[0].product_id in {gone.product_id for gone in after.removed}
    assert again.offers.recommend("C00002").offers == ()
    assert len(again.offers.recommend("NEW").offers) == 5

    shutil.rmtree(folder / editions.EARLIER)
    found = again.receipts.replay(1)
    assert "no longer holds edition 1" in found.verdict
