"""A state folder with one damaged thing: what is whole serves, and the rest is named."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from engine import Engine
from engine.cli import app
from engine.errors import BadInput
from engine.lab.torture import damages as damaging
from tests.conftest import DEMO


def opened(bank: Path, state: Path) -> Engine:
    engine = Engine.open(bank, state)
    engine.models.warm_up()
    return engine


def test_no_seed_ends_in_an_error_of_its_own_or_without_a_word(demo_state, tmp_path):
    shutil.rmtree(demo_state / "banks", ignore_errors=True)
    seeds = []
    for seed in range(1, 40):
        shutil.copytree(demo_state, copy := tmp_path / f"copy{seed}")
        done = damaging.damaged(copy, seed)
        # The only version would be fitted anew, which takes longer than a test may.
        if "/versions/" not in done.place and done.kind != "removed":
            seeds.append(seed)
    found = damaging.damages(seeds[:2], DEMO, demo_state, opened)
    assert found.passed, found.trials.to_string()
    assert found.trials["seed"].tolist() == seeds[:2]
    counts = found.to_json()["counts"]
    assert counts["tried"].tolist()[-1] == 2 and counts["kind"].tolist()[-1] == "all"
    said = found.trials.loc[found.trials["outcome"] != damaging.SAME, "said"]
    assert said.str.len().gt(20).all()


def test_a_folder_that_does_not_serve_is_no_measure(tmp_path):
    with pytest.raises(BadInput, match="could be damaged"):
        damaging.damages((1,), DEMO, tmp_path, lambda *_: 1 / 0)


def test_the_command_fails_aloud_and_refuses_other_seeds(monkeypatch, tmp_path):
    row = (1, "empty", "events.csv", damaging.RAW, "ValueError: x", 0)
    columns = ["seed", "kind", "place", "outcome", "said", "lost"]
    report = damaging.DamageReport(pd.DataFrame([row], columns=columns), ("no permission",), 1.0)
    monkeypatch.setattr(damaging, "damages", lambda *_: report)
    asked = ["torture-state", "--state", str(tmp_path), "--data", str(DEMO)]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 1 and "FAILED" in done.output and "ValueError" in done.output
    assert CliRunner().invoke(app, [*asked, "--seeds", "a-b"]).exit_code == 2
