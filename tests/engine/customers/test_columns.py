"""Fields that an import kept, as columns that a metric may be learned from."""

import json

import numpy as np
import pandas as pd

from engine.bank.bank import Bank, Manifest
from engine.customers.columns import (
    MIN_CUSTOMERS,
    attribute_columns,
    bank_columns,
    column_label,
    is_protected,
)

DAY = pd.Timestamp("2025-06-30")


def columns(*fields, **options):
    cells = pd.Series([json.dumps(one) if one else None for one in fields], dtype="str")
    return attribute_columns(cells, DAY, **options)


def test_numbers_days_and_words_are_told_apart_and_objects_left_out():
    found = columns(
        {"n": "5", "on": "2025-06-20", "tier": "gold", "loan": {"amount": 3}},
        {"n": "-1.5", "on": "2025-06-29", "tier": "plain", "loan": {"amount": 4}},
        None,
        *[{"tier": "gold"}, {"tier": "plain"}] * MIN_CUSTOMERS,
    )
    assert set(found) == {"attributes.n", "attributes.on", "attributes.tier"}
    np.testing.assert_array_equal(found["attributes.n"][:3], [5.0, -1.5, np.nan])
    np.testing.assert_array_equal(found["attributes.on"][:3], [10.0, 1.0, np.nan])
    assert list(found["attributes.tier"])[:2] == ["gold", "plain"]


def test_protected_traits_and_outcomes_are_not_among_them():
    row = {"Customer_Age": "4", "Geography": "x", "Exited": "1", "average_spend": "3"}
    rows = [row] * MIN_CUSTOMERS
    assert set(columns(*rows)) == {"attributes.average_spend"}
    assert set(columns(*rows, protected=True)) == {
        "attributes.Customer_Age",
        "attributes.Geography",
    }
    assert is_protected("attributes.sex") and not is_protected("attributes.Usage")


def test_a_column_is_called_in_words():
    assert column_label("attributes.NumOfProducts") == "Num of products"
    assert column_label("months.balance.mean of 12 months") == "Balance, mean of 12 months"


def test_a_text_that_few_customers_have_is_unknown_and_no_column_alone():
    free = ["divorce, see letter"] + ["moved house"] * (MIN_CUSTOMERS - 1)
    texts = ["gold"] * MIN_CUSTOMERS + free
    found = columns(*({"note": text, "rare": text if text in free else None} for text in texts))
    assert "attributes.rare" not in found
    assert list(found["attributes.note"]) == ["gold"] * MIN_CUSTOMERS + [None] * len(free)
    ids = [f"c{i}" for i in range(len(texts))]
    tables = {
        "customers": pd.DataFrame({"customer_id": ids, "education": texts, "occupation": texts}),
        "products": pd.DataFrame({"product_id": ["p"], "name": ["Saver"]}),
        "contacts": pd.DataFrame({"customer_id": ids, "channel": texts}).assign(
            contacted_at="2025-01-01"
        ),
    }
    read = bank_columns(Bank.from_tables(Manifest("Small", as_of="2025-06-30"), tables))
    said = read.select_dtypes(exclude="number")
    assert "contacts.channel" in said
    assert set(said.melt()["value"].dropna()) == {"gold"}
