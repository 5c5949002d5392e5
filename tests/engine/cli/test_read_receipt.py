"""`read-receipt` and `evaluate receipts`: fields as text and JSON, and what is wrong in a line."""

import json

from typer.testing import CliRunner

from engine.cli import app
from engine.scans import readers
from tests.engine.scans.pages import StandIn, drawn

PAGE = "Corner Shop Ltd\n04/05/2026\nBread      2.40\nTOTAL     GBP 2.40"


def run(*words: str):
    return CliRunner().invoke(app, words)


def test_F65_the_fields_of_a_receipt_are_printed_and_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "best_reader", lambda settings: StandIn(PAGE))
    file = tmp_path / "receipt.png"
    file.write_bytes(drawn())
    said = run("read-receipt", str(file)).output
    assert "Merchant  Corner Shop Ltd" in said and "Total     GBP 2.40" in said
    assert "1 item of GBP 2.40 adds up to the total of GBP 2.40." in said
    assert "ask       Is the date 4 May 2026 or 5 Apr 2026?" in said
    told = json.loads(run("read-receipt", str(file), "--json").output)
    assert (told["merchant"], told["date"]) == ("Corner Shop Ltd", "2026-05-04T00:00:00")
    assert told["items"] == [{"name": "Bread", "amount": 2.4}]
    assert [*tmp_path.iterdir()] == [file]


def test_F65_without_a_reader_the_command_says_how_to_add_one(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "best_reader", lambda settings: None)
    file = tmp_path / "receipt.png"
    file.write_bytes(drawn())
    assert "requirements-extra.txt" in run("read-receipt", str(file)).output
    judged = run("evaluate", "receipts", "--dir", str(tmp_path))
    assert "No reader of pictures" in str(judged.exception)
    assert "cannot be read" in str(run("read-receipt", str(tmp_path / "no.png")).exception)
