"""Inputs and labels in; a calibrated linear model, and what cross-validation says of it, out."""

import math
import warnings
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from engine.customers.learned_metrics import accuracy
from engine.customers.learned_metrics.accuracy import Measure
from engine.customers.metrics.learned_metric import CHANCE, FIGURE, LearnedMetric, standardised
from engine.errors import TrainingError

N_FOLDS: Final = 10
MIN_CLASS: Final = 15
"""Fewest labels of each outcome, and of a figure, that anything is learned from (own choice)."""
INVERSE_RIDGE: Final = 0.1
"""C of scikit-learn on standardised inputs (own choice, not tuned: 30 events cannot choose)."""
SLOPES: Final = (0.2, 1.5)
"""Bounds of the slope that calibrates log-odds (own choice)."""


@dataclass(frozen=True, eq=False)
class Linear:
    """Standardisation and weights of one fit."""

    centers: np.ndarray
    scales: np.ndarray
    coefficients: np.ndarray
    intercept: float

    def raw(self, values: np.ndarray) -> np.ndarray:
        """Log-odds, or the figure."""
        x = standardised(values, tuple(self.centers), tuple(self.scales))
        return self.intercept + x @ self.coefficients


@dataclass(frozen=True, eq=False)
class FittedMetric:
    """A model's parts with the predictions that cross-validation made.

    Attributes
    ----------
    linear : Linear
        Calibrated, fitted on everything.
    predicted : ndarray of shape (n,)
        For each label by models that never saw its fold.
    base : ndarray of shape (n,)
        Base rate (or mean) of what those models saw.
    """

    linear: Linear
    predicted: np.ndarray
    base: np.ndarray


def kind_of(label: np.ndarray) -> str:
    """ "chance" for labels of 0 and 1, "figure" for any other numbers."""
    return CHANCE if np.isin(label, (0.0, 1.0)).all() else FIGURE


def usable(design: pd.DataFrame, banned: frozenset[str]) -> list[str]:
    """Inputs that are known, vary and are not banned by the leak check."""
    return [
        column
        for column in design.columns
        if column not in banned and design[column].min() < design[column].max()
    ]


def fit(design: pd.DataFrame, label: np.ndarray, *, oriented: bool, seed: int) -> FittedMetric:
    """Fit on all labels, with cross-validated predictions beside.

    Parameters
    ----------
    design : DataFrame of shape (n_labels, n_inputs)
    label : ndarray of shape (n_labels,)
    oriented : bool
        More of an input never means less of the metric: coefficients below 0 are taken out, and
        an unknown input counts as 0.
    seed : int
        Of the folds.

    Raises
    ------
    TrainingError
        If there are too few labels of either outcome.
    """
    kind = kind_of(label)
    smallest = int(min(label.sum(), len(label) - label.sum())) if kind == CHANCE else len(label)
    if smallest < MIN_CLASS or design.shape[1] == 0:
        raise TrainingError(
            f"There are {smallest} labels of the rarer outcome and {design.shape[1]} inputs that "
            f"vary; expected at least {MIN_CLASS} and 1. The scorecard stays."
        )
    values = design.to_numpy(dtype=float)
    fold = _folds(label, kind, min(N_FOLDS, smallest), seed)
    raw, base = np.empty(len(label)), np.empty(len(label))
    for number in range(fold.max() + 1):
        test = fold == number
        raw[test] = _linear(values[~test], label[~test], kind, oriented).raw(values[test])
        base[test] = label[~test].mean()
    whole = _linear(values, label, kind, oriented)
    if kind == FIGURE:
        return FittedMetric(whole, raw, base)
    predicted = np.empty(len(label))
    for number in range(fold.max() + 1):  # the slope, too, never saw the fold
        test = fold == number
        shift, slope = _calibrated(raw[~test], label[~test])
        predicted[test] = 1 / (1 + np.exp(-(shift + slope * raw[test])))
    shift, slope = _calibrated(raw, label)
    linear = Linear(
        whole.centers,
        whole.scales,
        whole.coefficients * slope,
        shift + slope * whole.intercept,
    )
    return FittedMetric(linear, predicted, base)


def measures(label: np.ndarray, fitted: FittedMetric, baseline: np.ndarray | None) -> pd.DataFrame:
    """What cross-validation says: measure, value, low, high, remark."""
    rows: list[tuple[str, Measure, str]] = []
    exact = (np.nan, np.nan)
    if kind_of(label) == CHANCE:
        brier = float(np.mean((label - fitted.predicted) ** 2))
        of_base = float(np.mean((label - fitted.base) ** 2))
        gain = accuracy.brier_gain(label, fitted.predicted, fitted.base)
        rows += [
            ("AUC", accuracy.auc_interval(label, fitted.predicted), ".5 is chance"),
            ("Brier score", Measure(brier, *exact), "lower is better"),
            ("Brier score of the base rate", Measure(of_base, *exact), f"{label.mean():.1%} yes"),
            ("Brier score gained", gain, "above 0 is better than the base rate"),
        ]
        if baseline is not None and np.unique(baseline).size > 1:
            rows += [
                ("AUC of the scorecard", accuracy.auc_interval(label, baseline), "as it is"),
                (
                    "AUC gained over the scorecard",
                    accuracy.auc_difference(label, fitted.predicted, baseline),
                    "paired",
                ),
            ]
    else:
        error = np.abs(label - fitted.predicted).mean()
        of_mean = np.abs(label - fitted.base).mean()
        rank = accuracy.rank_correlation(label, fitted.predicted)
        rows += [
            ("Rank correlation", rank, "0 is chance"),
            ("Mean absolute error", Measure(float(error), *exact), "lower is better"),
            ("Mean absolute error of the mean", Measure(float(of_mean), *exact), ""),
        ]
        if baseline is not None:
            of_card = accuracy.rank_correlation(label, baseline)
            rows.append(("Rank correlation of the scorecard", of_card, "as it is"))
    return pd.DataFrame(
        [(name, *measure, remark) for name, measure, remark in rows],
        columns=["measure", "value", "low", "high", "remark"],
    )


def learned(
    metric: str,
    target: str,
    inputs: list[str],
    label: np.ndarray,
    fitted: FittedMetric,
    *,
    known_until: str,
    fitted_on: str,
) -> LearnedMetric:
    """The model in the shape in which it is stored."""
    kind = kind_of(label)
    quality = (
        accuracy.auc_interval(label, fitted.predicted)
        if kind == CHANCE
        else accuracy.rank_correlation(label, fitted.predicted)
    )
    linear = fitted.linear
    return LearnedMetric(
        metric=metric,
        target=target,
        kind=kind,
        inputs=tuple(inputs),
        centers=tuple(linear.centers.tolist()),
        scales=tuple(linear.scales.tolist()),
        coefficients=tuple(linear.coefficients.tolist()),
        intercept=float(linear.intercept),
        unit=math.log(2.0) if kind == CHANCE else float(label.std()) / 2 or 1.0,
        n=len(label),
        n_positive=int(label.sum()) if kind == CHANCE else 0,
        quality=quality.value,
        low=quality.low,
        high=quality.high,
        known_until=known_until,
        fitted_on=fitted_on,
    )


def _folds(label: np.ndarray, kind: str, n: int, seed: int) -> np.ndarray:
    """Number of each label's fold; outcomes are spread evenly."""
    rng = np.random.default_rng(seed)
    fold = np.empty(len(label), dtype=int)
    for outcome in np.unique(label) if kind == CHANCE else [None]:
        rows = np.flatnonzero(label == outcome) if kind == CHANCE else np.arange(len(label))
        fold[rng.permutation(rows)] = np.arange(len(rows)) % n
    return fold


def _linear(values: np.ndarray, label: np.ndarray, kind: str, oriented: bool) -> Linear:
    n_inputs = values.shape[1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a fold may know nothing of an input
        centers = np.zeros(n_inputs) if oriented else np.nan_to_num(np.nanmean(values, axis=0))
        scales = np.nan_to_num(np.nanstd(values, axis=0))
    scales = np.where(scales > 1e-9, scales, 1.0)
    x = standardised(values, tuple(centers), tuple(scales))
    kept = np.ones(n_inputs, dtype=bool)
    while True:
        coefficients = np.zeros(n_inputs)
        coefficients[kept], intercept = _weights(x[:, kept], label, kind)
        wrong = coefficients < 0
        if not (oriented and wrong.any()):
            return Linear(centers, scales, coefficients, intercept)
        kept &= ~wrong


def _weights(x: np.ndarray, label: np.ndarray, kind: str) -> tuple[np.ndarray, float]:
    from sklearn.linear_model import LogisticRegression, Ridge

    if x.shape[1] == 0:
        rate = float(np.clip(label.mean(), 1e-6, 1 - 1e-6))
        return np.zeros(0), math.log(rate / (1 - rate)) if kind == CHANCE else float(label.mean())
    if kind == FIGURE:
        ridge = Ridge(alpha=1 / INVERSE_RIDGE).fit(x, label)
        return ridge.coef_, float(ridge.intercept_)
    model = LogisticRegression(C=INVERSE_RIDGE, max_iter=1000, tol=1e-8).fit(x, label)
    return model.coef_[0], float(model.intercept_[0])


def _calibrated(raw: np.ndarray, label: np.ndarray) -> tuple[float, float]:
    """Shift and slope that make held-out log-odds true (Platt), the slope within its bounds."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1e6, max_iter=1000).fit(raw[:, None], label)
    slope = float(np.clip(model.coef_[0, 0], *SLOPES))
    rate = float(label.mean())
    shift = math.log(rate / (1 - rate)) - slope * float(raw.mean())
    for _ in range(25):  # the shift that keeps the mean, by Newton's method, for the bounded slope
        chance = 1 / (1 + np.exp(-(shift + slope * raw)))
        step = (rate - chance.mean()) / max(float((chance * (1 - chance)).mean()), 1e-9)
        shift += step
    return shift, slope
