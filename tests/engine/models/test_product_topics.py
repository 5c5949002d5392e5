"""Products are tagged by topic, and how well is measured on texts that chose nothing."""

import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.errors import BadInput
from engine.lab import product_topics as judging
from engine.models import product_topics
from engine.models.encoder import load_encoder
from engine.settings import Settings


def test_F66_a_product_has_the_topics_of_its_text(settings: Settings):
    texts = ["Pension plan: monthly contributions until you retire", "Insurance of your house"]
    encoder, warmth = load_encoder(settings), settings.models.zero_shot_temperature
    chance = product_topics.chances(texts, encoder, warmth)
    np.testing.assert_allclose(chance.sum(axis=1), 1, rtol=1e-5)
    names = np.array(product_topics.topics())
    assert names[chance.argmax(axis=1)].tolist() == ["retirement", "insurance"]
    assert product_topics.chances([], encoder, warmth).shape == (0, len(names)) == (0, 10)


def test_F66_the_likeliest_topic_is_named_and_others_from_the_bar_on():
    chance = np.array([[0.6, 0.3, 0.1], [0.2, 0.2, 0.6], [0.24, 0.24, 0.2]])
    named = product_topics.named(chance).astype(int).tolist()
    assert named == [[1, 1, 0], [0, 0, 1], [1, 0, 0]]


def test_F66_own_texts_are_well_formed_and_only_the_held_out_half_judges():
    table = pd.read_csv(judging.OWN)
    said = set(table["topics"].str.split(";").explode())
    assert said == set(product_topics.topics()) and table["text"].is_unique
    printed = CliRunner().invoke(app, ["evaluate", "product-topics", "--json"])
    found = json.loads(printed.stdout)
    assert found["n"] == len(table) // 2
    usual = {
        row["measure"]: row["value"]
        for row in found["systems"]
        if row["system"] == "most frequent topic"
    }
    for measure in judging.MEASURES:
        assert 0 <= found[measure]["low"] <= found[measure]["value"] <= found[measure]["high"] <= 1
        assert found[measure]["low"] > usual[measure], "surely better than always the same"


def test_F66_figures_are_those_that_one_counts_by_hand():
    truth = np.array([[1, 0], [1, 1], [0, 1], [0, 1]], dtype=bool)
    chance = np.array([[0.9, 0.1], [0.6, 0.4], [0.8, 0.2], [0.1, 0.9]])
    judged = judging._judged(truth, chance, np.array(["a", "b"]), seed=7)
    value = judged.table.set_index(["system", "measure"])["value"]
    assert value["zero-shot", "accuracy"] == 3 / 4
    assert value["zero-shot", "micro_f1"] == pytest.approx(2 * 4 / (5 + 5))
    assert value["zero-shot", "macro_f1"] == pytest.approx((4 / 5 + 4 / 5) / 2)
    assert value["most frequent topic", "accuracy"] == 3 / 4
    assert judged.by_topic["recall"].tolist() == [1.0, 2 / 3]


@pytest.mark.parametrize(
    ("topics", "said"), [("kind", "There is no column 'kind'"), ("tags", "has one of our topics")]
)
def test_F66_a_file_that_cannot_judge_is_refused(tmp_path, topics: str, said: str):
    file = tmp_path / "products.csv"
    pd.DataFrame({"text": ["Gold"], "tags": ["shiny"]}).to_csv(file, index=False)
    with pytest.raises(BadInput, match=said):
        judging.evaluate_product_topics(file, "text", topics)
