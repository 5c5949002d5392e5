"""`backtest` prints a table that a person reads, and one JSON document for a script."""

import json

import pytest
from typer.testing import CliRunner

from engine.cli import app

FIELDS = {"method", "n", "mae", "smape", "relative", "beats_last_value", "coverage", "chosen"}


@pytest.fixture
def backtest(small_bank, tmp_path):
    small_bank.save(tmp_path / "bank")
    where = ["--data", str(tmp_path / "bank"), "--state", str(tmp_path / "state")]

    def run(*words: str) -> str:
        done = CliRunner().invoke(app, ["backtest", *where, *words])
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def test_F57_backtest_prints_error_baseline_coverage_and_n(backtest):
    text = backtest()
    for word in ("MAE", "sMAPE", "better than last value", "in the interval", "last value", "24"):
        assert word in text
    assert "exponential smoothing" in text and "compat" in text
    assert "nan" not in text.lower()


def test_F57_backtest_json_has_a_row_for_every_method(backtest):
    found = json.loads(backtest("--json"))
    assert [one["figure"] for one in found] == ["balance", "spending"]
    for one in found:
        assert set(one["table"][0]) >= FIELDS
        assert sum(row["chosen"] for row in one["table"]) == 1
        assert one["table"][0] | {"method": "last value", "relative": 1.0} == one["table"][0]


def test_a_bank_without_months_says_that_nothing_can_be_tested(small_bank, tmp_path):
    empty = small_bank["months"].iloc[:0]
    small_bank.with_tables(months=empty).save(tmp_path / "bank")
    where = ["--data", str(tmp_path / "bank"), "--state", str(tmp_path / "state")]
    done = CliRunner().invoke(app, ["backtest", *where])
    assert done.exit_code == 0
    assert "No monthly balance or spending is known for long enough" in done.stdout
