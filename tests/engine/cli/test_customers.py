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


def test_F148_pseudonyms_without_a_file_or_with_json_are_refused_before_anything_is_printed(
    tmp_path: Path,
):
    plan = tmp_path / "plan.toml"
    plan.write_text("")
    commands = (
        ["customers"],
        ["takers", "--product", "P34"],
        ["segments"],
        ["campaign", str(plan)],
    )
    for command in commands:
        done = CliRunner().invoke(app, [*command, "--pseudonyms"])
        assert (done.exit_code, done.stdout) == (1, "")
        assert "is for the file that --out writes; name one" in str(done.exception), command
        file = ["--out", str(tmp_path / "file.csv"), "--json"]
        done = CliRunner().invoke(app, [*command, "--pseudonyms", *file])
        assert (done.exit_code, done.stdout) == (1, "")
        assert "--json prints who customers are" in str(done.exception), command
    assert [one.name for one in tmp_path.iterdir()] == ["plan.toml"]


def test_F148_a_file_with_pseudonyms_prints_nobody(demo_state: Path, tmp_path: Path):
    file, where = tmp_path / "few.csv", ["--data", str(DEMO), "--state", str(demo_state)]
    command = ["customers", *where, "--selection", "0:no_list", "--out", str(file)]
    done = CliRunner().invoke(app, [*command, "--pseudonyms"])
    assert (done.exit_code, done.stdout) == (0, f"Written: {file}\n")
    assert "C0" not in file.read_text("utf-8-sig")
