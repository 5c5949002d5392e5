"""The command levers, as a person and as a program read it."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from engine.cli import app
from engine.state.state import State
from tests.conftest import DEMO


@pytest.fixture
def run(demo_state: Path):
    def command(*words: str) -> Result:
        where = ("--data", str(DEMO), "--state", str(demo_state))
        return CliRunner().invoke(app, ["levers", *words, *where])

    return command


def test_F109_what_is_taken_back_as_json_is_json_alone(run):
    more_needs = ("--set", "ranking.emphasis.needs=2", "--save", "pushed", "--apply", "pushed")
    assert "In force: pushed" in run(*more_needs, "--as", "Mona").stdout
    asked = run("--take-back", "--json")
    assert asked.exit_code == 1
    assert "second person" in str(asked.exception)  # the gap of Deposit was wider before
    assert "Wait for a second person" in run().output
    assert "'command line' is nobody's name" in str(run("--take-back").exception)
    proposed = run("--take-back", "--as", "Otto")
    assert "Otto proposed to take back pushed" in str(proposed.exception)
    done = run("--take-back", "--as", "Mona", "--json")
    assert done.exit_code == 0, done.exception
    assert json.loads(done.stdout)["changes"] == []
    assert "in force: none" in run().stdout


def test_to_save_nothing_is_refused_and_not_passed_over(run):
    done = run("--save", "empty")
    assert done.exit_code == 2
    assert "--save keeps changes" in done.output


def test_takers_of_a_segment_that_nobody_is_in_is_an_error_that_names_the_segments(demo_state):
    where = ("--data", str(DEMO), "--state", str(demo_state), "--product", "P34")
    done = CliRunner().invoke(app, ["takers", *where, "--segment", "Rich", "--json"])
    assert (done.exit_code, done.stdout) == (1, "")
    assert "Nobody in this bank has the segment 'Rich'; there are High churn" in str(done.exception)
    done = CliRunner().invoke(app, ["takers", *where, "--churn-band", "low", "--json"])
    assert {row["churn_band"] for row in json.loads(done.stdout)["table"]} == {"low"}


def test_persona_tests_are_kept_checked_and_removed(demo_state: Path):
    def personas(*words: str) -> Result:
        where = ("--data", str(DEMO), "--state", str(demo_state))
        return CliRunner().invoke(app, ["personas", *words, *where])

    assert "No persona test is kept" in personas().stdout
    kept = personas("--gets-not", "C00003=P01", "--why", "no longer wanted", "--json")
    [test] = json.loads(kept.stdout)["tests"]
    assert (test["customer_id"], test["must"], test["holds"]) == ("C00003", "not get", True)
    assert "Nobody asks for C00003 and P02" in str(personas("--remove", "C00003=P02").exception)
    [file] = demo_state.glob("*/state.sqlite")
    kept = State(demo_state, file.parent.name).personas
    kept.append([kept.read().iloc[-1].to_dict() | {"product_id": "P99"}])
    listed = personas()
    assert listed.exit_code == 1 and "P99" in listed.stdout
    assert personas("--remove", "C00003=P99").exit_code == 0
    assert json.loads(personas("--remove", "C00003=P01", "--json").stdout)["tests"] == []
