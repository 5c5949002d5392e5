"""Words are found whole, and every category that the lexicon names exists."""

import pandas as pd

from engine.customers import lexicon
from engine.vocabulary import SPENDING_CATEGORIES


def test_words_are_found_whole_and_with_their_signs():
    texts = pd.Series(
        ["at&t bill", "scatter", "the bar", "barber", "mcdonald's", None], dtype="str"
    )
    found = texts.str.contains(lexicon.pattern(["at&t", "bar", "mcdonald's"])).fillna(False)
    assert found.tolist() == [True, False, True, False, True, False]


def test_a_missing_text_mentions_nothing():
    texts = pd.Series([None, "bought shares"], dtype="str")
    assert lexicon.mentions(texts, "speculative").tolist() == [False, True]


def test_every_category_of_the_lexicon_is_one_of_the_vocabulary():
    assert {name for name, _ in lexicon.spending_patterns()} == set(SPENDING_CATEGORIES)
    assert set(lexicon.source_categories().values()) <= set(SPENDING_CATEGORIES)
    assert all(name == name.lower() for name in lexicon.source_categories())


def test_a_home_equity_line_is_no_investment_because_of_a_word():
    names = pd.Series(["home equity line of credit", "equity fund", "private equity", "mortgage"])
    assert lexicon.mentions(names, "complex_product").tolist() == [False, True, True, False]
