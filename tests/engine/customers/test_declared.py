"""What a source says that writers feel about products: counted as it stands, read by no score."""

import json

import numpy as np
import pandas as pd
import pytest

from engine.customers.words.declared import counted, declared


def kept(*labels: str | None) -> pd.Series:
    cells = [
        None if label is None else json.dumps({"feedback_on_financial_products": label})
        for label in labels
    ]
    return pd.Series([*cells, '{"image_url": "x"}', "{}"], dtype="str")


def test_F75_labels_are_those_of_the_source_and_nothing_else_is_one():
    found = declared(kept("Positive", " negative ", "NEUTRAL", "rather good", None))
    assert found.tolist() == ["positive", "negative", "neutral", "", "", "", ""]
    assert declared(pd.Series([None, None], dtype="str")).tolist() == ["", ""]


def test_F75_labels_are_counted_with_share_and_interval_where_they_may_be_used():
    labels = declared(kept(*["Positive"] * 7, *["Negative"] * 10, *["Neutral"] * 56, "Positive"))
    used = np.ones(len(labels), dtype=bool)
    used[73] = False
    table = counted(labels, used).set_index("label")
    assert table["n"].to_dict() == {"positive": 7, "neutral": 56, "negative": 10}
    assert table["share"].sum() == pytest.approx(1)
    assert ((table["low"] < table["share"]) & (table["share"] < table["high"])).all()
    assert counted(labels, ~used)["n"].tolist() == [1, 0, 0]
    assert counted(labels, np.zeros(len(labels), dtype=bool)).empty
