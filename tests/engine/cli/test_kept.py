"""The commands views and notes keep, name and remove; what was typed is no markup."""

import json
from pathlib import Path

from typer.testing import CliRunner

from engine.bank.bank import Bank
from engine.cli import app


def test_views_and_notes_are_kept_renamed_and_removed(small_bank: Bank, tmp_path: Path):
    small_bank.save(tmp_path / "bank")
    at = ["--data", str(tmp_path / "bank"), "--state", str(tmp_path / "state")]

    def run(*given: str):
        done = CliRunner().invoke(app, [*given, *at])
        assert done.exit_code == 0, done.output
        return done.stdout

    run("views", "--save", "[red]High", "--query", "?churn_band=High&sort=Name%2C+A+to+Z")
    assert "Renamed: [red]High is Calls" in run("views", "--rename", "[red]High=Calls")
    [view] = json.loads(run("views", "--json"))
    assert view["query"] == {"churn_band": "High", "sort": "Name, A to Z"}
    assert (view["name"], view["address"]) == ("Calls", "churn_band=High&sort=Name%2C+A+to+Z")
    assert "Removed: calls" in run("views", "--remove", "calls")
    assert "There is no view calls" in run("views", "--remove", "calls")

    assert "Noted: 1 May 2026, fee = 3 [b]" in run("notes", "--add", "2026-05-01=fee = 3 [b]")
    [note] = json.loads(run("notes", "--json"))
    assert (note["day"][:10], note["text"]) == ("2026-05-01", "fee = 3 [b]")
    assert "Removed: fee = 3 [b]" in run("notes", "--remove", note["note_id"])
    refused = CliRunner().invoke(app, ["notes", "--add", "May=fee", *at])
    assert refused.exit_code == 2 and "YYYY-MM-DD=TEXT" in refused.output
