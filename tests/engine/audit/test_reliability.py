"""Promises against outcomes, and thresholds that mean what they say."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.audit.reliability import (
    brier,
    confidence_words,
    ece,
    precision_coverage,
    reliability,
)

offers = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.3, 0.5, 0.72, 0.9, 1.0]), st.booleans()),
    max_size=80,
)


def split(pairs):
    return np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs], dtype=bool)


def slow_ece(confidence, hit, n_bins=10) -> float:
    total = 0.0
    for b in range(n_bins):
        inside = [i for i, c in enumerate(confidence) if min(int(c * n_bins), n_bins - 1) == b]
        if inside:
            promised = sum(confidence[i] for i in inside) / len(inside)
            kept = sum(bool(hit[i]) for i in inside) / len(inside)
            total += len(inside) / len(confidence) * abs(promised - kept)
    return total


@given(offers)
def test_ece_is_the_slow_obvious_one(pairs):
    confidence, hit = split(pairs)
    if not pairs:
        assert math.isnan(ece(confidence, hit))
    else:
        assert ece(confidence, hit) == pytest.approx(slow_ece(confidence, hit), abs=1e-12)


def test_the_reliability_table_counts_each_bin():
    confidence = np.array([0.05, 0.05, 0.95, 1.0])
    hit = np.array([False, True, True, True])
    table = reliability(confidence, hit)
    assert table["n"].tolist() == [2, 2]
    assert table["taken"].tolist() == [0.5, 1.0]
    assert table["lower"].tolist() == [0.0, 0.9]
    assert (table["low"] <= table["taken"]).all()


def test_brier_is_the_mean_squared_distance():
    found = brier(np.array([0.8, 0.3]), np.array([True, False]))
    assert found == pytest.approx((0.2**2 + 0.3**2) / 2)
    assert math.isnan(brier(np.empty(0), np.empty(0)))


@given(offers)
def test_the_curve_is_what_counting_above_each_threshold_gives(pairs):
    confidence, hit = split(pairs)
    curve = precision_coverage(confidence, hit)
    assert curve["threshold"].tolist() == sorted(set(confidence.tolist()), reverse=True)
    for row in curve.itertuples():
        above = confidence >= row.threshold
        assert row.n == above.sum()
        assert row.coverage == pytest.approx(above.mean())
        assert row.precision == pytest.approx(hit[above].mean())


@given(offers)
def test_words_keep_their_precision_and_every_offer_has_one(pairs):
    confidence, hit = split(pairs)
    words = confidence_words(confidence, hit, min_n=5)
    assert words.n_high + words.n_fair + words.n_low == len(pairs)
    if words.high is not None:
        assert words.n_high >= 5
        assert words.precision_high >= 0.5
    if words.fair is not None:
        assert words.n_fair >= 5
        assert words.precision_fair >= 0.25
        assert words.high is None or words.fair < words.high


def test_calibrated_confidences_put_high_and_fair_where_their_precision_begins():
    rng = np.random.default_rng(7)
    confidence = rng.random(40_000)
    hit = rng.random(40_000) < confidence
    words = confidence_words(confidence, hit)
    # Mean of a uniform on [t, 1] is a half from the very bottom, so nothing is left below it.
    assert words.high == pytest.approx(0.0, abs=0.03)
    strict = confidence_words(confidence, hit, high_precision=0.8, fair_precision=0.5)
    assert strict.high == pytest.approx(0.6, abs=0.03)
    assert strict.fair == pytest.approx(0.4, abs=0.05)
    assert strict.word(np.array([0.7, 0.5, 0.1])).tolist() == ["high", "fair", "low"]
    assert strict.precision_high == pytest.approx(0.8, abs=0.005)
    assert 10_000 <= strict.n_high < 20_000


def test_without_enough_offers_no_word_but_low_is_used():
    words = confidence_words(np.full(29, 0.9), np.ones(29, dtype=bool))
    assert (words.high, words.fair) == (None, None)
    assert words.word(np.array([0.99])).tolist() == ["low"]
    assert (words.precision_high, words.n_high) == (None, 0)
    assert (words.precision_low, words.n_low) == (1.0, 29)


def test_a_confidence_beyond_1_or_tables_of_two_lengths_are_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        ece(np.array([1.2]), np.array([True]))
    with pytest.raises(ValueError, match="one length"):
        brier(np.array([0.2, 0.3]), np.array([True]))
