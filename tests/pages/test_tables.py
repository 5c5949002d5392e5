"""Tables: as high as their rows ask for, at most as high as they may be."""

import pandas as pd
import pytest
import streamlit as st

from pages.components.look import tables


@pytest.mark.parametrize(
    ("n", "height", "row_height", "taken"),
    [
        (3, 420, None, "content"),
        (40, 420, None, 420),
        (8, 420, 66, 420),
        (3, "content", 66, "content"),
    ],
)
def test_a_table_of_few_rows_leaves_no_empty_ones(monkeypatch, n, height, row_height, taken):
    drawn = {}
    monkeypatch.setattr(st, "dataframe", lambda frame, **options: drawn.update(options))
    frame = pd.DataFrame({"name": ["x"] * n})
    tables.show(frame, {"name": "Name"}, "Names", height=height, row_height=row_height)
    assert drawn["height"] == taken
