"""Figures read as people write them."""

import numpy as np
import pandas as pd

from engine.customers import wording


def test_money_has_no_cents_from_a_hundred_on():
    assert wording.money(1240.4, "USD") == "USD 1,240"
    assert wording.money(12.5, "USD") == "USD 12.50"
    assert wording.money(-60, "EUR") == "-EUR 60"
    assert wording.money(np.nan, "EUR") == "not known"


def test_shares_have_one_decimal_below_ten_per_cent():
    assert wording.percent(0.243) == "24 %"
    assert wording.percent(0.0234) == "2.3 %"
    assert wording.percent(0.07) == "7 %"
    assert wording.percent(-0.2) == "-20 %"
    assert wording.percent(0.0) == "0 %"


def test_counts_lists_days_and_directions_read_well():
    assert wording.count(1, "ticket") == "1 ticket"
    assert wording.count(1200, "category", "categories") == "1,200 categories"
    assert wording.listing(["a"]) == "a"
    assert wording.listing(["a", "b", "c"]) == "a, b and c"
    assert wording.day(pd.Timestamp("2026-03-12")) == "12 Mar 2026"
    assert wording.direction(-0.24) == "fell 24 %"
    assert wording.direction(0.001) == "hardly changed"


def test_a_value_on_the_edge_of_a_band_belongs_to_the_upper_one():
    found = wording.band(np.array([4.9, 5.0, 6.9, 7.0]), 5.0, 7.0, ("low", "medium", "high"))
    assert found.tolist() == ["low", "medium", "medium", "high"]


def test_what_is_there_is_never_called_nothing():
    assert wording.percent(0.0002) == "under 0.1 %"
    assert wording.percent(0.0) == "0 %"
