"""Merchant category codes get their names; other numbers stay what they are."""

import pandas as pd
import pytest

from engine.bank.parsing.merchant_codes import code_of, is_header, name_of, named
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
        ["3001", "3002", "3005"],
        ["5411", "5812", "5541"],
    ],
)
def test_F82_what_is_no_column_of_codes_stays_as_it_is(column):
    texts = pd.Series(column, dtype="str")
    told = named(texts)
    assert told.n_codes == 0
    pd.testing.assert_series_equal(told.texts, texts)


def test_F82_a_column_that_is_called_so_has_its_codes_named_and_the_rest_left():
    told = named(pd.Series(["3001", "0", "Food", "1001", None]), said=True)
    assert told.n_codes == 1
    assert told.texts.fillna("").tolist() == ["3001 American Airlines", "0", "Food", "1001", ""]
    headers = ["mcc", "MCC_code", "SICMCC Code", "Merchant Category Code", "merchant_category"]
    assert all(map(is_header, headers))
    assert not any(map(is_header, ["category", "McCormick", "merchant", "code"]))


def test_F82_codes_that_were_named_before_stand_for_those_that_come_later():
    told = named(pd.Series(["5411 Groceries and supermarkets", "3001", "7011"]))
    assert told.n_codes == 2
    assert told.texts[0] == "5411 Groceries and supermarkets"
    assert code_of(told.texts[1].upper()) == "3001"
    assert code_of("6300 Rent") == code_of("5411") == code_of("\u0661234 x") == ""


def test_a_code_that_no_list_has_is_nameless():
    assert name_of("1001") == "" and name_of("5411")


def test_F82_ranges_of_codes_lead_to_our_categories_and_the_narrowest_wins():
    codes = lexicon.merchant_codes()
    assert set(codes.values()) <= set(SPENDING_CATEGORIES)
    assert (codes["5511"], codes["5541"], codes["5552"]) == ("transport", "fuel", "fuel")
    assert (codes["5942"], codes["5945"]) == ("shopping", "children and family")
    assert "9311" not in codes, "a tax is none of ours; merchant and description decide"
