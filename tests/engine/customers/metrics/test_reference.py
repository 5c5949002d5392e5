"""Percentiles refer to a stored picture of the bank."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.customers.metrics.reference import Reference, audience_of

FEATURES = pd.DataFrame(
    {
        "audience": ["retail"] * 4 + ["corporate"],
        "value_a_year": [10.0, 20.0, 20.0, 40.0, 9000.0],
        "income": [1.0, 2.0, 3.0, np.nan, np.nan],
    }
)
REFERENCE = Reference.of(FEATURES, np.array([[0.2, 0.8], [0.4, 0.6], [0.3, 0.7]]))


def _place(value: float, audience: str = "retail", figure: str = "value_a_year") -> float:
    return REFERENCE.percentile(figure, np.array([value]), pd.Series([audience]))[0]


def test_equal_values_share_the_middle_of_their_places():
    assert [_place(v) for v in (5, 10, 20, 40, 50)] == [0.0, 0.125, 0.5, 0.875, 1.0]


def test_companies_are_placed_among_companies():
    assert _place(9000.0, "corporate") == 0.5
    assert _place(9000.0) == 1.0
    assert np.isnan(_place(1.0, "corporate", "income"))
    assert np.isnan(_place(np.nan))


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_F42_a_higher_value_never_has_a_lower_place(value, more):
    assert _place(value + more) >= _place(value)


def test_a_large_bank_is_kept_as_a_thousand_quantiles():
    values = np.arange(5000.0)
    frame = pd.DataFrame({"audience": "retail", "value_a_year": values, "income": values})
    reference = Reference.of(frame, np.zeros((0, 2)))
    assert len(reference.quantiles["income of retail"]) == 1001
    found = reference.percentile("income", values, frame["audience"])
    assert np.abs(found - (values + 0.5) / 5000).max() < 0.002
    assert reference.spending.tolist() == [0.0, 0.0]


def test_a_stored_reference_comes_back_the_same():
    again = Reference.from_dict(json.loads(json.dumps(REFERENCE.to_dict())))
    assert again.to_dict() == REFERENCE.to_dict()
    assert again.spending.tolist() == pytest.approx([0.3, 0.7])


def test_an_unstated_audience_is_retail():
    customers = pd.DataFrame({"audience": pd.Series([None, "corporate"], dtype="str")})
    assert audience_of(customers).tolist() == ["retail", "corporate"]
