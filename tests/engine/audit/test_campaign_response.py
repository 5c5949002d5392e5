"""Figures of a campaign, known by eye."""

import numpy as np
import pytest

from engine.audit.campaign_response import _lift, _table


def test_the_lift_is_the_rate_of_the_first_over_the_rate_of_all():
    first, yes = np.array([1.0, 1.0, 0.0, 0.0]), np.array([True, False, False, False])
    assert _lift(first, yes) == 2.0
    assert np.isnan(_lift(first, yes & False))


def test_a_perfect_order_and_the_base_rate():
    yes = np.arange(100) >= 80
    found = _table(np.where(yes, 0.9, 0.1), yes, base=0.2, seed=7).set_index("metric")
    assert found.loc["auc", "value"] == 1
    assert found.loc["brier", "value"] == pytest.approx(0.01)
    assert found.loc["brier_base", "value"] == pytest.approx(0.2 * 0.8**2 + 0.8 * 0.2**2)
    assert found.loc["lift@10%", "value"] == 5
