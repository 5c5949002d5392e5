import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.models.encoder import CachedEncoder
from engine.models.text_cache import TextCache
from engine.ranking.signals import needs
from engine.ranking.signals.collaborative import product_features


@pytest.fixture
def built(small_bank: Bank, interests: pd.DataFrame, encoder) -> needs.Needs:
    return needs.build(small_bank, interests, encoder)


def test_what_a_customer_wants_scores_above_what_they_do_not(built: needs.Needs, small_bank: Bank):
    scores = built.scores(np.arange(6))
    products = list(small_bank.product_ids)
    assert products[int(scores[0].argmax())] in ("card", "home")
    assert products[int(scores[3].argmax())] == "fund"


def test_a_customer_of_whom_nothing_is_known_is_neutral(built: needs.Needs):
    assert (built.scores(np.array([1, 4])) == 0).all()


def test_F84_shares_of_the_phrases_add_up_to_the_score(built: needs.Needs):
    for row in (0, 2, 3, 5):
        mine = built.interests_of(row)
        shares = mine["share"].to_numpy()[:, None] * built.similarity[mine["phrase"]]
        assert shares.sum(axis=0) == pytest.approx(built.scores(np.array([row]))[0], abs=1e-9)
    assert len(built.interests_of(0)) == 3
    assert built.interests_of(4).empty


class Counting:
    """What is really embedded, text by text."""

    name, sha256 = "counting", "0"

    def __init__(self, encoder):
        self._encoder, self.dimension, self.asked = encoder, len(encoder.encode(["a"])[0]), []

    def encode(self, texts: list[str]) -> np.ndarray:
        self.asked += texts
        return self._encoder.encode(texts)


def test_F84_products_are_embedded_once_for_the_same_catalogue(
    small_bank, interests, encoder, tmp_path
):
    counting = Counting(encoder)
    texts = needs.product_texts(small_bank)
    for _ in range(2):  # the second time as after a restart
        needs.build(small_bank, interests, CachedEncoder(counting, TextCache(tmp_path)))
    assert [counting.asked.count(text) for text in texts] == [1] * 5
    products = small_bank["products"].assign(tags=["lounges", None, None, None, None])
    changed = small_bank.with_tables(products=products)
    before = len(counting.asked)
    needs.build(changed, interests, CachedEncoder(counting, TextCache(tmp_path)))
    assert counting.asked[before:] == needs.product_texts(changed)[:1]


def test_no_product_is_close_to_everybody(built: needs.Needs):
    known = built.scores(np.arange(6))[[0, 2, 3, 5]]
    assert np.abs(known.mean(axis=0)).max() < 1e-9


def test_the_order_of_the_interests_does_not_matter(small_bank, interests, encoder):
    shuffled = interests.sample(frac=1, random_state=1)
    one = needs.build(small_bank, interests, encoder).scores(np.arange(6))
    two = needs.build(small_bank, shuffled, encoder).scores(np.arange(6))
    assert (one == two).all()


def test_a_spending_category_is_put_in_words_and_a_goal_speaks_for_itself():
    assert "flights" in needs.phrase("spending", "travel")
    assert needs.phrase("goal", "buy a house") == "buy a house"


def test_categories_and_tags_become_features(small_bank: Bank):
    products = small_bank["products"].assign(tags=["a; b", "b", None, None, None])
    features = product_features(small_bank.with_tables(products=products))
    assert features.shape == (5, 5 + 2)
    assert features.sum() == 5 + 3
