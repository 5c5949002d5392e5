"""`check` names what is damaged, and its exit code says whether something is."""

import json
from pathlib import Path

import pandas as pd
from typer.testing import CliRunner

from engine import Engine
from engine.bank.bank import Bank, Manifest
from engine.cli import app


def test_check_names_a_damaged_event_and_whose_it_is(small_bank: Bank, tmp_path: Path):
    small_bank.save(tmp_path / "bank")
    state = tmp_path / "state"
    engine = Engine.open(tmp_path / "bank", state, now=lambda: pd.Timestamp("2025-01-10"))
    said = {"event_id": "e1", "customer_id": "ben", "product_id": "card", "action": "dismissed"}
    engine.feedback.record(**said, actor="Rita", comment="no")
    asked = ["check", "--data", str(tmp_path / "bank"), "--state", str(state)]
    done = CliRunner().invoke(app, asked)
    assert (done.exit_code, done.stdout) == (0, "Every record is what was written.\n")

    path = engine.snapshots.events.path
    path.write_bytes(path.read_bytes().replace(b",no,", b",nn,"))
    done = CliRunner().invoke(app, [*asked, "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["damage"] == [{"source": "events.csv", "row": 2, "about": "ben"}]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 1 and "events.csv" in done.stdout and "ben" in done.stdout


def test_check_names_a_damaged_consent_and_that_it_counts_as_refused(
    small_bank: Bank, tmp_path: Path
):
    small_bank.save(tmp_path / "bank")
    engine = Engine.open(tmp_path / "bank", tmp_path / "state")
    engine.records.set_consent("ann", "marketing", "granted", source="page")
    state = engine.snapshots.state
    assert engine.facts.damage(thorough=True).empty
    with state.store.writing() as connection:
        connection.execute("UPDATE consents SET customer_id = 'dee'")
    state.store.close()
    asked = ["check", "--data", str(tmp_path / "bank"), "--state", str(tmp_path / "state")]
    done = CliRunner().invoke(app, [*asked, "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["damage"] == [
        {"source": "state.sqlite", "row": "consents 1", "about": about}
        for about in ("was changed", "counts as refused: customer ann, marketing")
    ]


def test_check_says_the_drift_against_the_training_of_the_version_that_serves(tmp_path: Path):
    ids = [f"c{i}" for i in range(50)]
    tables = {
        "customers": pd.DataFrame({"customer_id": ids}),
        "products": pd.DataFrame({"product_id": ["p"], "name": ["Plan"]}),
    }
    Bank.from_tables(Manifest("Checked", as_of="2026-01-31"), tables).save(tmp_path / "bank")
    Engine.open(tmp_path / "bank", tmp_path / "state").models.warm_up()
    asked = ["check", "--data", str(tmp_path / "bank"), "--state", str(tmp_path / "state")]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0
    assert "Against the training data of v0001" in done.stdout
    assert "drift     There is no need to retrain because of it." in done.stdout
    said = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    assert (said["damage"], said["drift"]["version_id"]) == ([], "v0001")
