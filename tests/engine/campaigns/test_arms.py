"""Who is held out: by the customer's number alone, the same again, in the share that was asked."""

import math

import numpy as np
import pandas as pd
import pytest

from engine.campaigns.arms import CONTACT, HOLD_OUT, NO_CONTACT, arms, detectable

IDS = pd.Series([f"C{n:05d}" for n in range(20_000)])


def test_an_arm_is_the_same_again_and_for_a_part_of_the_customers():
    everybody = arms(IDS, "bank", "Autumn", 0.1, 0.05)
    assert np.array_equal(everybody, arms(IDS, "bank", "Autumn", 0.1, 0.05))
    assert np.array_equal(everybody[5:90], arms(IDS[5:90], "bank", "Autumn", 0.1, 0.05))


def test_shares_are_as_asked_and_each_campaign_holds_out_others():
    first, second = (arms(IDS, "bank", name, 0.1, 0.05) for name in ("Autumn", "Winter"))
    assert (first == NO_CONTACT).mean() == pytest.approx(0.05, abs=0.005)
    assert (first == HOLD_OUT).mean() == pytest.approx(0.095, abs=0.007)
    assert np.array_equal(first == NO_CONTACT, second == NO_CONTACT)
    both = ((first == HOLD_OUT) & (second == HOLD_OUT)).mean()
    assert both == pytest.approx(0.95 * 0.01, abs=0.003)
    assert not np.array_equal(first == NO_CONTACT, arms(IDS, "other", "Autumn", 0, 0.05) != CONTACT)


def test_what_could_be_seen_shrinks_with_more_customers():
    assert detectable(0.05, 1000, 100) == pytest.approx(0.064, abs=0.001)
    assert detectable(0.05, 100_000, 10_000) < 0.01
    assert math.isnan(detectable(0.05, 100, 0))
