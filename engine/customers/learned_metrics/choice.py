"""Models of one label in; the simplest that none surely beats, and its lead on each other, out."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from engine.customers.learned_metrics import accuracy
from engine.customers.learned_metrics.accuracy import Measure
from engine.customers.learned_metrics.fit import (
    FittedMetric,
    fit,
    kind_of,
    quality_of,
    smallest_class,
)
from engine.customers.metrics.learned_metric import ADDITIVE, CHANCE, DRIVERS, FORMS, LINEAR
from engine.errors import TrainingError

MIN_ADDITIVE: Final = 100
"""Labels of the rarer outcome from which tables are tried: they have hundreds of entries (own
choice)."""
MOST_LABELS: Final = 30_000
"""Labels that are fitted on at most, drawn by the seed: it bounds the time (own choice)."""

WIDER: Final = 2.0
"""Times the interval of cross-validated predictions is wide before nothing else is asked: models
of folds share their labels, and the best of three is chosen. On shuffled labels the corrected
variance of cross-validation (Nadeau and Bengio, 2003) is 1.5 times as wide, the best of three 1.2
times."""
N_SHUFFLES: Final = 39
"""Shuffles that a model must all beat: chance alone lets 1 in 40 pass."""


def candidates(
    drivers: pd.DataFrame,
    columns: pd.DataFrame,
    label: np.ndarray,
    *,
    signs: Mapping[str, Mapping[str, int]],
    seed: int,
) -> list[FittedMetric]:
    """Every form that there is enough to learn from, the simplest first.

    Parameters
    ----------
    drivers, columns : DataFrame of shape (n_labels, ...)
        Inputs of the form DRIVERS, and of the other two.
    signs : mapping
        Form -> input -> sign.

    Raises
    ------
    TrainingError
        If there is no form.
    """
    designs = {DRIVERS: drivers, LINEAR: columns, ADDITIVE: columns}
    forms = [form for form in FORMS if designs[form].shape[1]]
    if smallest_class(label) < MIN_ADDITIVE:
        forms = [form for form in forms if form != ADDITIVE]
    if not forms:
        raise TrainingError("No input is known, varies and may be learned from.")
    return [fit(designs[form], label, form=form, signs=signs[form], seed=seed) for form in forms]


def chosen(
    label: np.ndarray, baseline: np.ndarray | None, models: Sequence[FittedMetric]
) -> FittedMetric | None:
    """The simplest that none surely beats; None where that is the scorecard."""
    scores = [model.predicted for model in models]
    everyone = scores if baseline is None else [baseline, *scores]
    found = [*([] if baseline is None else [None]), *models]
    return found[simplest(label, everyone)]


def simplest(label: np.ndarray, scores: Sequence[np.ndarray]) -> int:
    """Place of the first score, of those given from the simplest on, that none surely beats."""
    return next(
        place
        for place, mine in enumerate(scores)
        if not any(lead(label, other, mine).low > 0 for other in scores if other is not mine)
    )


def beats_chance(
    serving: FittedMetric,
    drivers: pd.DataFrame,
    columns: pd.DataFrame,
    label: np.ndarray,
    *,
    signs: Mapping[str, Mapping[str, int]],
    seed: int,
) -> bool:
    """Whether a model is told from what the same search finds in shuffled labels.

    One that is far ahead of chance needs no shuffles; the others are compared with the best form of
    each shuffle, and the first that does as well ends it.

    Parameters
    ----------
    serving : FittedMetric
        Of `candidates` with the same inputs.
    """
    chance = 0.5 if kind_of(label) == CHANCE else 0.0
    found = quality_of(label, serving.predicted)
    if found.low <= chance:
        return False
    if found.value - WIDER * (found.value - found.low) > chance:
        return True
    rng = np.random.default_rng(seed)
    for _ in range(N_SHUFFLES):
        shuffled = rng.permutation(label)
        models = candidates(drivers, columns, shuffled, signs=signs, seed=seed)
        if any(quality_of(shuffled, m.predicted).value >= found.value for m in models):
            return False
    return True


def lead(label: np.ndarray, mine: np.ndarray, other: np.ndarray) -> Measure:
    """How far one score is ahead of another on the same labels, paired, with its interval."""
    if kind_of(label) == CHANCE:
        return accuracy.auc_difference(label, mine, other)
    return accuracy.rank_correlation_difference(label, mine, other)
