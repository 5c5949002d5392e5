"""What is displayed beside a confidence, and what the word for it has meant."""

import dataclasses
from dataclasses import replace

import numpy as np
import pytest

from engine.explain.confidence import (
    NO_HISTORY,
    NOTHING_HELD,
    UNDATED,
    displayed,
    likely_next,
    not_told_apart,
    notes,
    unsure,
    word_meaning,
)
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
        "In the test on later adoptions, 54 % of products called high were taken, "
        "among customers who took something (47 to 60 %, n = 210)"
    )
    few = replace(KNOWN, precision_high=1.0, n_high=8)
    assert word_meaning("high", few, 0.9, SETTINGS) == (
        "In the test on later adoptions, 100 % of products called high were taken, "
        "among customers who took something (68 to 100 %, n = 8)"
    )
    assert word_meaning("low", KNOWN, 0.9, SETTINGS) == (
        "Under the confidence from which at least 25 % of the products were taken "
        "in the test on later adoptions, among customers who took something"
    )
    nowhere = Calibration(QUANTILES, temperature=1.0)
    assert word_meaning("low", nowhere, 0.9, SETTINGS) == (
        "At no confidence were 25 % of the products taken in the test on later adoptions, "
        "among customers who took something"
    )


def test_without_history_fit_stands_in_and_says_so():
    bare = Calibration(QUANTILES)
    assert word_meaning("high", bare, 0.97, SETTINGS) == (
        "No dated holdings to learn from yet: scores above 97 % of this bank's pairs"
    )
    assert notes(bare, counts_holdings=True) == (NO_HISTORY, UNDATED)
    assert notes(bare, counts_holdings=False) == (NO_HISTORY, NOTHING_HELD)
    assert notes(KNOWN, counts_holdings=True) == ()
    assert "above nearly all of" in word_meaning("high", bare, 1.0, SETTINGS)


def test_a_list_without_a_confident_offer_says_what_it_lacks():
    known = dataclasses.replace(KNOWN, bar=0.2, precision_below=0.06, n_below=34)
    assert unsure(0.2, 0.1, known) == ""
    assert unsure(0.1, 0.9, known) == (
        "the surest is at 10 %, under the 20 % that one needs here; in the test on later adoptions "
        "6 % of products below it were taken, among customers who took something (n = 34)"
    )
    assert "at 20 %, just under the 20 % that" in unsure(0.1996, 0.1, known)
    assert unsure(0.01, 0.1, KNOWN) == ""
    bare = Calibration(QUANTILES)
    assert unsure(None, 0.6, bare) == ""
    assert unsure(None, 0.4, bare) == "every one scores below 50 % of this bank's pairs"


def test_the_set_of_likely_next_products_says_how_sure_it_is_and_nothing_where_it_is_too_wide():
    known = dataclasses.replace(KNOWN, set_rule="mass", set_coverage=0.893, n=199)
    proof = "(measured 89 % of 199 held-out customers)"
    assert likely_next(["Fund", "Card"], known, 5) == (
        f"The next product is one of these 2 with 90 % certainty {proof}: Fund, Card"
    )
    assert likely_next(["Fund"], known, 5) == (
        f"The next product is Fund with 90 % certainty {proof}"
    )
    assert likely_next(["Fund", "Junior card"], known, 5, ["Junior card"]).endswith(
        "Fund, Junior card (may not be offered)"
    )
    assert likely_next(list("abcdef"), known, 5) == ""
    assert likely_next([], known, 5) == "" == likely_next(["Fund"], KNOWN, 5)


def test_neighbours_with_equal_scores_are_named_and_others_are_not():
    said = not_told_apart(["A", "B", "C", "D", "E"], [2.0, 1.0, 1.0 - 1e-12, 0.5, 0.5])
    assert said == "The data cannot tell these apart: B, C; D, E"
    assert not_told_apart(["A", "B"], [2.0, 1.0]) == ""
    assert not_told_apart(["A", "B"], [2.0, 1.0], beyond=2) == (
        "The data cannot tell these apart: B, 2 more that no longer fit on the list"
    )
    assert not_told_apart([], []) == ""


@pytest.mark.parametrize(
    ("confidence", "agrees", "cap", "marks"),
    [
        (0.60, True, np.nan, ("+15 by the bank's rule",)),
        (0.60, False, np.nan, ()),
        (0.75, True, 0.8, ("+15 by the bank's rule", "at most 80 by the bank's rule")),
        (0.60, False, 0.8, ()),
        (None, True, 0.8, ()),
    ],
)
def test_F117_a_boost_or_a_cap_is_a_mark_that_the_bank_may_switch_off(
    confidence: float | None, agrees: bool, cap: float, marks: tuple[str, ...]
):
    assert displayed(confidence, agrees, cap, SETTINGS).marks == marks
    silent = SETTINGS.model_copy(update={"marks": False})
    assert displayed(confidence, agrees, cap, silent).marks == ()
