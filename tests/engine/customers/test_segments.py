"""Segments have readable names, every customer has one, and lift finds a planted link."""

import numpy as np
import pandas as pd
import pytest

from engine.customers import segments
from engine.settings import default


def _table(**columns) -> pd.DataFrame:
    frame = pd.DataFrame(columns)
    return frame.assign(
        churn_known=frame.get("churn_known", True), profit_known=frame.get("profit_known", True)
    )


def test_bands_and_names_follow_churn_and_value():
    table = _table(churn=[2.0, 6.0, 8.0], profit=[9.0, 6.0, 1.0])
    banded = segments.bands(table, default().metrics)
    assert banded["segment"].tolist() == [
        "Low churn, high value",
        "Medium churn, medium value",
        "High churn, growth potential",
    ]
    assert banded["churn_band"].tolist() == ["low", "medium", "high"]
    assert banded["value_band"].tolist() == ["high", "medium", "growth"]


def test_of_what_is_not_known_no_churn_is_said():
    table = _table(
        churn=[5.0, 5.0], profit=[8.0, 5.0], churn_known=[False] * 2, profit_known=[True, False]
    )
    banded = segments.bands(table, default().metrics)
    assert banded["segment"].tolist() == ["High value", "Little known"]
    assert banded["value_band"].tolist() == ["high", "growth"]


def test_a_segment_of_unrated_customers_has_no_mean_churn_and_an_action_of_its_own():
    table = _table(
        churn=[5.0, 2.0], profit=[8.0, 8.0], churn_known=[False, True], value_a_year=[10.0, 10.0]
    )
    banded = table.join(segments.bands(table, default().metrics))
    summary = segments.summary(banded).set_index("segment")
    assert np.isnan(summary.loc["High value", "mean_churn"])
    assert "may leave" in summary.loc["High value", "action"]
    assert summary.loc["Low churn, high value", "mean_churn"] == 2.0


def test_F51_every_customer_has_a_segment_and_sizes_add_up(small_profiles):
    summary = segments.summary(small_profiles.table)
    assert summary["n"].sum() == 6
    assert summary["share"].sum() == pytest.approx(1.0)
    assert summary["action"].str.len().min() > 10
    assert list(summary.columns) == [
        "segment", "churn_band", "value_band", "n", "share", "value_a_year", "mean_churn", "action",
    ]  # fmt: skip


def test_F50_a_planted_threefold_link_lies_within_its_interval():
    generator = np.random.default_rng(7)
    groups = pd.Series(np.where(np.arange(4000) < 1000, "tech", "rest"))
    rate = np.where(groups == "tech", 0.30, 0.0333)
    held = generator.random((4000, 2)) < np.column_stack([rate, np.full(4000, 0.2)])
    table = segments.lift(groups, held, pd.Series(["Elite", "Plain"]))
    elite = table[(table["segment"] == "tech") & (table["product"] == "Elite")].iloc[0]
    assert elite["low"] <= 3 <= elite["high"]
    assert elite["n"] == 1000
    assert elite["lift"] == pytest.approx(elite["rate"] / elite["base_rate"])
    plain = table[(table["segment"] == "tech") & (table["product"] == "Plain")].iloc[0]
    assert plain["low"] <= 1 <= plain["high"]


def test_a_bank_without_holdings_has_no_lift():
    table = segments.lift(pd.Series(["a", "b"]), np.zeros((2, 0), bool), pd.Series([], dtype="str"))
    assert table.empty
    assert "lift" in table.columns
