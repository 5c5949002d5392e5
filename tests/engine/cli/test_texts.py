"""Commands on labelled texts: a table for people, JSON for programs, one line for a mistake."""

import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from engine import Engine
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
        "zero-shot, moved to the texts", "zero-shot", "zero-shot, centred", "majority",
    ]  # fmt: skip
    moved = found["systems"][0]
    assert found["system"] == moved["system"]
    for name in ("accuracy", "macro_f1"):
        ends = {"value": moved[name], "low": moved[f"{name}_low"], "high": moved[f"{name}_high"]}
        assert found[name] == ends
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


def test_zero_shot_labels_may_be_described_and_each_has_to_be(options, tmp_path):
    described = {"Fuel": ["petrol stations", "filling up a car"], "Food": "supermarkets"}
    (tmp_path / "labels.json").write_text(json.dumps(described), "utf-8")
    by_file = run("evaluate", "zero-shot", *options, "--labels", str(tmp_path / "labels.json"))
    by_text = run("evaluate", "zero-shot", *options, "--labels", json.dumps(described))
    assert by_file.exit_code == 0, by_file.output
    assert by_file.stdout == by_text.stdout
    bare = run("evaluate", "zero-shot", *options).stdout
    assert bare != by_file.stdout
    for labels, problem in (
        ('{"Fuel": "petrol"}', "The labels Food have no description"),
        ('{"Fuel": ""}', "Expected an object of labels"),
        ("[1]", "There is no file"),
        ("{1}", "no JSON"),
    ):
        done = run("evaluate", "zero-shot", *options, "--labels", labels)
        assert problem in str(done.exception)


@pytest.fixture(scope="module")
def moods(tmp_path_factory) -> list[str]:
    """Words that no lexicon knows, so that only the bank's own labels tell."""
    good, bad = ("zub", "zib", "zob"), ("qux", "qax", "qix")
    rows = [(f"{g} {w} today", "positive") for g in good for w in FUEL + FOOD]
    rows += [(f"{b} {w} today", "negative") for b in bad for w in FUEL + FOOD]
    path = tmp_path_factory.mktemp("moods") / "moods.csv"
    pd.DataFrame(rows, columns=["text", "mood"]).to_csv(path, index=False)
    return ["--file", str(path), "--text", "text", "--label", "mood"]


def test_a_sentiment_fitted_on_the_banks_labels_serves_where_it_is_surely_better(
    moods, small_bank, tmp_path
):
    small_bank.save(tmp_path / "bank")
    place = ["--data", str(tmp_path / "bank"), "--state", str(tmp_path / "state")]
    fit = ["fit-text", "--task", "sentiment", *moods, *place, "--json"]
    before = json.loads(run("evaluate", "sentiment", *moods, *place, "--json").stdout)
    engine = Engine.open(tmp_path / "bank", tmp_path / "state")
    mood = engine.snapshots.current().profiles.messages["sentiment"].to_numpy()
    made = json.loads(run(*fit).stdout)
    assert (made["version"], made["serves"], made["task"]) == (1, True, "sentiment")
    assert made["accuracy"]["value"] > 0.9 > before["accuracy"]["high"]
    assert 0 <= made["calibration_error"] < 0.3
    assert made["says"].startswith("In force: +")
    after = json.loads(run("evaluate", "sentiment", *moods, *place, "--json").stdout)
    assert after["system"] == "fitted version that serves"
    assert after["accuracy"]["value"] == 1.0
    assert after["systems"][1]["system"] == before["system"]
    models = engine.models.doctor().set_index("part")
    assert models.loc["sentiment", "used"] == "fitted on this bank's labels"
    assert models.loc["sentiment", "note"].startswith("Learned from 60 texts. In force: +")
    texts = engine.snapshots.texts
    assert texts.sentiment.name == "fitted on this bank's labels, version 1"
    assert texts.sentiment.score(["zub today", "qux today"]) @ [1, -1] > 1
    heard = engine.snapshots.current().profiles.messages["sentiment"].to_numpy()
    assert not np.array_equal(mood, heard, equal_nan=True), "an open dashboard follows"
    again = json.loads(run(*fit).stdout)
    assert (again["version"], again["serves"]) == (2, True)
    assert "version 1 learned from 60 texts, 0 of these are new" in again["says"]


def test_what_is_no_better_than_the_default_does_not_serve(options, tmp_path):
    table = pd.DataFrame({"text": [f"great {w}" for w in FUEL + FOOD], "mood": "positive"})
    table = pd.concat([table, table.assign(text=table["text"].str[6:], mood="neutral")])
    file = tmp_path / "m.csv"
    table.sample(frac=1, random_state=1).to_csv(file, index=False)
    asked = ["--file", str(file), "--text", "text", "--label", "mood", "--state", str(tmp_path)]
    done = run("fit-text", "--task", "sentiment", *asked)
    assert done.exit_code == 0, done.output
    assert "Not put in force" in done.stdout
    found = json.loads(run("evaluate", "sentiment", *asked, "--json").stdout)
    assert found["system"] == "Attune's mood model"
    assert found["systems"][1]["system"] == "VADER with a banking lexicon"


def test_F62_a_version_of_categories_with_foreign_labels_is_refused(options, tmp_path):
    """It would be in force, and name everything "other"."""
    fit = ["fit-text", "--task", "category", *options, "--state", str(tmp_path)]
    done = run(*fit, "--source-labels")
    assert isinstance(done.exception, BadInput)
    for part in ("Got 2 labels in column 'kind'", "Food, Fuel", "groceries", "--into FOLDER"):
        assert part in str(done.exception)
    assert run(*fit).exit_code == 0, "turned into ours they are learned from"


@pytest.mark.parametrize("more", [[], ["--task", "mood"], ["--task", "topic", "--into", "x"]])
def test_fit_text_needs_a_task_that_there_is_or_a_folder(moods, more, tmp_path):
    done = run("fit-text", *moods, *more, "--state", str(tmp_path))
    assert isinstance(done.exception, BadInput)
    assert "sentiment, topic" in str(done.exception)


def test_a_file_that_is_missing_is_named(options):
    done = run("evaluate", "categories", "--file", "no.csv", *options[2:])
    assert isinstance(done.exception, NotFound)
    assert "no.csv" in str(done.exception)
