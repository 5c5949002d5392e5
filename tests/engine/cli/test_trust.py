"""The commands confidence and stability, as a person and as a program read them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine import Engine
from engine.cli import app
from engine.errors import BadInput


@pytest.fixture
def run(small_demo: Path, small_state: Path):
    def command(*words: str) -> str:
        done = CliRunner().invoke(
            app, [*words, "--data", str(small_demo), "--state", str(small_state)]
        )
        assert done.exit_code == 0, done.output
        return done.stdout

    return command


def test_confidence_prints_what_was_promised_and_taken(run):
    said = run("confidence")
    for heading in ("Errors, with 95 % intervals", "Promised and taken", "Words", "Sets that hold"):
        assert heading in said
    assert "simulated" in said and "Bar for a confident offer" in said


def test_confidence_as_json_has_every_table_and_no_nan(run):
    found = json.loads(run("confidence", "--json"))
    assert {"figures", "reliability", "curve", "words", "sets", "marks", "bar"} <= set(found)
    assert found["figures"][0]["measure"] == "ece" and found["reason"] == ""
    assert [row["word"] for row in found["words"]] == ["high", "fair", "low"]


def test_F123_stability_as_json_says_what_was_changed_and_what_stays(small_bank, tmp_path: Path):
    small_bank.save(tmp_path / "bank")
    where = ("--data", str(tmp_path / "bank"), "--state", str(tmp_path / "state"))
    asked = ["stability", "--json", "--list", "retention", "--seed", "11", *where]
    Engine.open(tmp_path / "bank", tmp_path / "state").models.warm_up()
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["list"] == "retention" and found["other_seed"] == 11
    assert found["balance_noise"] == 0.05 and found["sentiment_noise"] == 0.1
    first = found["table"][0]
    assert first["segment"] == "Everybody" and 0 <= first["low"] <= first["jaccard"] <= 1


@pytest.mark.parametrize(
    ("words", "said"),
    [(("--list", "both"), "There is no list 'both'"), (("--seed", "-1"), "a seed is 0 or more")],
)
def test_stability_refuses_a_list_or_a_seed_that_there_is_not(
    small_demo: Path, small_state: Path, words, said
):
    where = ("--data", str(small_demo), "--state", str(small_state))
    done = CliRunner().invoke(app, ["stability", *words, *where])
    assert isinstance(done.exception, BadInput)
    assert said in str(done.exception)
