"""The version that serves goes on after an update, and drift from its training data is said."""

import datetime as dt
import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from engine import Engine
from engine.audit import drift
from engine.bank.importing.import_source import import_bank, update_bank
from engine.feedback import retrain as retraining
from engine.models.categories import TextClassifier
from engine.models.encoder import Encoder, load_encoder
from engine.services.opening.banks import Banks
from engine.settings import default
from engine.state.state import State

NOW = dt.datetime(2026, 3, 1)


def _files(customers: range, factor: float, products: str = "pq") -> dict[str, bytes]:
    """Customers without history: their versions cost no model."""
    rng = np.random.default_rng(7)
    drawn = np.round(rng.lognormal(7, 1, 200) * factor, 2)
    lines = [f"c{i},c{i},current,{drawn[i % 200]}" for i in customers]
    plans = [f"{p},Plan {p}" for p in products]
    return {
        "customers.csv": "\n".join(["customer_id", *(f"c{i}" for i in customers)]).encode(),
        "accounts.csv": "\n".join(["account_id,customer_id,kind,balance", *lines]).encode(),
        "products.csv": "\n".join(["product_id,name", *plans]).encode(),
    }


def _write(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Path:
    """Folder of a bank with its first version."""
    folder = tmp_path_factory.mktemp("served")
    import_bank(_write(folder / "january", _files(range(200), 1.0)), folder / "bank", now=NOW)
    Engine.open(folder / "bank", folder / "state", now=lambda: NOW).models.warm_up()
    return folder


@pytest.fixture
def engine(served: Path, tmp_path: Path) -> Engine:
    shutil.copytree(served, tmp_path, dirs_exist_ok=True)
    return Engine.open(tmp_path / "bank", tmp_path / "state", now=lambda: NOW)


def _written(state: Path) -> dict[Path, bytes]:
    """All files with what they hold; of SQLite's, which its readers tidy up, what is in it."""
    files = [path for path in state.rglob("*") if path.is_file() and "sqlite" not in path.name]
    (folder,) = (path for path in state.iterdir() if (path / "state.sqlite").is_file())
    held = State(state, folder.name).whole_revision
    return {path: path.read_bytes() for path in files} | {folder: held.encode()}


def _change(found: drift.Drift, field: str) -> str:
    return found.fields.set_index("field")["change"][field]


def test_a_preview_says_the_drift_that_an_update_would_bring_and_writes_nothing(engine: Engine):
    before = _written(engine.state)
    newer = _files(range(40, 240), 4.0, "pqr")
    preview = Banks.update_upload(newer, engine.folder, engine.state, mode="whole", preview=True)
    assert _written(engine.state) == before
    found = preview["drift"]
    assert {row["field"]: row["change"] for row in found["fields"]}["balance"] == "large"
    assert (found["n_new_customers"], found["new_products"]) == (40, ["r"])
    assert found["retrain"]
    assert _change(engine.models.drift(), "balance") == "none"

    done = Banks.update_upload(newer, engine.folder, engine.state, mode="whole")
    assert done["drift"] == found
    assert json.dumps(done["drift"])


def test_the_version_serves_on_after_an_update_until_a_retraining_and_then_there_is_no_drift(
    engine: Engine, tmp_path: Path, monkeypatch
):
    source = _write(tmp_path / "february", _files(range(40, 240), 4.0))
    update_bank(source, engine.folder, now=NOW, mode="whole")
    after = Engine.open(engine.folder, engine.state, now=lambda: NOW)
    assert after.offers.recommend("c230").model_version == "v0001"
    found = after.models.drift()
    assert (found.version_id, found.n_new_customers, found.retrain) == ("v0001", 40, True)
    assert found.says[-1].startswith("Retrain")

    report = after.models.retrain()
    assert not report.promoted, "without history it cannot be shown to be better"
    assert after.models.drift().says[-1].startswith("v0002 was fitted on this day")
    monkeypatch.setattr(retraining, "keep_better", lambda old, new: "challenger")
    assert after.models.retrain().promoted
    found = after.models.drift()
    assert (found.version_id, found.n_new_customers, found.retrain) == ("v0003", 0, False)
    assert set(found.fields["change"]) <= {"none", "too few"}


def test_purchases_that_were_recorded_here_count_in_the_drift(engine: Engine):
    assert engine.models.drift().without_history == 1.0
    for i in range(3):
        engine.records.set_consent(f"c{i}", "marketing", "refused", source="call")
    assert engine.models.drift().without_history == 1.0
    for i in (1, 5):  # c1 objects, and is no customer of what is compared
        engine.feedback.record(
            event_id=f"e{i}", customer_id=f"c{i}", product_id="p", action="purchased", actor="Rita"
        )
    assert engine.models.drift().without_history == pytest.approx(196 / 197)


def test_a_version_of_a_release_that_kept_no_bins_says_so(engine: Engine, monkeypatch):
    monkeypatch.setattr(drift.TrainingData, "save", lambda self, folder: None)
    monkeypatch.setattr(retraining, "keep_better", lambda old, new: "challenger")
    engine.models.retrain()
    found = engine.models.drift()
    assert (found.says, found.retrain) == ((drift.NO_RECORD,), True)


def test_columns_that_became_proxies_since_are_not_compared(engine: Engine):
    file = engine.snapshots.state.settings_file
    file.parent.mkdir(parents=True)
    file.write_text('[fairness]\nproxies = ["annual_income"]\n', "utf-8")
    found = engine.models.drift()
    assert (found.says, len(found.fields)) == ((drift.OTHER_PROXIES,), 0)


def _name_classifier(engine: Engine, folder: Path, encoder: Encoder) -> None:
    """A classifier of spending that reads an encoder's vectors, named in the bank's settings."""
    none, meaning = np.zeros((0, 2)), np.zeros((encoder.dimension, 2))
    labels, grams = ("fuel", "food"), ()
    TextClassifier(labels, grams, none[:, 0], none, meaning, np.zeros(2), encoder).save(folder, {})
    file = engine.snapshots.state.settings_file
    file.parent.mkdir(parents=True)
    file.write_text(f'[models]\ncategoriser = "{folder}"\n', "utf-8")


def test_drift_reads_spending_with_the_encoder_that_its_classifier_asks_for(
    engine: Engine, tmp_path: Path
):
    _name_classifier(engine, tmp_path / "spending", load_encoder(default()))
    assert _change(engine.models.drift(), "balance") == "none"


def test_a_classifier_that_cannot_be_read_stops_no_update(engine: Engine, tmp_path: Path):
    other = SimpleNamespace(name="another", sha256="a" * 64, dimension=3)
    _name_classifier(engine, tmp_path / "spending", other)
    found = engine.models.drift()
    assert "run fit-text again" in found.says[0] and len(found.says) == 1
    newer = _files(range(40, 240), 4.0)
    done = Banks.update_upload(newer, engine.folder, engine.state, mode="whole")
    assert "run fit-text again" in done["drift"]["says"][0]


def test_a_bank_that_nobody_opened_has_nothing_to_drift_from(tmp_path: Path):
    source = _write(tmp_path / "january", _files(range(20), 1.0))
    bank, _ = import_bank(source, tmp_path / "bank", now=NOW)
    found = Banks.drift_after(bank, tmp_path / "state")
    assert found.says == ("No version serves this bank yet, so there is nothing to drift from.",)
    assert not (tmp_path / "state").exists()
