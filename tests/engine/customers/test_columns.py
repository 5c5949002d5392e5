"""Fields that an import kept, as columns that a metric may be learned from."""

import json

import numpy as np
import pandas as pd

from engine.customers.columns import attribute_columns, column_label, is_protected

DAY = pd.Timestamp("2025-06-30")


def columns(*fields, **options):
    cells = pd.Series([json.dumps(one) if one else None for one in fields], dtype="str")
    return attribute_columns(cells, DAY, **options)


def test_numbers_days_and_words_are_told_apart_and_objects_left_out():
    found = columns(
        {"n": "5", "on": "2025-06-20", "tier": "gold", "loan": {"amount": 3}},
        {"n": "-1.5", "on": "2025-06-29", "tier": "plain", "loan": {"amount": 4}},
        None,
    )
    assert set(found) == {"attributes.n", "attributes.on", "attributes.tier"}
    np.testing.assert_array_equal(found["attributes.n"], [5.0, -1.5, np.nan])
    np.testing.assert_array_equal(found["attributes.on"], [10.0, 1.0, np.nan])
    assert list(found["attributes.tier"])[:2] == ["gold", "plain"]


def test_protected_traits_and_outcomes_are_not_among_them():
    row = {"Customer_Age": "4", "Geography": "x", "Exited": "1", "average_spend": "3"}
    assert set(columns(row, row)) == {"attributes.average_spend"}
    assert set(columns(row, row, protected=True)) == {
        "attributes.Customer_Age",
        "attributes.Geography",
    }
    assert is_protected("attributes.sex") and not is_protected("attributes.Usage")


def test_a_column_is_called_in_words():
    assert column_label("attributes.NumOfProducts") == "Num of products"
    assert column_label("months.balance.mean of 12 months") == "Balance, mean of 12 months"
