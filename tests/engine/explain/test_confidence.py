"""What is displayed beside a confidence, and what the word for it has meant."""

import numpy as np
import pytest

from engine.explain.confidence import NO_HISTORY, displayed, notes, word_meaning
from engine.ranking.calibration import Calibration
from engine.settings import default

SETTINGS = default().confidence
QUANTILES = np.linspace(0.0, 1.0, 1001)
KNOWN = Calibration(QUANTILES, temperature=1.0, high=0.6, fair=0.3, precision_high=0.54, n_high=210)


@pytest.mark.parametrize(
    ("confidence", "agrees", "cap", "shown"),
    [
        (0.90, True, np.nan, 1.0),
        (0.60, True, np.nan, 0.75),
        (0.60, False, np.nan, 0.60),
        (0.75, True, 0.8, 0.8),
        (0.95, False, 0.8, 0.8),
        (None, True, 0.8, None),
    ],
)
def test_F117_F118_boost_and_cap_act_on_what_is_displayed(
    confidence: float | None, agrees: bool, cap: float, shown: float | None
):
    found = displayed(confidence, agrees, cap, SETTINGS)
    assert found.value == (None if shown is None else pytest.approx(shown))
    assert found.boost == (0.15 if agrees and confidence is not None else 0.0)
    assert found.cap == (None if np.isnan(cap) else cap)


def test_a_word_says_what_it_has_meant_so_far():
    assert word_meaning("high", KNOWN, 0.9, SETTINGS) == (
        "Of such offers 54 % were taken (n = 210)"
    )
    assert word_meaning("low", KNOWN, 0.9, SETTINGS) == (
        "Below the confidence from which 25 % were taken"
    )
    nowhere = Calibration(QUANTILES, temperature=1.0)
    assert word_meaning("low", nowhere, 0.9, SETTINGS) == (
        "At no confidence were 25 % of such offers taken so far"
    )


def test_without_history_fit_stands_in_and_says_so():
    bare = Calibration(QUANTILES)
    assert word_meaning("high", bare, 0.97, SETTINGS) == (
        "No history yet: scores above 97 % of this bank's pairs"
    )
    assert notes(bare)[0] == NO_HISTORY and notes(KNOWN) == ()
    assert "above nearly all of" in word_meaning("high", bare, 1.0, SETTINGS)
