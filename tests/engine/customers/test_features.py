"""Figures behind the metrics, on the hand-made bank."""

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.customers.features import answered, goal_risk
from engine.vocabulary import FORBIDDEN_FEATURES


def _risk(goals: str | None) -> float:
    frame = pd.DataFrame({"goals": pd.Series([goals], dtype="str")})
    return goal_risk(frame)[0]


def test_F43_goals_that_seek_risk_stand_above_those_that_fear_it():
    assert _risk("high risk") == 1.0
    assert _risk("stability; retirement") == pytest.approx(-0.75)
    assert _risk("Early retirement") > 0 > _risk("retirement")
    assert np.isnan(_risk("learn to dance"))
    assert np.isnan(_risk(None))


def test_an_answer_that_is_none_is_missing():
    texts = pd.Series(["unknown", "teacher", None], dtype="str")
    assert answered(texts).isna().tolist() == [True, False, True]


def test_holdings_messages_and_series_are_counted(small_profiles):
    features = small_profiles.features
    assert features.loc["ben", "n_cases"] == 2
    assert features.loc["ben", "n_cases_open"] == 2
    assert features.loc["ben", "n_cases_repeated"] == 1
    assert features.loc["ben", "balance_change"] < -0.5
    assert features.loc["ann", "said"] > 0
    assert features["n_holdings"].fillna(0).tolist() == [1, 1, 1, 0, 0, 1]
    assert features.loc["dee", "occupation"] == 0.5


def test_no_forbidden_column_is_a_feature(small_profiles):
    assert not FORBIDDEN_FEATURES & set(small_profiles.features.columns)


class Unmultiplied(np.ndarray):
    """A table that no matrix product may be made of."""

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        assert ufunc is not np.matmul, "a matrix product: BLAS may warn of lanes that hold no data"
        plain = [np.asarray(a) if isinstance(a, Unmultiplied) else a for a in inputs]
        return getattr(ufunc, method)(*plain, **options)


def test_figures_of_holdings_need_no_matrix_product_that_may_warn(
    small_bank, profile_of, monkeypatch
):
    expected = profile_of(small_bank)
    held = property(lambda bank: bank.held_on(None).view(Unmultiplied))
    monkeypatch.setattr(Bank, "held", held)
    profiles = profile_of(small_bank)
    pd.testing.assert_frame_equal(profiles.features, expected.features)
    pd.testing.assert_frame_equal(profiles.value_parts, expected.value_parts)
