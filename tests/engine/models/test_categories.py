"""A classifier of texts: learns from what folds choose, is kept without pickle, tells its words."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from engine.errors import BadInput, StateError
from engine.models.categories import ARRAYS, BEFORE, WHOLE, TextClassifier
from engine.models.encoder import load_encoder
from engine.models.recommender import save_arrays
from engine.models.text_fitting import BOTH, MEANING, WORDS, choose, fit, learn, read

TEXTS = [
    "Shell petrol station 12", "Petrol Engen garage", "Diesel at the petrol station",
    "Green supermarket groceries", "Weekly groceries market", "Supermarket food hall",
    "Cinema tickets", "Concert tickets tonight", "Theatre tickets",
]  # fmt: skip
LABELS = ["fuel"] * 3 + ["groceries"] * 3 + ["entertainment"] * 3


class Meanings:
    """An encoder that knows three directions; every text of one lies alike."""

    name, sha256, dimension = "meanings", "a" * 64, 3

    def encode(self, texts):
        known = [("petrol", "diesel", "gas"), ("food", "market", "bread"), ("ticket", "show")]
        found = [[any(w in t.lower() for w in words) for words in known] for t in texts]
        return np.array(found, np.float32).reshape(len(texts), 3)


@pytest.fixture(scope="module")
def model() -> TextClassifier:
    return learn(read(TEXTS, LABELS), seed=7)[0]


@pytest.fixture(scope="module")
def both() -> TextClassifier:
    return fit(read(TEXTS, LABELS, encoder=Meanings()), BOTH, seed=7, sharpness=2.0)


def test_F62_what_was_learned_holds_for_merchants_that_were_not_seen(model):
    seen = model.predict(["PETROLEUM 0815 Garage", "Organic supermarket", "Movie tickets"])
    assert seen.tolist() == ["fuel", "groceries", "entertainment"]
    assert model.predict(TEXTS).tolist() == LABELS


def test_chances_sum_to_one_and_a_missing_text_has_none(model, both):
    for one in (model, both):
        chances = one.chances([TEXTS[0], None, "", "§§§"])
        assert chances.shape == (4, 3)
        assert np.isnan(chances[1]).all()
        np.testing.assert_allclose(chances[[0, 2, 3]].sum(axis=1), 1)
        assert one.chances([]).shape == (0, 3)


def test_two_labels_are_enough_and_one_is_not():
    two, _ = learn(read(TEXTS[:6], LABELS[:6]), seed=7)
    assert two.predict(TEXTS[:6]).tolist() == LABELS[:6]
    with pytest.raises(BadInput, match="at least two"):
        read(TEXTS[:3], LABELS[:3])
    with pytest.raises(BadInput, match="no letter"):
        read(["§", "%"], ["a", "b"])


def test_it_equals_scikit_learns_own_tf_idf_and_machine(model):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    from engine.models.categories import grams_of

    slow = TfidfVectorizer(analyzer=lambda t: list(grams_of(t).elements()), sublinear_tf=True)
    machine = LinearSVC(random_state=7).fit(slow.fit_transform(TEXTS), LABELS)
    new = [*TEXTS, "petrol tickets", "nothing known"]
    expected = machine.decision_function(slow.transform(new))
    logits = np.log(model.chances(new))
    apart = expected - expected.mean(axis=1, keepdims=True)
    told = logits - logits.mean(axis=1, keepdims=True)
    sharpness = (told * apart).sum() / (apart * apart).sum()
    assert sharpness > 0
    np.testing.assert_allclose(told, sharpness * apart, atol=2e-3)


def test_folds_take_what_names_most_and_of_equals_the_simplest():
    words = [f"alpha {i}" for i in range(12)] + [f"omega {i}" for i in range(12)]
    labels = ["a"] * 12 + ["o"] * 12
    assert choose(read(words, labels, encoder=Meanings()), seed=7)[0] == WORDS
    shops = np.repeat(["petrol", "diesel", "gas", "food", "market", "bread"], 4).tolist()
    drawn = read(shops, ["x"] * 12 + ["y"] * 12, encoder=Meanings(), groups=shops)
    view, _ = choose(drawn, seed=7)
    assert view == MEANING
    assert learn(drawn, seed=7)[0].predict(["gas", "market"]).tolist() == ["x", "y"]


def test_chances_are_as_sure_as_held_out_texts_are_right():
    rng = np.random.default_rng(5)
    said = rng.choice(["petrol", "market"], 300)
    texts = [f"{word} {n}" for n, word in enumerate(said)]
    truth = np.where(rng.random(300) < 0.8, said, np.where(said == "petrol", "market", "petrol"))
    model, _ = learn(read(texts, truth.tolist(), encoder=Meanings()), seed=7)
    chances = model.chances([f"{word} {n + 300}" for n, word in enumerate(said)]).max(axis=1)
    assert chances.mean() == pytest.approx(0.8, abs=0.06)


def test_texts_of_one_group_are_not_on_both_sides_of_a_choice():
    texts = [f"{shop} {n}" for shop in ("engen", "shell", "aldi", "lidl") for n in range(5)]
    labels = ["fuel"] * 10 + ["food"] * 10
    alone = choose(read(texts, labels), seed=7)[1]
    grouped = choose(read(texts, labels, groups=[text.split()[0] for text in texts]), seed=7)[1]
    assert alone > grouped  # nothing is known of a shop that was not seen


def test_the_words_behind_an_answer_sum_to_its_log_odds(model, both):
    for one in (model, both):
        found = one.why("Petrol garage, petrol 99 tickets")
        chances = np.sort(one.chances(["Petrol garage, petrol 99 tickets"])[0])[::-1]
        assert found.label == "fuel"
        assert found.against != "fuel"
        terms = dict(found.terms)
        assert sum(terms.values()) == pytest.approx(np.log(chances[0] / chances[1]), abs=1e-6)
        assert terms["petrol"] > 0
        assert {"garage", "tickets", BEFORE} <= terms.keys()
        assert (WHOLE in terms) == (one is both)
    assert model.why("petrol").terms[0][0] == "petrol"


def test_save_and_load_change_nothing_and_the_same_seed_gives_the_same_bytes(model, tmp_path):
    model.save(tmp_path / "a", {"n": 9})
    learn(read(TEXTS, LABELS), seed=7)[0].save(tmp_path / "b", {"n": 9})
    assert (tmp_path / "a" / ARRAYS).read_bytes() == (tmp_path / "b" / ARRAYS).read_bytes()
    again = TextClassifier.load(tmp_path / "a", lambda: pytest.fail("no encoder is needed"))
    np.testing.assert_array_equal(again.chances(TEXTS), model.chances(TEXTS))
    assert again.labels == model.labels


def test_vectors_are_read_with_the_encoder_that_they_were_learned_with(both, tmp_path):
    both.save(tmp_path, {})
    again = TextClassifier.load(tmp_path, Meanings)
    np.testing.assert_array_equal(again.chances(TEXTS), both.chances(TEXTS))
    other = Meanings()
    other.sha256 = "b" * 64
    with pytest.raises(StateError, match=r"fitted on the vectors of meanings .*run fit-text again"):
        TextClassifier.load(tmp_path, lambda: other)
    with pytest.raises(StateError, match="there is none"):
        TextClassifier.load(tmp_path)


def test_a_real_encoders_folder_serves_too(tiny_encoder, with_folder, tmp_path):
    encoder = load_encoder(
        with_folder({"all-MiniLM-L6-v2": tiny_encoder}), cache=tmp_path / "cache"
    )
    learned = fit(read(TEXTS, LABELS, encoder=encoder), BOTH, seed=7)
    learned.save(tmp_path / "model", {})
    again = TextClassifier.load(tmp_path / "model", lambda: encoder)
    assert again.meaning.shape == (encoder.dimension, 3)
    assert again.predict(TEXTS).tolist() == LABELS


def test_reading_needs_no_scikit_learn(model, tmp_path):
    model.save(tmp_path, {})
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from engine.models.categories import TextClassifier\n"
        "print(TextClassifier.load(Path(sys.argv[1])).predict(['petrol'])[0])\n"
        "print('sklearn' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert done.stdout.split() == ["fuel", "False"]


def test_a_folder_without_a_model_is_an_error_that_says_so(tmp_path):
    with pytest.raises(StateError, match=r"text\.npz"):
        TextClassifier.load(tmp_path)


def test_a_classifier_of_another_release_or_a_damaged_one_names_its_remedy(tmp_path):
    save_arrays(tmp_path / ARRAYS, "text classifier 1", labels=np.array(["fuel"]))
    with pytest.raises(StateError, match=r"text classifier 1.* Run fit-text again\.$"):
        TextClassifier.load(tmp_path)
    (tmp_path / ARRAYS).write_bytes(b"no archive")
    with pytest.raises(StateError, match=r"cannot be read .* Run fit-text again\.$"):
        TextClassifier.load(tmp_path)


@given(st.text(max_size=60))
@example_settings(max_examples=40, deadline=None)
def test_any_text_gets_chances(model, text):
    chances = model.chances([text])
    assert sum(value for _, value in model.why(text).terms) >= -1e-6
    assert np.isfinite(chances).all()
    assert chances.sum() == pytest.approx(1)
