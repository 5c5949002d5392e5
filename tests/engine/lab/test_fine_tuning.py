"""The encoder is tuned on a bank's own adoptions, and only the better of two is kept (F201)."""

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from engine import Engine
from engine.bank.bank import Bank, Manifest
from engine.cli import app
from engine.errors import TrainingError, WeightsError
from engine.lab.fine_tuning import tune_encoder
from engine.models import weights
from tests.engine.models.tiny import sentence_encoder

N = 240
WANTS = {"flights": "p-card", "mortgage": "p-loan", "savings": "p-save"}
SETTINGS = """
[models.folders]
"all-MiniLM-L6-v2" = "{folder}"
[finetuning]
learning_rate = {rate}
batch = 16
"""


def quiet(done: float, step: str) -> None:
    del done, step


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sentence_encoder(tmp_path_factory.mktemp("encoder"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Customers who take what they had stated as their goal, one a day, but for every seventh."""
    goals = [list(WANTS)[i % 3] for i in range(N)]
    taken = [WANTS[goals[i + 1] if i % 7 == 0 else goals[i]] for i in range(N - 1)]
    frames = {
        "customers": pd.DataFrame({"customer_id": [f"c{i:03}" for i in range(N)], "goals": goals}),
        "products": pd.DataFrame(
            {
                "product_id": ["p-card", "p-loan", "p-save", "p-z"],
                "name": ["portugal card", "new house loan", "retirement plan", "great app"],
            }
        ),
        "holdings": pd.DataFrame(
            {
                "customer_id": [f"c{i:03}" for i in range(N - 1)],
                "product_id": taken,
                "opened_on": pd.date_range("2025-01-01", periods=N - 1),
            }
        ),
    }
    Bank.from_tables(Manifest("Tiny", as_of="2025-12-31"), frames).save(tmp_path / "bank")
    return tmp_path


def opened(folder: Path, tiny: Path, rate: float = 0.01) -> Engine:
    engine = Engine.open(folder / "bank", folder / "state")
    file = engine.snapshots.state.settings_file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(SETTINGS.format(folder=tiny.as_posix(), rate=rate), "utf-8")
    return engine


def test_F201_the_tuned_encoder_is_kept_where_it_ranks_better(folder: Path, tiny: Path):
    engine = opened(folder, tiny)
    found = tune_encoder(engine.snapshots, quiet, epochs=3)
    assert found.kept == "after" and found.after[0] > found.before[0]
    assert found.difference[0] == pytest.approx(found.after[0] - found.before[0])
    assert found.difference[1] <= found.difference[0] <= found.difference[2]
    assert found.n > 30 and found.n_pairs >= 50
    assert found.sentence.startswith("Kept the tuned all-MiniLM-L6-v2: MAP@7 of the needs signal")
    kept = Path(found.folder)
    assert json.loads((kept / "fine-tuning.json").read_text("utf-8"))["kept"] == "after"
    # The folder serves as an encoder where the settings name it.
    again = opened(folder, kept)
    assert again.snapshots.encoder.sha256 == weights.sha256_of(kept)
    again.models.warm_up()
    assert again.offers.recommend("c239").offers


def test_F201_no_adoption_that_judges_is_learned_from(folder: Path, tiny: Path, monkeypatch):
    engine, seen = opened(folder, tiny), []
    import engine.lab.fine_tuning as adaptation

    real = adaptation.pairs_of

    def noting(signals, adopted, n):
        seen.append((signals.bank.as_of, adopted.sum()))
        return real(signals, adopted, n)

    monkeypatch.setattr(adaptation, "pairs_of", noting)
    found = tune_encoder(engine.snapshots, quiet)
    assert len(seen) == 3 and all(day < pd.Timestamp(found.until) for day, _ in seen)
    before = (pd.date_range("2025-01-01", periods=N - 1) <= found.until).sum()
    assert sum(n for _, n in seen) < before


def test_F201_without_an_improvement_the_encoder_stays_and_nothing_is_left(
    folder: Path, tiny: Path
):
    engine = opened(folder, tiny, rate=1e-12)
    found = tune_encoder(engine.snapshots, quiet)
    assert found.kept == "before" and found.folder == ""
    assert "stays" in found.sentence or "as it was" in found.sentence
    root = engine.snapshots.state.root
    assert not (root / "encoders").exists() and not (root / "cache" / "fine-tuning").exists()


def test_F201_without_weights_the_error_says_how_to_get_them(folder: Path, monkeypatch):
    monkeypatch.setattr(weights, "PACKAGES", {})
    monkeypatch.setenv("HF_HUB_CACHE", str(folder / "nothing"))
    with pytest.raises(WeightsError, match=r"No weights of all-MiniLM-L6-v2.*\[models.folders\]"):
        tune_encoder(Engine.open(folder / "bank", folder / "state").snapshots, quiet)


def test_F201_without_history_there_is_nothing_to_tune_on(tmp_path: Path, tiny: Path):
    frames = {
        "customers": pd.DataFrame({"customer_id": ["a"]}),
        "products": pd.DataFrame({"product_id": ["p"], "name": ["Pig bank"]}),
    }
    Bank.from_tables(Manifest("Tiny", as_of="2026-06-30"), frames).save(tmp_path / "bank")
    with pytest.raises(TrainingError, match="0 dated adoptions; 200 are needed"):
        tune_encoder(opened(tmp_path, tiny).snapshots, quiet)


def test_F201_the_command_says_what_it_kept(folder: Path, tiny: Path):
    opened(folder, tiny)
    given = ["--data", str(folder / "bank"), "--state", str(folder / "state")]
    done = CliRunner().invoke(app, ["fine-tune", *given, "--epochs", "1", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["kept"] in ("before", "after")
