"""A classifier of statement lines: learns, is saved without pickle, reads without scikit-learn."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from engine.errors import BadInput, StateError
from engine.models.categories import ARRAYS, TextClassifier

TEXTS = [
    "Shell petrol station 12", "Petrol Engen garage", "Diesel at the petrol station",
    "Green supermarket groceries", "Weekly groceries market", "Supermarket food hall",
    "Cinema tickets", "Concert tickets tonight", "Theatre tickets",
]  # fmt: skip
LABELS = ["fuel"] * 3 + ["groceries"] * 3 + ["entertainment"] * 3


@pytest.fixture(scope="module")
def model() -> TextClassifier:
    return TextClassifier.fit(TEXTS, LABELS, seed=7)


def test_F62_what_was_learned_holds_for_merchants_that_were_not_seen(model):
    seen = model.predict(["PETROLEUM 0815 Garage", "Organic supermarket", "Movie tickets"])
    assert seen.tolist() == ["fuel", "groceries", "entertainment"]
    assert model.predict(TEXTS).tolist() == LABELS


def test_chances_sum_to_one_and_a_missing_text_has_none(model):
    chances = model.chances([TEXTS[0], None, "", "§§§"])
    assert chances.shape == (4, 3)
    assert np.isnan(chances[1]).all()
    np.testing.assert_allclose(chances[[0, 2, 3]].sum(axis=1), 1)
    assert model.chances([]).shape == (0, 3)


def test_two_labels_are_enough_and_one_is_not():
    two = TextClassifier.fit(TEXTS[:6], LABELS[:6], seed=7)
    assert two.predict(TEXTS[:6]).tolist() == LABELS[:6]
    with pytest.raises(BadInput, match="at least two"):
        TextClassifier.fit(TEXTS[:3], LABELS[:3], seed=7)
    with pytest.raises(BadInput, match="no letter"):
        TextClassifier.fit(["§", "%"], ["a", "b"], seed=7)


def test_it_equals_scikit_learns_own_tf_idf_and_regression(model):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    from engine.models.categories import INVERSE_RIDGE, _grams

    slow = TfidfVectorizer(analyzer=lambda t: list(_grams(t).elements()), sublinear_tf=True)
    features = slow.fit_transform(TEXTS)
    regression = LogisticRegression(C=INVERSE_RIDGE, class_weight="balanced", max_iter=1000)
    regression.fit(features, LABELS)
    new = [*TEXTS, "petrol tickets", "nothing known"]
    expected = regression.predict_proba(slow.transform(new))
    np.testing.assert_allclose(model.chances(new), expected, atol=2e-4)


def test_save_and_load_change_nothing_and_the_same_seed_gives_the_same_bytes(model, tmp_path):
    model.save(tmp_path / "a", {"n": 9})
    TextClassifier.fit(TEXTS, LABELS, seed=7).save(tmp_path / "b", {"n": 9})
    assert (tmp_path / "a" / ARRAYS).read_bytes() == (tmp_path / "b" / ARRAYS).read_bytes()
    again = TextClassifier.load(tmp_path / "a")
    np.testing.assert_array_equal(again.chances(TEXTS), model.chances(TEXTS))
    assert again.labels == model.labels


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


@given(st.text(max_size=60))
@example_settings(max_examples=80, deadline=None)
def test_any_text_gets_chances(text):
    model = TextClassifier.fit(TEXTS, LABELS, seed=7)
    chances = model.chances([text])
    assert np.isfinite(chances).all()
    assert chances.sum() == pytest.approx(1)
