"""Every figure is written in one way, on pages, in sentences and on the command line."""

import numpy as np
import pandas as pd
import pytest

from engine import figures


def test_money_has_no_cents_from_a_hundred_on_and_the_true_minus():
    assert figures.money(1240.4, "USD") == "USD 1,240"
    assert figures.money(12.5, "USD") == "USD 12.50"
    assert figures.money(-58.79, "USD") == "−USD 58.79"
    assert figures.money(-0.001, "USD") == "USD 0.00"
    assert figures.money(3, "") == "3"
    assert figures.money(np.nan, "EUR") == "not known"


def test_a_minus_is_the_true_one_whatever_is_written():
    written = (
        figures.money(-60, "EUR"),
        figures.compact_money(-12_340, "EUR"),
        figures.percent(-0.2),
        figures.change(-0.013),
        figures.signed(-1.5),
        figures.figure(-1234),
        figures.figure(-0.25),
    )
    assert written == ("−EUR 60", "−EUR 12.3k", "−20 %", "−1.3 %", "−1.50", "−1,234", "−0.25")


def test_what_rounds_to_nothing_has_no_sign():
    assert figures.signed(-0.001) == "0.00"
    assert figures.signed(0.04, 1) == "0.0"
    assert figures.signed(0.25, 1) == "+0.2"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.243, "24 %"),
        (0.0234, "2.3 %"),
        (0.07, "7 %"),
        (0.4, "40 %"),
        (0.0, "0 %"),
        (0.0002, "under 0.1 %"),
        (np.nan, "not known"),
    ],
)
def test_a_share_has_one_decimal_below_ten_per_cent(share: float, text: str):
    assert figures.percent(share) == text


def test_compact_money_has_three_digits_at_most():
    assert figures.compact_money(3_700, "USD") == "USD 3.7k"
    assert figures.compact_money(5_000, "USD") == "USD 5k"
    assert figures.compact_money(2_254_067.96, "USD") == "USD 2.3M"
    assert figures.compact_money(61.5, "USD") == "USD 61.50"


def test_counts_lists_and_days_read_well():
    assert figures.count(1, "ticket") == "1 ticket"
    assert figures.count(1200, "category", "categories") == "1,200 categories"
    assert figures.listing(["a"]) == "a"
    assert figures.listing(["a", "b", "c"]) == "a, b and c"
    assert figures.day(pd.Timestamp("2026-03-12")) == "12 Mar 2026"
    assert figures.day(pd.NaT) == "not known"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.24, "+24 %"),
        (0.0003, "up by under 0.1 %"),
        (-0.0003, "down by under 0.1 %"),
        (0.0, "0 %"),
    ],
)
def test_a_change_keeps_its_direction_however_small(share: float, text: str):
    assert figures.change(share) == text


def test_what_rounds_up_takes_the_next_unit_and_what_rounds_to_nothing_has_no_sign():
    assert figures.compact_money(999_999, "USD") == "USD 1M"
    assert figures.compact_money(999_499, "USD") == "USD 999k"
    assert figures.compact_money(-999_999_999, "USD") == "\u2212USD 1bn"
    assert figures.figure(-0.001) == "0"
