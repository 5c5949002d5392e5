"""Commands on labelled texts: a table for people, JSON for programs, one line for a mistake."""

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.errors import BadInput, NotFound

FUEL = ("Engen", "Shell", "Texaco", "Exxon", "Chevron")
FOOD = ("Aldi", "Lidl", "Tesco", "Kroger", "Publix")
SYSTEM = {"system", "accuracy", "macro_f1"} | {
    f"{name}_{end}" for name in ("accuracy", "macro_f1") for end in ("low", "high")
}


@pytest.fixture(scope="module")
def options(tmp_path_factory) -> list[str]:
    rows = [(f"{m} {n}", "Fuel", "good") for m in FUEL for n in range(2)]
    rows += [(f"{m} {n}", "Food", "bad") for m in FOOD for n in range(2)]
    path = tmp_path_factory.mktemp("lines") / "lines.csv"
    pd.DataFrame(rows, columns=["line", "kind", "mood"]).to_csv(path, index=False)
    return ["--file", str(path), "--text", "line", "--label", "kind"]


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def test_evaluate_categories_prints_a_table_and_what_it_rests_on(options):
    done = run("evaluate", "categories", *options)
    assert done.exit_code == 0, done.output
    for word in ("rules", "learned", "zero-shot, centred", "majority", "20 texts of 10 groups"):
        assert word in done.stdout


def test_evaluate_zero_shot_prints_json_with_intervals(options):
    found = json.loads(run("evaluate", "zero-shot", *options, "--json").stdout)
    assert found["n"] == 20
    assert found["majority"] == 0.5
    assert [row["system"] for row in found["systems"]] == [
        "zero-shot", "zero-shot, centred", "majority",
    ]  # fmt: skip
    for row in found["systems"]:
        assert set(row) == SYSTEM
        assert 0 <= row["macro_f1_low"] <= row["macro_f1_high"] <= 1


def test_evaluate_sentiment_refuses_labels_that_are_none(options):
    done = run("evaluate", "sentiment", *options)
    assert isinstance(done.exception, BadInput)
    assert "'Fuel' is no sentiment" in str(done.exception)


def test_F62_fit_text_saves_a_classifier_and_prints_held_out_figures(options, tmp_path):
    done = run("fit-text", *options, "--into", str(tmp_path / "model"))
    assert done.exit_code == 0, done.output
    assert "Fitted on all 20 texts" in done.stdout
    assert sorted(p.name for p in (tmp_path / "model").iterdir()) == ["text.json", "text.npz"]
    asked = ["label-text", "--from", str(tmp_path / "model"), "--text", "Shell 12"]
    assert "fuel, chance" in run(*asked).stdout
    found = json.loads(run(*asked, "--json").stdout)
    assert (found["label"], found["against"]) == ("fuel", "groceries")
    assert sum(found["terms"].values()) > 0


def test_a_file_that_is_missing_is_named(options):
    done = run("evaluate", "categories", "--file", "no.csv", *options[2:])
    assert isinstance(done.exception, NotFound)
    assert "no.csv" in str(done.exception)
