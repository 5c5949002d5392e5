"""What a product earns a year if it is taken: a stated assumption, or no number."""

import numpy as np
import pandas as pd
import pytest

from engine.customers.finances.assumed_amounts import in_currency
from engine.scoring.product_worth import assumption, margins
from engine.settings import load

PRODUCTS = pd.DataFrame(
    {
        "product_id": ["a", "b", "c", "d"],
        "category": ["Savings", "credit card", "Advice", None],
    }
)
BANK = {"products": PRODUCTS}


def money(**changes: object):
    """Settings with these margins alone."""
    return load(money={"product_margin": {"default": 60.0, "Savings": 40.0, **changes}}).money


def test_a_category_without_a_margin_is_worth_no_number():
    assert margins(BANK, money()).tolist()[0] == 40.0
    assert np.isnan(margins(BANK, money())[2:]).all()


def test_a_receipt_of_before_counts_the_default():
    settings = load(money={"unlisted_have_no_margin": False}).money
    assert margins(BANK, settings).tolist() == [40.0, 110.0, 60.0, 60.0]


def test_a_products_own_margin_wins():
    settings = load(money={"margin_of_product": {"a": 75.0, "c": 12.0}}).money
    assert margins(BANK, settings)[[0, 2]].tolist() == [75.0, 12.0]
    assert assumption(PRODUCTS.iloc[0], settings, "EUR") == (
        "Assumed margin of this product: EUR 75 a year (the bank's setting)"
    )


@pytest.mark.parametrize(
    ("product", "changes", "expected"),
    [
        (
            0,
            {},
            "Assumed margin of one product of the category Savings: USD 40 a year "
            "(Attune's own assumption, until the bank sets its own)",
        ),
        (
            0,
            {"Savings": 55.0},
            "Assumed margin of one product of the category Savings: USD 55 a year "
            "(the bank's setting)",
        ),
        (2, {}, "No yearly margin is set for Advice: no worth is shown"),
        (3, {}, "No yearly margin is set for products without a category: no worth is shown"),
    ],
)
def test_the_assumption_is_said_with_its_source(product: int, changes: dict, expected: str):
    assert assumption(PRODUCTS.iloc[product], money(**changes), "USD") == expected


def test_our_assumption_stays_ours_where_the_bank_states_its_own_rate():
    stated = {"money": {"units_per_dollar": {"CZK": 23.0}}}
    found = in_currency(load(**stated), "CZK", stated).money
    assert assumption(PRODUCTS.iloc[0], found, "CZK") == (
        "Assumed margin of one product of the category Savings: CZK 920 a year "
        "(Attune's own assumption, until the bank sets its own)"
    )
    own = {"money": {"product_margin": {"Savings": 40.0}}}
    said = assumption(PRODUCTS.iloc[0], in_currency(load(**own), "CZK", own).money, "CZK")
    assert said.endswith("CZK 40 a year (the bank's setting)")


def test_a_margin_that_the_bank_states_is_its_own_even_where_it_is_our_number():
    for currency, number in (("USD", 40.0), ("CZK", 800.0)):
        own = {"money": {"product_margin": {"Savings": number}}}
        found = in_currency(load(**own), currency, own).money
        said = assumption(PRODUCTS.iloc[0], found, currency)
        assert said.endswith(f"{currency} {number:.0f} a year (the bank's setting)")
        other = assumption(PRODUCTS.iloc[1], found, currency)
        assert other.endswith("(Attune's own assumption, until the bank sets its own)")
