"""Which model of one label serves, and whether it is told from what chance finds."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from engine.customers.learned_metrics import choice
from engine.customers.learned_metrics.fit import FittedMetric
from engine.customers.metrics.learned_metric import DRIVERS

N = 400
LABEL = np.r_[np.ones(120), np.zeros(280)]
NOTHING = pd.DataFrame(index=range(N))


def scored(predicted: np.ndarray) -> FittedMetric:
    return FittedMetric(DRIVERS, (), (), None, predicted, LABEL)


def told(model: FittedMetric) -> bool:
    return choice.beats_chance(model, NOTHING, NOTHING, LABEL, signs={}, seed=7)


@pytest.fixture
def shuffles(monkeypatch) -> SimpleNamespace:
    """Stands for the search in shuffled labels; the larger `strength`, the more it finds."""
    found = SimpleNamespace(strength=0.0, shares=[])

    def candidates(drivers, columns, label, *, signs, seed):
        assert not np.array_equal(label, LABEL)
        found.shares.append(label.mean())
        luck = np.random.default_rng(len(found.shares)).random(N)
        return [scored(np.zeros(N)), scored(found.strength * label + luck)]

    monkeypatch.setattr(choice, "candidates", candidates)
    return found


def weak() -> FittedMetric:
    """An AUC of .60, whose interval lies above .5 and would not if it were twice as wide."""
    return scored(0.12 * LABEL + np.random.default_rng(2).random(N))


def test_what_no_shuffle_reaches_is_told_from_chance(shuffles):
    assert told(weak())
    assert shuffles.shares == [0.3] * choice.N_SHUFFLES


def test_the_first_shuffle_that_does_as_well_ends_it(shuffles):
    shuffles.strength = 0.5
    assert not told(weak())
    assert len(shuffles.shares) == 1


def test_what_is_far_ahead_or_not_ahead_asks_no_shuffle(shuffles):
    assert told(scored(LABEL + np.random.default_rng(2).random(N)))
    assert not told(scored(np.random.default_rng(2).random(N)))
    assert not shuffles.shares
