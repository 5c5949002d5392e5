"""Who is behind a number, from the command line."""

import json
from pathlib import Path

from typer.testing import CliRunner

from engine.cli import app
from tests.conftest import DEMO


def test_customers_of_a_selection_are_printed_and_written(demo_state: Path, tmp_path: Path):
    file = tmp_path / "none.csv"
    where = ["--data", str(DEMO), "--state", str(demo_state)]
    command = ["customers", *where, "--selection", "0:no_list", "--out", str(file), "--json"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["n"] == len(said["customers"]) > 0
    assert said["title"] == "Without a list"
    assert len(file.read_text("utf-8-sig").splitlines()) == said["n"] + 1
