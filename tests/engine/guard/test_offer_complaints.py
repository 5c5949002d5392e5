"""Who complained of offers of a product is not offered it next."""

from collections.abc import Callable

import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.guard.offer_complaints import offer_complaints
from engine.guard.verdicts import Verdicts

BEN, HOME, SAVE = 1, 2, 4


def with_message(bank: Bank, text: str, **columns: object) -> Bank:
    row = {"message_id": "m9", "customer_id": "ben", "sent_at": pd.Timestamp("2024-12-28")}
    row |= {"kind": "ticket", "text": text, "resolved": False} | columns
    added = bank["messages"].iloc[[1]].assign(**row).astype(bank["messages"].dtypes)
    return bank.with_tables(messages=pd.concat([bank["messages"], added], ignore_index=True))


def test_the_product_of_which_offers_were_unwanted_stays_off_with_its_day(
    small_bank: Bank, verdicts_of: Callable[..., Verdicts]
):
    assert verdicts_of().allowed[BEN, [HOME, SAVE]].all()
    found = verdicts_of(with_message(small_bank, "Please stop the offers of home insurance!"))
    assert found.rule(BEN, HOME) == "hidden"
    assert found.reason(BEN, HOME) == (
        "The customer complained about offers of it on 28 Dec 2024: service comes first"
    )
    assert found.allowed[BEN, SAVE]


@pytest.mark.parametrize(
    ("text", "columns", "products"),
    [
        ("I am fed up with your marketing. Savings do not interest me.", {}, {SAVE}),
        ("Don\u2019t want adverts for insurances", {}, {HOME}),
        ("Stop the offers of home insurance", {"kind": "post"}, set()),
        ("Do you have an offer for home insurance?", {}, set()),
        ("My home insurance stopped. Which offers are there?", {}, set()),
        ("Stop all offers", {}, set()),
    ],
)
def test_what_counts_as_a_complaint_about_offers(small_bank: Bank, text, columns, products):
    found = offer_complaints(with_message(small_bank, text, **columns))
    assert set(found.columns) == products
    assert set(found.rows) <= {BEN}


def test_a_complaint_that_was_resolved_long_ago_no_longer_stands(
    small_bank: Bank, verdicts_of: Callable[..., Verdicts]
):
    text = "Stop the offers of home insurance"
    old = {"sent_at": pd.Timestamp("2024-06-01")}
    assert verdicts_of(with_message(small_bank, text, resolved=True, **old)).allowed[BEN, HOME]
    assert not verdicts_of(with_message(small_bank, text, **old)).allowed[BEN, HOME]
    assert not verdicts_of(with_message(small_bank, text, resolved=True)).allowed[BEN, HOME]
