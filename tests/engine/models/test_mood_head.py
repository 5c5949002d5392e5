"""The mood that ships hears a complaint without a bad word, is unsure where it is, and is whole."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.errors import StateError
from engine.lab import mood_generator
from engine.lab.mood_fitting import JUDGED, across_halves, fit_head, measures
from engine.models.mood.head import ARRAYS, CLASSES, FACTS, MoodHead
from engine.models.mood.reading import cues_of, sentences, without_greeting

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def head() -> MoodHead:
    return MoodHead.load()


@pytest.fixture(scope="module")
def texts() -> pd.DataFrame:
    return mood_generator.generate()


def _class(head: MoodHead, *texts: str) -> list[str]:
    return [CLASSES[place] for place in np.digitize(head.score(list(texts)), [-0.2, 0.2])]


def test_F67_figures_are_of_halves_that_chose_neither_bar_nor_temperature_and_say_what_chose_what(
    head: MoodHead, texts: pd.DataFrame
) -> None:
    held_out = mood_generator.written(mood_generator.HELD_OUT)
    assert not set(held_out["text"].str.lower()) & set(texts["text"].str.lower())
    scores, chances = across_halves(head, held_out)
    found = measures(scores, held_out)
    kept = json.loads(FACTS.read_text("utf-8"))
    assert found == {name: kept["held_out"][name] for name in found}
    assert found["low"] > found["majority"]
    assert found["low"] > kept["held_out_vader"]["accuracy"]
    assert kept["judged"] == JUDGED
    assert chances.shape == (found["n"], len(CLASSES))


def test_F67_no_half_judges_what_it_chose(head: MoodHead) -> None:
    held_out = mood_generator.written(mood_generator.HELD_OUT)
    _, before = across_halves(head, held_out)
    first = np.arange(len(held_out)) % 2 == 0
    other = held_out["label"].map({"negative": "positive", "positive": "negative"})
    wrong = held_out.assign(label=held_out["label"].where(~first, other.fillna("neutral")))
    _, after = across_halves(head, wrong)
    np.testing.assert_array_equal(after[first], before[first])
    assert not np.allclose(after[~first], before[~first])


def test_F67_the_documented_figures_are_those_of_the_head_that_ships() -> None:
    kept = json.loads(FACTS.read_text("utf-8"))
    head, vader = kept["held_out"], kept["held_out_vader"]
    rows = (
        f"| {head['n']} | {_interval(head)} | {_interval(vader)} | {_short(head['majority'])} |",
        f"| {head['n']} | {_short(head['macro_f1'])}, {_short(head['calibration_error'])} | "
        f"{_short(vader['macro_f1'])} | |",
    )
    written = (ROOT / "docs/figures.md").read_text("utf-8")
    assert [row for row in rows if row not in written] == []


def _interval(measured: dict[str, float]) -> str:
    accuracy, low, high = (_short(measured[name]) for name in ("accuracy", "low", "high"))
    return f"{accuracy} [{low}, {high}]"


def _short(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


def test_F67_complaints_without_a_bad_word_are_heard(head: MoodHead) -> None:
    said = (
        "I am still waiting for an answer.",
        "This is the fourth time I write about it.",
        "Nobody called me back.",
        "I was told it would take two days, that was three weeks ago.",
        "Do I really have to explain it all from the beginning once more?",
        "It has been six weeks and the card is not here.",
    )
    assert _class(head, *said) == ["negative"] * len(said)


def test_F67_praise_questions_and_plain_news_are_not_complaints(head: MoodHead) -> None:
    assert _class(head, "Thank you, that was quick.", "Your team was so helpful!") == [
        "positive", "positive",
    ]  # fmt: skip
    plain = (
        "How do I order a second card?",
        "Could you send me the form, please?",
        "Halden Oyj makes pumps and employs 300 people.",
        "Good morning",
    )
    assert _class(head, *plain) == ["neutral"] * len(plain)


def test_F67_the_demo_banks_complaints_are_heard_and_share_no_sentence_with_the_head(
    head: MoodHead, texts: pd.DataFrame
) -> None:
    messages = pd.read_csv(ROOT / "data/demo/messages.csv")["text"]
    learned = {_plain(part) for text in texts["text"] for part in sentences(text)}
    learned |= {_plain(without_greeting(text)) for text in texts["text"]}
    demo = {_plain(part) for text in messages for part in sentences(text)}
    demo |= {_plain(without_greeting(part)) for text in messages for part in sentences(text)}
    greetings = {"", "hello", "hi", "hi there", "dear team", "good morning", "good afternoon"}
    assert learned & demo <= greetings
    again = messages[messages.str.contains("about the same thing and every time")].tolist()
    assert len(again) > 50
    assert set(_class(head, *again)) == {"negative"}


def _plain(sentence: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", sentence.lower()).strip()


def test_it_ships_what_the_templates_of_today_give(head: MoodHead, texts: pd.DataFrame) -> None:
    kept = json.loads(FACTS.read_text("utf-8"))
    assert kept["texts_sha256"] == mood_generator.digest(texts)
    assert kept["n_texts"] == len(texts)
    assert (kept["temperature"], kept["bar"]) == (head.temperature, head.bar)
    assert "licence" in kept


def test_the_same_texts_give_the_same_bytes(texts: pd.DataFrame, tmp_path: Path) -> None:
    few, held_out = texts.iloc[::40], mood_generator.written(mood_generator.DRAFTING)
    for name in ("one", "two"):
        fit_head(few, held_out).save(tmp_path / f"{name}.npz", {})
    one, two = ((tmp_path / f"{name}.npz").read_bytes() for name in ("one", "two"))
    assert one == two
    read_back = MoodHead.load(tmp_path / "one.npz")
    np.testing.assert_array_equal(read_back.coefficients, fit_head(few, held_out).coefficients)


def test_a_damaged_head_is_refused_and_no_pickle_is_read(tmp_path: Path) -> None:
    (tmp_path / "cut.npz").write_bytes(ARRAYS.read_bytes()[:1000])
    np.savez(tmp_path / "pickle.npz", kind=np.array("mood head 1"), words=np.array([{}], object))
    for name in ("cut", "pickle", "missing"):
        with pytest.raises(StateError, match="ship-mood"):
            MoodHead.load(tmp_path / f"{name}.npz")


def test_an_unsure_text_reads_neutral_and_scores_zero(head: MoodHead) -> None:
    said = mood_generator.written(mood_generator.DRAFTING)["text"].tolist()
    chances, scores = head.chances(said), head.score(said)
    unsure = (chances.max(axis=1) < head.bar) | (chances.argmax(axis=1) == 1)
    assert 0 < unsure.sum() < len(said)
    assert not scores[unsure].any()
    np.testing.assert_allclose(scores[~unsure], (chances[:, 2] - chances[:, 0])[~unsure], atol=1e-6)
    np.testing.assert_allclose(chances.sum(axis=1), 1)


@pytest.mark.parametrize(
    "text",
    ["x" * 4000, "!" * 4000, "=cmd|' /C calc'!A1", "<script>alert(1)</script>", "0", "\u200b"],
)
def test_what_says_nothing_is_neutral(head: MoodHead, text: str) -> None:
    assert _class(head, text) == ["neutral"]


def test_words_of_a_kind_are_one_class() -> None:
    assert cues_of("for the fourth time") == cues_of("for the 3rd time") == ["ordinal", "times"]
    assert cues_of("two hrs on hold") == cues_of("40 minutes on hold")
    assert without_greeting("Good morning, dear team! Where is it?") == "Where is it?"
    assert without_greeting("Hello") == ""
