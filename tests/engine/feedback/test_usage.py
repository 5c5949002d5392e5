"""How much the lists were used: every figure between two days, and no day is made up."""

import math

import pandas as pd
import pytest

from engine.errors import BadInput
from engine.feedback.usage import usage

DAYS = [pd.Timestamp(f"2025-01-{day}") for day in ("06", "07", "08", "09")]


@pytest.fixture
def events(make, table):
    """Openings on the 6th and 9th, one without a day."""
    morning, later = DAYS[0] + pd.Timedelta(hours=9), DAYS[3] + pd.Timedelta(hours=23)
    return table(
        make("viewed", receipt_id="r1", recorded_at=morning),
        make("accepted", receipt_id="r1", recorded_at=morning),
        make("rated", customer_id="ben", rating=0.7, recorded_at=morning),
        make("viewed", product_id="fund", recorded_at=later),
        make("rated", product_id="fund", customer_id="ben", rating=0.39, recorded_at=later),
        make("clicked", customer_id="ben", product_id="fund", receipt_id="r2")
        | {"recorded_at": None},
    )


def test_F166_F167_everything_counts_until_days_are_chosen(events, small_bank):
    used = usage(events, small_bank)
    assert (used.first, used.last, used.n_undated) == (DAYS[0], DAYS[3], 1)
    assert used.totals == {
        "n_customers": 2,
        "n_interactions": 5,
        "mean_rating": pytest.approx((0.7 + 0.39) / 2),
        "n_clicked": 2,
        "click_rate": 0.4,
        "selection_rate": 0.2,
    }
    chosen = usage(events, small_bank, since=DAYS[3], until=DAYS[3])
    assert chosen.totals["n_interactions"] == 2, "the last day counts to its end"
    assert (chosen.first, chosen.last) == (DAYS[0], DAYS[3]), "the span is of all that happened"
    empty = usage(events, small_bank, since=DAYS[1], until=DAYS[2])
    assert empty.totals["n_interactions"] == 0
    assert math.isnan(empty.totals["click_rate"])
    with pytest.raises(BadInput, match=r"The last day, 06 January 2025, lies before the first"):
        usage(events, small_bank, since=DAYS[3], until=DAYS[0])


def test_F168_days_on_which_nothing_happened_are_days_too(events, small_bank):
    days = usage(events, small_bank).by_day.set_index("day")
    assert list(days.index) == DAYS
    assert list(days["n"]) == [2, 0, 0, 2]
    assert list(days["n_customers"]) == [2, 0, 0, 2]
    assert list(days["n_clicked"]) == [1, 0, 0, 0]
    assert list(days["n_selected"]) == [1, 0, 0, 0]


def test_F169_products_by_how_often_they_were_opened(events, small_bank):
    products = usage(events, small_bank).by_product
    assert list(products["product_id"]) == ["fund", "card"]
    assert list(products["n"]) == [3, 2]
    assert list(products["n_clicked"]) == [1, 1]
    assert products["name"].notna().all()


def test_F170_a_rating_of_seven_tenths_is_in_the_upper_band(events, small_bank):
    bands = usage(events, small_bank).by_rating.set_index("band")["n"]
    assert dict(bands) == {"below .4": 1, ".4 to .7": 0, ".7 and over": 1}


def test_no_events_are_no_use(table, small_bank):
    used = usage(table(), small_bank)
    assert used.first is None
    assert used.by_day.empty
    assert used.totals["n_interactions"] == 0
