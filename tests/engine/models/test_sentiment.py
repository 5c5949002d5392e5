"""Sentiment runs from -1 to 1, and a bank's own words count."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.errors import WeightsError
from engine.models.mood.vader import LEXICON
from engine.models.sentiment import (
    TransformerSentiment,
    load_sentiment,
    sentiment_classes,
    sentiment_words,
)
from engine.settings import Settings
from tests.engine.models import tiny

DISTILBERT = "distilbert-base-uncased-finetuned-sst-2-english"


def test_F68_fraud_is_negative_and_options_are_neutral(settings: Settings) -> None:
    scores = load_sentiment(settings).score(["Fraudulent transaction.", "Investment options"])
    assert sentiment_classes(scores, settings).tolist() == ["negative", "neutral"]


def test_F68_the_bounds_themselves_are_neutral(settings: Settings) -> None:
    scores = np.array([0.2, 0.21, -0.2, -0.21, np.nan])
    assert sentiment_classes(scores, settings).tolist() == [
        "neutral",
        "positive",
        "neutral",
        "negative",
        "unknown",
    ]


def test_F71_the_words_change_at_the_stated_boundaries(settings: Settings) -> None:
    words = {
        0.7: "very positive",
        0.69: "positive",
        0.3: "positive",
        0.29: "neutral",
        -0.3: "neutral",
        -0.31: "negative",
        -0.7: "negative",
        -0.71: "very negative",
        np.nan: "unknown",
    }
    assert sentiment_words(np.array(list(words)), settings).tolist() == list(words.values())


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("I was charged twice and nobody helps.", "negative"),
        ("I was DOUBLE-CHARGED for groceries", "negative"),
        ("The app isn\u2019t working", "negative"),
        ("mortgage rate is high", "negative"),
        ("I want to close my account", "negative"),
        ("Could you raise the credit limit on my credit card?", "neutral"),
        ("What is the interest rate on secured loans?", "neutral"),
        ("I'd like to buy shares and securities", "neutral"),
        ("My problem was resolved quickly and the app is easy to use", "positive"),
        ("I love the new savings account, great service!", "positive"),
    ],
)
def test_banking_words_are_read_as_a_bank_reads_them(
    text: str, word: str, settings: Settings
) -> None:
    assert sentiment_classes(load_sentiment(settings).score([text]), settings).tolist() == [word]


def test_F69_every_score_lies_between_minus_one_and_one_or_is_missing(settings: Settings) -> None:
    texts = ["great " * 500, "awful " * 500, "", None, float("nan"), "\U0001f600", "x" * 100_000]
    scores = load_sentiment(settings).score(texts)
    assert np.isnan(scores).tolist() == [False, False, True, True, True, False, False]
    assert np.nanmax(np.abs(scores)) <= 1
    assert scores[0] > 0.9
    assert scores[1] < -0.9


def test_the_default_is_not_passed_off_as_the_real_model(settings: Settings) -> None:
    sentiment = load_sentiment(settings)
    assert (sentiment.name, sentiment.source) == ("Attune's mood model", "default")


def test_vader_alone_is_a_setting_away(settings: Settings) -> None:
    models = settings.models.model_copy(update={"sentiment_default": "vader"})
    alone = load_sentiment(settings.model_copy(update={"models": models}))
    assert (alone.name, alone.source) == ("VADER with a banking lexicon", "default")
    assert alone.identity != load_sentiment(settings).identity
    polite = "This is the fourth time that I explain it to a colleague."
    assert [s.score([polite])[0] < -0.2 for s in (alone, load_sentiment(settings))] == [False, True]


def test_the_lexicon_stays_on_the_scale_of_vader() -> None:
    lexicon = tomllib.loads(LEXICON.read_text("utf-8"))
    valences = [*lexicon["words"].values(), *lexicon["phrases"].values()]
    assert max(map(abs, valences)) <= 4
    assert all(text == text.lower() for table in lexicon.values() for text in table)


def test_distilbert_is_used_when_its_weights_are_there(
    tiny_distilbert: Path, with_folder: Callable[..., Settings], tmp_path: Path
) -> None:
    sentiment = load_sentiment(with_folder({DISTILBERT: tiny_distilbert}), cache=tmp_path)
    assert (sentiment.name, sentiment.source) == (DISTILBERT, "folder")
    texts = ["I love my bank", None, "this is terrible " * 200, "I love my bank"]
    scores = sentiment.score(texts)
    assert scores[0] == scores[3]
    assert np.isnan(scores[1])
    assert np.nanmax(np.abs(scores)) <= 1
    warm = load_sentiment(with_folder({DISTILBERT: tiny_distilbert}), cache=tmp_path)
    np.testing.assert_array_equal(warm.score(texts), scores)


def test_a_score_is_the_chance_of_positive_less_that_of_negative(
    tiny_finbert: Path, with_folder: Callable[..., Settings]
) -> None:
    sentiment = load_sentiment(with_folder({"ProsusAI/finbert": tiny_finbert}))
    assert sentiment.name == "finbert"
    assert isinstance(sentiment.model, TransformerSentiment)
    classify, _ = sentiment.model._loaded
    chances = {a["label"]: a["score"] for a in classify(["I love my bank"], top_k=None)[0]}
    assert sum(chances.values()) == pytest.approx(1, abs=1e-5)
    expected = chances["positive"] - chances["negative"]
    assert sentiment.score(["I love my bank"])[0] == pytest.approx(expected, abs=1e-6)


def test_a_classifier_whose_labels_say_nothing_is_refused(
    tmp_path: Path, with_folder: Callable[..., Settings]
) -> None:
    folder = tiny.bert_classifier(tmp_path / "model", ("LABEL_0", "LABEL_1"))
    with pytest.raises(WeightsError, match="id2label"):
        load_sentiment(with_folder({DISTILBERT: folder})).score(["hello"])


def test_a_folder_that_is_no_classifier_is_refused(
    tmp_path: Path, with_folder: Callable[..., Settings]
) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(WeightsError, match="does not load as"):
        load_sentiment(with_folder({DISTILBERT: tmp_path})).score(["hello"])
