import pandas as pd
import pytest

from engine.bank.parsing import ranges


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("$500 - $5,000", (500, 5000)),
        ("$8,000+", (8000, None)),
        ("$500 - $15,000+", (500, None)),
        ("Up to $500,000 for emergencies", (None, 500000)),
        ("$0", (0, 0)),
        ("$0 - $695 (depending on the card)", (0, 695)),
        ("Minimum investment can be as low as $100", (100, None)),
        ("Typically high, e.g., $100,000 or more", (100000, None)),
        ("1,000 to 50,000", (1000, 50000)),
        ("$5k", (5000, 5000)),
        ("Up to 80% - 100% of the price", (None, None)),
        ("Varies by issuing bank", (None, None)),
        ("Typically none or very low", (0, 0)),
    ],
)
def test_F07_money_texts_have_two_ends(text, ends):
    assert ranges.money_ends(text) == ends


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("18% - 25% APR", (0.18, 0.25)),
        ("6.5 - 9% per annum", (0.065, 0.09)),
        ("Higher than others (e.g., 6.5% - 9% per annum)", (0.065, 0.09)),
        ("5 %", (0.05, 0.05)),
        ("Varies", (None, None)),
    ],
)
def test_per_cent_texts_are_shares(text, ends):
    assert ranges.percent_ends(text) == ends


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("5 to 30 years", (60, 360)),
        ("7 days to 10 years or more", (0.23, None)),
        ("6 months to 10 years", (6, 120)),
        ("Fixed tenure, often 5 years", (60, 60)),
        ("Up to 15 years", (None, 180)),
        ("Few months to a couple of years", (None, None)),
    ],
)
def test_durations_are_months(text, ends):
    assert ranges.month_ends(text) == ends


def test_a_price_per_year_is_divided_and_one_per_trip_is_left_out():
    prices = pd.Series(
        ["$50 - $500 per month", "$120 per year", "$10 - $100 per trip"], dtype="str"
    )
    assert ranges.PARSERS["money_monthly"](prices).tolist()[:2] == [275, 10]
    assert ranges.PARSERS["money_monthly"](prices).isna().tolist() == [False, False, True]
