"""Whatever dies, whenever: what was acknowledged is there, once, and one version serves."""

import json

import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.errors import BadInput
from engine.lab.torture import torture as torturing
from engine.lab.torture.events import split


def test_twenty_kills_lose_split_repeat_and_damage_nothing(tmp_path):
    (tmp_path / "mine").write_text("kept")
    found = torturing.torture(20, tmp_path, seed=1)
    assert found.passed, found.checks.to_string()
    assert sum(found.places.values()) == 20
    assert min(found.places.values()) >= 3, "every place gets its kills"
    n = found.checks.set_index("check")["n"]
    assert n["acknowledged events are there"] >= 20
    assert n["a reader sees whole rows"] >= 3
    assert (n["power lost at any offset"], n["clock goes back"]) == (60, 40)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_half_a_batch_is_seen_and_a_whole_one_is_none():
    assert split({"0-1/2.0"}) == {"0-1/2"}
    assert split({"0-1/2.0", "0-1/2.1", "0-2/1.0"}) == set()


def test_the_command_says_what_was_found_and_fails_aloud(monkeypatch):
    few = torturing.TortureReport(
        kills=20,
        places={"inside a write": 20},
        checks=torturing.pd.DataFrame(
            [("acknowledged events are there", 9, "events", 0, "over 2 files")],
            columns=["check", "n", "unit", "problems", "detail"],
        ),
        seconds=1.0,
    )
    monkeypatch.setattr(torturing, "torture", lambda *given, **named: few)
    said = CliRunner().invoke(app, ["torture", "--kills", "20", "--json"])
    told = json.loads(said.stdout)
    assert (said.exit_code, told["passed"], told["kills"]) == (0, True, 20)
    assert told["checks"][0]["problems"] == 0
    few.checks["problems"] = 1
    lost = CliRunner().invoke(app, ["torture", "--kills", "20"])
    assert lost.exit_code != 0
    assert "FAILED" in lost.output


def test_torture_needs_enough_kills_and_a_folder(tmp_path):
    with pytest.raises(BadInput, match="at least 5 kills"):
        torturing.torture(4, tmp_path)
    with pytest.raises(BadInput, match="is no folder"):
        torturing.torture(5, tmp_path / "nowhere")
