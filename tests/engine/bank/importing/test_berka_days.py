"""What the Czech bank's files say, and no more: ends of days, and what a card is."""

import tomllib
from importlib.resources import files

import pandas as pd

from engine.bank.importing.sources.berka import ends_a_day


def test_a_day_ends_with_the_balance_from_which_no_payment_of_it_goes_on():
    day, other = pd.Timestamp("1998-07-31"), pd.Timestamp("1998-07-18")
    rows = pd.DataFrame(
        {
            "customer_id": ["1"] * 5,
            "booked_at": [other, day, day, day, day],
            "amount": [-8093.0, -14.6, 2800.0, 129.9, 0.0],
        }
    )
    balance = pd.Series([27219.4, 30134.7, 30149.3, 27349.3, 30134.7])
    assert ends_a_day(rows.iloc[:4], balance[:4]).tolist() == [True, True, False, False]


def test_a_card_is_described_by_its_type_alone():
    layout = tomllib.loads(
        files("engine.bank.importing.columns").joinpath("layouts/berka.toml").read_text("utf-8")
    )
    cards = [p for p in layout["products"] if p["category"] == "Credit Card"]
    assert len(cards) == 3
    for card in cards:
        assert card["description"] == f"Credit card of the type {card['subcategory']}"
