"""For whom a product is and is not, said by the very conditions that judge customers."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.guard.eligibility import LIMITS
from engine.guard.target_groups import FAILED
from engine.guard.verdicts import Rulebook
from engine.settings import default
from tests.engine.guard.judging import whole

CARD, FUND, HOME, LOAN, SAVE = range(5)


@pytest.fixture
def book(small_bank: Bank, profiles: SimpleNamespace) -> Rulebook:
    return Rulebook(small_bank, whole(small_bank, profiles), default())


def test_F101_a_product_says_for_whom_it_is_and_for_whom_not(book: Rulebook):
    fund, card = book.market(FUND), book.market(CARD)
    assert fund.includes == (
        "Private customers", "An age of at least 18", "At least USD 1,000 to invest",
    )  # fmt: skip
    assert fund.excludes[:3] == (
        "Corporate customers", "An age below 18", "Less than USD 1,000 to invest",
    )  # fmt: skip
    assert "a risk appetite up to 2 of 10 (of the retired up to 4)" in fund.excludes[3]
    assert not any("in difficulty" in text for text in fund.excludes)
    assert "A yearly income below USD 30,000" in card.excludes
    assert card.excludes[-1].startswith("Customers in difficulty: marked as vulnerable")
    assert book.market(LOAN).includes[0] == "Corporate customers"


def test_F101_the_target_market_follows_the_rules_that_are_in_force(
    small_bank: Bank, profiles: SimpleNamespace
):
    guard = default().guard.model_copy(
        update={"no_credit_arrears": False, "vulnerable_max_product_risk": 9.0}
    )
    settings = default().model_copy(update={"guard": guard})
    book = Rulebook(small_bank, whole(small_bank, profiles), settings)
    assert "in arrears" not in book.market(CARD).excludes[-1]
    assert not any("vulnerability" in text for text in book.market(FUND).excludes)
    products = small_bank["products"].assign(min_age=[21, None, None, None, None])
    changed = small_bank.with_tables(products=products)
    other = Rulebook(changed, whole(changed, profiles), default())
    assert "An age below 21" in other.market(CARD).excludes
    assert not any("An age" in text for text in other.market(FUND).includes)


def test_F101_every_condition_that_can_refuse_says_whom_the_product_is_not_for(book: Rulebook):
    """No second truth: where a condition fails somebody, the product's market says so."""
    facts = book.facts
    for _, condition in book.conditions:
        clause = condition(facts)
        assert np.array_equal(clause.columns, condition.columns)
        for place in np.flatnonzero((clause.outcome == FAILED).any(axis=0)):
            said = condition.market(int(place))[1]
            assert said and said in book.market(int(clause.columns[place])).excludes


def test_F101_every_limit_has_words_for_those_beyond_it(small_bank: Bank, profiles):
    bounds = {limit.column: [10.0] * 5 for limit in LIMITS}
    bank = small_bank.with_tables(products=small_bank["products"].assign(**bounds))
    market = Rulebook(bank, whole(bank, profiles), default()).market(SAVE)
    beyond = [text for text in market.excludes if " 10" in text]
    assert len(beyond) == len(LIMITS)
    assert all("below" in text or "above" in text or "ess than" in text for text in beyond)
    assert not any(pd.isna(text) for text in (*market.includes, *market.excludes))
