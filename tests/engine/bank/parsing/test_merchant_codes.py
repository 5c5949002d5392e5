"""Merchant category codes get their names; other numbers stay what they are."""

import pandas as pd
import pytest

from engine.bank.parsing.merchant_codes import name_of, named
from engine.customers import lexicon
from engine.customers.finances.spending import own_categories
from engine.vocabulary import SPENDING_CATEGORIES


def test_F82_codes_become_names_and_categories():
    told = named(pd.Series(["5411", "5812.0", "MCC 5541", None, "4121", "3000", "742", "5411"]))
    assert told.n_codes == 6
    assert told.texts.tolist()[:2] == [
        "5411 Groceries and supermarkets",
        "5812 Eating places and restaurants",
    ]
    assert told.texts[5] == "3000 United Airlines", "a network's name where the standard has none"
    assert own_categories(told.texts).fillna("").tolist() == [
        "groceries", "dining", "fuel", "", "transport", "travel", "", "groceries",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "column",
    [
        ["1001", "1002", "1003"],
        ["Food", "5411"],
        ["5411", "5812", "1001", "1002"],
        [None],
        ["12345"],
    ],
)
def test_F82_what_is_no_column_of_codes_stays_as_it_is(column):
    texts = pd.Series(column, dtype="str")
    told = named(texts)
    assert told.n_codes == 0
    pd.testing.assert_series_equal(told.texts, texts)


def test_a_code_that_no_list_has_is_nameless():
    assert name_of("1001") == "" and name_of("5411")


def test_F82_ranges_of_codes_lead_to_our_categories_and_the_narrowest_wins():
    codes = lexicon.merchant_codes()
    assert set(codes.values()) <= set(SPENDING_CATEGORIES)
    assert (codes["5511"], codes["5541"], codes["5552"]) == ("transport", "fuel", "fuel")
    assert (codes["5942"], codes["5945"]) == ("shopping", "children and family")
    assert "9311" not in codes, "a tax is none of ours; merchant and description decide"
