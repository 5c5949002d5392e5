"""Boosted tables: exact sums, signs, pairs, the same bytes."""

import numpy as np
import pandas as pd
import pytest

from engine.customers.columns import MIN_CUSTOMERS
from engine.customers.learned_metrics import choice, fit
from engine.customers.learned_metrics.accuracy import auc
from engine.customers.learned_metrics.additive import boosted
from engine.customers.metrics.additive_tables import AdditiveTables

N = 1200


@pytest.fixture(scope="module")
def values():
    rng = np.random.default_rng(1)
    table = np.column_stack([rng.normal(size=N), rng.integers(0, 2, N), rng.integers(0, 2, N)])
    table[:60, 0] = np.nan
    return table


@pytest.fixture(scope="module")
def label(values):
    """Two columns say nothing alone and much together."""
    chance = np.where(values[:, 1] == values[:, 2], 0.8, 0.2)
    return (np.random.default_rng(2).random(N) < chance).astype(float)


def learn(values, label, signs=(0, 0, 0), neutral=(False, False, False)):
    return boosted(
        values, label, chance=True, signs=np.array(signs), neutral=np.array(neutral), seed=7
    )


def slow_sum(tables: AdditiveTables, row: np.ndarray) -> float:
    """One customer, entry by entry."""
    bins = []
    for value, edges in zip(row, tables.edges, strict=True):
        bins.append(0 if np.isnan(value) else 1 + sum(value > edge for edge in edges))
    total = sum(main[b] for main, b in zip(tables.mains, bins, strict=True))
    for (first, second), joint in zip(tables.pairs, tables.joint, strict=True):
        total += joint[bins[first]][bins[second]]
    return total


def test_two_columns_that_matter_together_are_found(values, label):
    model = learn(values, label)
    assert model.tables.pairs[0] == (1, 2)
    assert auc(label, model.raw(values)) > 0.75


def test_the_parts_are_the_sum_of_the_tables(values, label):
    tables = learn(values, label).tables
    parts = tables.parts(values)
    assert parts.shape == values.shape
    for row in range(0, 200, 20):
        assert parts[row].sum() == pytest.approx(slow_sum(tables, values[row]), abs=1e-12)
    assert np.allclose(tables.scaled(0.5).parts(values), parts / 2)


def test_a_sign_holds_against_the_labels(values, label):
    """The labels fall with the column; where it may only raise, it does nothing or raises."""
    falling = (np.random.default_rng(3).random(N) < 1 / (1 + np.exp(2 * values[:, 0]))) * 1.0
    falling[:60] = label[:60]
    free = learn(values, falling).tables.mains[0]
    held = learn(values, falling, signs=(1, 0, 0), neutral=(True, False, False)).tables
    assert free[1] > free[-1] + 1
    assert (np.diff(held.mains[0][1:]) >= -1e-12).all()
    assert not any(0 in pair for pair in held.pairs)
    zero = held.parts(np.array([[0.0, 1, 1], [np.nan, 1, 1]]))
    assert zero[0, 0] == zero[1, 0], "an unknown driver counts as 0"


def test_the_same_seed_gives_the_same_tables(values, label):
    assert learn(values, label) == learn(values, label)


def test_noise_has_no_say_over_chance(values):
    label = np.random.default_rng(4).permutation(np.repeat([0.0, 1.0], N // 2))
    model = learn(values, label)
    assert np.abs(model.tables.parts(values)).max() < 1.0


def test_the_simplest_that_none_surely_beats_serves():
    rng = np.random.default_rng(6)
    label = (rng.random(2000) < 0.3).astype(float)
    poor, good = label + rng.normal(0, 3, 2000), label + rng.normal(0, 1, 2000)
    hardly_better = good + rng.normal(0, 0.01, 2000)
    assert choice.simplest(label, [poor, good, hardly_better]) == 1
    assert choice.simplest(label, [good, hardly_better, poor]) == 0
    figure = label + rng.normal(0, 1, 2000)
    lead = choice.lead(figure, figure + rng.normal(0, 0.1, 2000), poor)
    assert lead.low > 0


def test_words_are_coded_by_what_those_had_who_have_them_drawn_to_the_mean():
    design = pd.DataFrame({"attributes.tier": ["gold"] * 300 + ["plain"] * 300 + ["rare"] * 20})
    label = np.r_[
        np.tile([1.0, 1.0, 0.0], 100), np.tile([0.0, 0.0, 1.0], 100), [1.0] * 14, [0.0] * 6
    ]
    words, _ = fit.fitted(design, label, form="linear", signs={}, seed=7)
    codes = dict(words[0][1])
    assert codes["plain"] < codes["rare"] < codes["gold"], "14 cases of 20 prove little"


def test_a_word_of_few_labels_has_no_number():
    words = ["branch"] * MIN_CUSTOMERS + ["only me"] * (MIN_CUSTOMERS - 1)
    design = pd.DataFrame({"attributes.note": pd.Series(words, dtype=object)})
    label = (np.arange(len(words)) % 2).astype(float)
    coded, _ = fit.fitted(design, label, form="linear", signs={}, seed=7)
    assert [word for word, _ in coded[0][1]] == ["branch"]
