"""Models of one label in; the simplest that none surely beats, and its lead on each other, out."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from engine.customers.learned_metrics import accuracy
from engine.customers.learned_metrics.accuracy import Measure
from engine.customers.learned_metrics.fit import FittedMetric, fit, kind_of, smallest_class
from engine.customers.metrics.learned_metric import ADDITIVE, CHANCE, DRIVERS, FORMS, LINEAR
from engine.errors import TrainingError

MIN_ADDITIVE: Final = 100
"""Labels of the rarer outcome from which tables are tried: they have hundreds of entries (own
choice)."""
MOST_LABELS: Final = 30_000
"""Labels that are fitted on at most, drawn by the seed: it bounds the time (own choice)."""


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


def lead(label: np.ndarray, mine: np.ndarray, other: np.ndarray) -> Measure:
    """How far one score is ahead of another on the same labels, paired, with its interval."""
    if kind_of(label) == CHANCE:
        return accuracy.auc_difference(label, mine, other)
    return accuracy.rank_correlation_difference(label, mine, other)
