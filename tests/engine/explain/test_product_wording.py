"""How a product's own text reads, and what risk it names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.explain.product_wording import wording, wording_facts


def text_of(n_long: int, n_short: int) -> str:
    return " ".join(["complicated"] * n_long + ["card"] * n_short)


@pytest.mark.parametrize(
    ("n_long", "level"),
    [(0, "Low"), (15, "Low"), (16, "Medium"), (30, "Medium"), (31, "High"), (100, "High")],
)
def test_F119_the_level_changes_at_15_and_30_of_a_hundred_long_words(n_long: int, level: str):
    assert wording(text_of(n_long, 100 - n_long)).complexity == level


def test_F119_a_word_is_long_above_eight_letters_and_sentences_are_counted():
    found = wording("Security is guaranteed. It pays 3.5% a year, every year!")
    assert found.long_words == pytest.approx(1 / 9)
    assert found.words_per_sentence == pytest.approx(9 / 2)


@pytest.mark.parametrize(
    "text",
    ["Crypto starter account", "A high-risk equity fund for bold investors", "Hedge Fund Access"],
)
def test_F120_a_crypto_or_high_risk_fund_is_not_low(text: str):
    assert wording(text).risk in ("High", "Medium")


def test_F120_what_is_safe_is_low_and_what_says_neither_has_no_level():
    assert wording("Guaranteed return, FDIC insured, low-risk").risk == "Low"
    assert wording("No risk to your capital").risk == "Low"
    assert wording("A card for groceries").risk == ""
    mixed = wording("Stocks and crypto, and a guaranteed part")
    assert mixed.risk == "Medium"
    assert mixed.named == ("stocks", "crypto", "guaranteed")


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str):
    found = wording(text)
    assert 0 <= found.long_words <= 1 and found.words_per_sentence >= 0
    assert found.complexity in ("", "High", "Medium", "Low")


def test_the_detail_says_what_the_levels_rest_on():
    product = {
        "name": "Coin Fund",
        "description": "A speculative fund of crypto assets",
        "features": "leverage; no lock-in",
    }
    facts = wording_facts(product)
    assert facts["Risk by its text"] == "High (speculative, crypto and leverage)"
    assert facts["Reading level"].startswith("Low (")
    assert wording_facts({"name": None, "description": float("nan"), "features": None}) == {}
