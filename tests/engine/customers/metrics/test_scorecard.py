"""A metric is 5 plus its points, clipped, and the points are what is shown."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.customers.metrics.scorecard import evidence, score
from engine.errors import SettingsError

STRENGTH = st.one_of(st.just(float("nan")), st.floats(-1, 1))
WEIGHTS = {"a": 3.0, "b": 4.0, "c": 2.5}


def _score(a, b, c):
    card = score(pd.DataFrame({"a": [a], "b": [b], "c": [c]}), WEIGHTS)
    return card.value[0], card.points.iloc[0].sum(), bool(card.known[0])


@given(STRENGTH, STRENGTH, STRENGTH)
def test_F41_five_plus_the_points_is_the_value(a, b, c):
    value, points, known = _score(a, b, c)
    assert value == pytest.approx(5 + points, abs=1e-9)
    assert 0 <= value <= 10
    assert known == (not np.isnan([a, b, c]).all())


@given(STRENGTH, STRENGTH, st.floats(-1, 1), st.floats(0, 2))
def test_F42_the_value_never_falls_when_a_strength_rises(a, b, c, more):
    assert _score(a, b, min(c + more, 1.0))[0] >= _score(a, b, c)[0] - 1e-12


def test_F46_nothing_known_gives_five_and_says_so():
    assert _score(np.nan, np.nan, np.nan) == (5.0, 0.0, False)


def test_a_clipped_value_shrinks_all_points_alike():
    card = score(pd.DataFrame({"a": [1.0], "b": [1.0], "c": [1.0]}), WEIGHTS)
    assert card.value[0] == 10
    assert card.points.iloc[0].tolist() == pytest.approx([15 / 9.5, 20 / 9.5, 12.5 / 9.5])


@pytest.mark.parametrize("weights", [{"a": 1.0, "b": 1.0}, {**WEIGHTS, "c": -1.0}])
def test_a_missing_or_negative_weight_is_refused(weights):
    with pytest.raises(SettingsError, match="'c'"):
        score(pd.DataFrame({"a": [0.0], "b": [0.0], "c": [0.0]}), weights)


def test_evidence_runs_from_a_weak_no_to_a_full_yes():
    assert evidence(np.array([0.0, 0.5, 1.0, 3.0]), 0.2).tolist() == pytest.approx(
        [-0.2, 0.4, 1, 1]
    )
