"""Labelled texts: who is judged on what, and figures that are known by eye."""

import json

import numpy as np
import pandas as pd
import pytest

from engine.errors import BadInput, NotFound
from engine.lab.labelled_texts import folds, labelled
from engine.lab.text_evaluation import evaluate
from engine.lab.text_reports import evaluate_categories, evaluate_sentiment, fit_and_save
from engine.lab.text_systems import after_rules, rules_of, sentiment_labels
from engine.models.categories import TextClassifier
from engine.models.encoder import load_encoder
from engine.models.text_fitting import VIEWS
from engine.settings import default

RULES = ["keywords", "rules"]
LEARNED = [f"learned from {view}" for view in VIEWS] + ["learned"]
FUEL = ["Engen", "Shell", "Texaco", "Exxon", "Chevron", "Petrolo"]
FOOD = ["Aldi", "Lidl", "Tesco", "Kroger", "Publix", "Foodo"]


def _lines(n: int = 3) -> pd.DataFrame:
    """Six merchants of two labels, several lines each, and a label of two merchants."""
    rows = [(f"POS purchase {m} {d:02d} Oct", "Fuel") for m in FUEL for d in range(1, n + 1)]
    rows += [(f"POS purchase {m} {d:02d} Oct", "Food") for m in FOOD for d in range(1, n + 1)]
    rows += [(f"{name} donation", "Donation") for name in ("Red cross", "Sea rescue")]
    return pd.DataFrame(rows, columns=["line", "kind"])


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "lines.csv"
    _lines().to_csv(path, index=False)
    return path


def test_a_merchant_is_one_group_and_a_rare_label_is_left_out_and_named():
    data = labelled(_lines(), "line", "kind")
    assert len(set(data.groups)) == 12
    assert data.names == ("Food", "Fuel")
    assert (data.left_out, data.n_left_out) == (("Donation",), 2)
    assert data.majority == 0.5
    for train, test in folds(data, 5, seed=7):
        assert not set(data.groups[train]) & set(data.groups[test])
        assert set(data.labels[test]) == {"Food", "Fuel"}


def test_labels_become_our_categories_where_one_fits():
    data = labelled(_lines(), "line", "kind", ours=True)
    assert data.names == ("fuel", "groceries")
    assert data.left_out == ("Donation",)


def test_a_group_column_beats_the_text():
    table = _lines().assign(shop=lambda t: t["line"].str.extract(r"purchase (\w+)")[0])
    assert set(labelled(table, "line", "kind", "shop").groups) == {
        name.lower() for name in (*FUEL, *FOOD)
    }


def test_columns_and_labels_that_cannot_be_judged_are_refused():
    with pytest.raises(BadInput, match="no column 'kid'; the file has line, kind"):
        labelled(_lines(), "line", "kid")
    with pytest.raises(BadInput, match="Fewer than two labels"):
        labelled(_lines().query("kind == 'Fuel'"), "line", "kind")


def test_figures_of_a_perfect_a_constant_and_a_half_right_system():
    data = labelled(_lines(), "line", "kind")
    systems = {
        "perfect": lambda train, test: data.labels[test],
        "constant": lambda train, test: np.full(len(test), "Fuel", dtype=object),
        "stranger": lambda train, test: np.full(len(test), "Music", dtype=object),
    }
    found = evaluate(data, systems, seed=7)
    table = found.table.set_index("system")
    assert table.loc["perfect", ["accuracy_low", "macro_f1_low"]].tolist() == [1, 1]
    assert table.loc["constant", "accuracy"] == 0.5
    assert table.loc["constant", "macro_f1"] == pytest.approx(1 / 3)  # (2/3 + 0) / 2
    assert table.loc["stranger", ["accuracy", "macro_f1"]].tolist() == [0, 0]
    assert "majority" in table.index
    inside = (table["macro_f1_low"] <= table["macro_f1"] + 1e-12).all()
    assert inside and (table["accuracy"] <= table["accuracy_high"] + 1e-12).all()
    assert "Left out: 2 texts of Donation" in found.sentence
    assert evaluate(data, systems, seed=7).table.equals(found.table)


def test_figures_match_scikit_learns():
    from sklearn.metrics import accuracy_score, f1_score

    data = labelled(_lines(), "line", "kind")
    said = np.random.default_rng(2).choice(np.array(["Food", "Fuel"], dtype=object), 36)
    row = evaluate(data, {"drawn": lambda train, test: said[test]}, seed=7).table.iloc[0]
    assert row["accuracy"] == pytest.approx(
        accuracy_score(data.labels.astype(str), said.astype(str))
    )
    expected = f1_score(data.labels.astype(str), said.astype(str), average="macro")
    assert row["macro_f1"] == pytest.approx(expected)


def test_rules_answer_first_and_the_classifier_what_they_do_not_know():
    data = labelled(_lines(), "line", "kind", ours=True)
    rules = rules_of(data)
    both = after_rules(rules, lambda train, test: np.full(len(test), "learned", dtype=object))
    said = dict(zip(data.groups, both(np.arange(0), np.arange(36)), strict=True))
    assert said["engen"] == "fuel"
    assert said["aldi"] == "groceries"
    assert said["petrolo"] == said["foodo"] == "learned"


def test_F62_a_classifier_is_fitted_once_saved_and_judged_beside_the_keywords(file, tmp_path):
    found = fit_and_save(file, "line", "kind", None, tmp_path / "model")
    assert found.table["system"].tolist() == [*RULES, *LEARNED, "rules, then learned", "majority"]
    by_system = found.table.set_index("system")["accuracy"]
    parts = by_system[LEARNED[:3]]
    assert parts.min() <= by_system["learned"] <= parts.max()
    facts = json.loads((tmp_path / "model" / "text.json").read_text("utf-8"))
    assert facts["labels"] == ["fuel", "groceries"]
    assert facts["reads"] in VIEWS
    assert facts["held_out"][0]["macro_f1"] == pytest.approx(found.table["macro_f1"].iloc[0])
    assert TextClassifier.load(tmp_path / "model", lambda: load_encoder(default())).predict(
        ["engen"]
    ).tolist() == ["fuel"]
    (tmp_path / "model" / "else").touch()
    with pytest.raises(BadInput, match="holds other files"):
        fit_and_save(file, "line", "kind", None, tmp_path / "model")


def test_categories_compare_rules_learned_and_zero_shot(file):
    found = evaluate_categories(file, "line", "kind")
    zero_shot = ["zero-shot, moved to the texts", "zero-shot", "zero-shot, centred"]
    known = [*RULES, *LEARNED, "rules, then learned", *zero_shot, "majority"]
    assert found.table["system"].tolist() == known
    own = evaluate_categories(file, "line", "kind", ours=False)
    assert "rules" not in own.table["system"].tolist()


def test_sentiment_is_judged_in_the_classes_that_the_labels_know(tmp_path):
    good = [f"I love the {w}, great" for w in ("app", "card", "staff", "branch", "loan", "site")]
    bad = [f"Terrible {w}, awful" for w in ("app", "card", "staff", "branch", "loan", "site")]
    table = pd.DataFrame({"t": good + bad, "y": ["1"] * 6 + ["0"] * 6})
    table.to_csv(tmp_path / "s.csv", index=False)
    found = evaluate_sentiment(tmp_path / "s.csv", "t", "y")
    assert found.table["accuracy"].iloc[0] == 1
    assert found.data.majority == 0.5


def test_sentiment_labels_are_words_or_numbers():
    read = sentiment_labels(pd.Series(["Positive", "neg", "Neutral", "-1", "0", "1"], dtype="str"))
    assert read.tolist() == ["positive", "negative", "neutral", "negative", "neutral", "positive"]
    assert sentiment_labels(pd.Series(["0", "1"])).tolist() == ["negative", "positive"]
    with pytest.raises(BadInput, match="'meh' is no sentiment"):
        sentiment_labels(pd.Series(["meh"]))


def test_a_file_that_is_not_there_or_is_no_text_is_refused(tmp_path):
    with pytest.raises(NotFound, match="no file"):
        evaluate_sentiment(tmp_path / "no.csv", "t", "y")
    (tmp_path / "bad.csv").write_bytes(b"t,y\n\xff\xfe\xff,1\n")
    with pytest.raises(BadInput, match="UTF-8"):
        evaluate_sentiment(tmp_path / "bad.csv", "t", "y")
