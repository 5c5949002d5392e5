"""What others hold and took is counted without the customer, within the audience, by known days."""

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.explain.comparable import Comparable, Counts

CARD, FUND, HOME, LOAN, SAVE = range(5)
ANN, BEN, CID, DEE, EVE, FOX = range(6)


@pytest.fixture
def comparable(small_bank: Bank) -> Comparable:
    rows = [
        ("ann", "save", "2020-01-01", None),
        ("ben", "save", "2020-01-01", "2021-01-01"),
        ("ben", "card", "2020-06-01", None),
        ("cid", "save", "2020-01-01", None),
        ("cid", "card", "2019-06-01", None),
        ("dee", "save", None, None),
        ("dee", "card", "2022-01-01", None),
        ("eve", "card", "2020-06-01", None),
        ("fox", "save", "2020-01-01", None),
    ]
    columns = ["customer_id", "product_id", "opened_on", "closed_on"]
    holdings = pd.DataFrame(rows, columns=columns)
    for column in columns[2:]:
        holdings[column] = pd.to_datetime(holdings[column])
    audience = np.ones((6, 5), dtype=bool)
    audience[FOX, CARD] = False
    return Comparable(small_bank.with_tables(holdings=holdings), audience)


def test_who_holds_both_of_those_who_hold_the_one(comparable: Comparable):
    # Ann is left out, Ben closed his saver, Fox is not of the card's audience.
    assert comparable.together(SAVE, CARD, but=ANN) == Counts(2, 2, 2, 2)
    assert comparable.together(SAVE, CARD, but=EVE) == Counts(3, 2, 1, 1)
    assert comparable.together(CARD, SAVE, but=EVE) == Counts(3, 2, 2, 2)


def test_who_took_it_while_holding_the_other(comparable: Comparable):
    # Cid had the card before, of Dee's saver no day is known; Eve never had a saver.
    assert comparable.after(SAVE, CARD, but=ANN) == Counts(1, 1, 1, 1)
    assert comparable.after(SAVE, CARD, but=BEN) == Counts(1, 0, 1, 1)
    assert comparable.after(SAVE, CARD, but=EVE) == Counts(2, 1, 0, 0)


def test_who_holds_it_of_those_whose_other_products_are_most_alike(comparable: Comparable):
    assert comparable.alike(ANN, CARD) == Counts(2, 2, 2, 2)  # Cid and Dee hold savers


@pytest.mark.parametrize(
    ("counts", "often"),
    [
        (Counts(100, 30, 900, 90), True),
        (Counts(100, 19, 900, 9), False),
        (Counts(100, 30, 900, 240), False),
        (Counts(3, 1, 900, 90), False),
        (Counts(0, 0, 900, 90), False),
        (Counts(100, 30, 0, 0), False),
    ],
)
def test_often_is_a_fifth_and_surely_more_than_of_the_others(counts: Counts, often: bool):
    assert counts.often is often
