"""Inputs and labels in; a calibrated model, and what cross-validation says of it, out."""

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from engine.customers.columns import MIN_CUSTOMERS
from engine.customers.learned_metrics import accuracy
from engine.customers.learned_metrics.accuracy import Measure
from engine.customers.learned_metrics.additive import Additive, boosted
from engine.customers.metrics.learned_metric import (
    ADDITIVE,
    CHANCE,
    DRIVERS,
    FIGURE,
    FORM_LABELS,
    LearnedMetric,
    as_numbers,
    standardised,
)
from engine.customers.metrics.scorecard import NEUTRAL
from engine.errors import TrainingError

N_FOLDS: Final = 10
FEWER_FOLDS: Final = 5
"""For models of any columns, which take longer (own choice)."""
_PRIOR: Final = 20.0
"""Cases like the mean that every word is given before its own count (own choice)."""
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


Words = tuple[tuple[str, tuple[tuple[str, float], ...]], ...]


@dataclass(frozen=True, eq=False)
class FittedMetric:
    """A model's parts with the predictions that cross-validation made.

    Attributes
    ----------
    form : str
        One of FORMS.
    inputs : tuple of str
    words : tuple
        Columns of words with the number that stands for each word.
    model : Linear or Additive
        Calibrated, fitted on everything.
    predicted : ndarray of shape (n,)
        For each label by models that never saw its fold.
    base : ndarray of shape (n,)
        Base rate (or mean) of what those models saw.
    """

    form: str
    inputs: tuple[str, ...]
    words: Words
    model: Linear | Additive
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


def fit(
    design: pd.DataFrame, label: np.ndarray, *, form: str, signs: Mapping[str, int], seed: int
) -> FittedMetric:
    """Fit on all labels, with cross-validated predictions beside.

    Parameters
    ----------
    design : DataFrame of shape (n_labels, n_inputs)
        Numbers, or words as objects.
    label : ndarray of shape (n_labels,)
    form : str
        One of FORMS.
    signs : mapping
        Input -> 1 where more of it never means less of the metric, -1 where never more. An unknown
        driver of a scorecard counts as 0, as it does there.
    seed : int
        Of the folds.

    Raises
    ------
    TrainingError
        If there are too few labels of either outcome.
    """
    kind = kind_of(label)
    smallest = smallest_class(label)
    if smallest < MIN_CLASS or design.shape[1] == 0:
        raise TrainingError(
            f"There are {smallest} labels of the rarer outcome and {design.shape[1]} inputs that "
            f"vary; expected at least {MIN_CLASS} and 1. The scorecard stays."
        )
    fold = _folds(label, kind, min(N_FOLDS if form == DRIVERS else FEWER_FOLDS, smallest), seed)
    raw, base = np.empty(len(label)), np.empty(len(label))
    for number in range(fold.max() + 1):
        test = fold == number
        words, model = fitted(design[~test], label[~test], form=form, signs=signs, seed=seed)
        raw[test] = model.raw(as_numbers(design[test], words))
        base[test] = label[~test].mean()
    words, whole = fitted(design, label, form=form, signs=signs, seed=seed)
    inputs = tuple(design.columns)
    if kind == FIGURE:
        return FittedMetric(form, inputs, words, whole, raw, base)
    predicted = np.empty(len(label))
    for number in range(fold.max() + 1):  # the slope, too, never saw the fold
        test = fold == number
        shift, slope = _calibrated(raw[~test], label[~test])
        predicted[test] = 1 / (1 + np.exp(-(shift + slope * raw[test])))
    shift, slope = _calibrated(raw, label)
    return FittedMetric(form, inputs, words, _shifted(whole, shift, slope), predicted, base)


def fitted(
    design: pd.DataFrame, label: np.ndarray, *, form: str, signs: Mapping[str, int], seed: int
) -> tuple[Words, Linear | Additive]:
    """One model of a form, not calibrated, and the numbers that stand for words."""
    kind = kind_of(label)
    words = _coded_words(design, label, kind)
    values = as_numbers(design, words)
    signed = np.array([signs.get(name, 0) for name in design.columns], dtype=int)
    # Inputs with a sign and without a table in their name are drivers of a scorecard.
    neutral = np.array([name in signs and "." not in name for name in design.columns], dtype=bool)
    if form == ADDITIVE:
        chance = kind == CHANCE
        return words, boosted(
            values, label, chance=chance, signs=signed, neutral=neutral, seed=seed
        )
    return words, _linear(values, label, kind, signed, neutral)


def _shifted(model: Linear | Additive, shift: float, slope: float) -> Linear | Additive:
    """With log-odds that are shift + slope times what they were."""
    intercept = shift + slope * model.intercept
    if isinstance(model, Additive):
        return Additive(model.tables.scaled(slope), intercept)
    return Linear(model.centers, model.scales, model.coefficients * slope, intercept)


def smallest_class(label: np.ndarray) -> int:
    """Labels of the rarer outcome; of figures all of them."""
    if kind_of(label) == FIGURE:
        return len(label)
    return int(min(label.sum(), len(label) - label.sum()))


def _coded_words(design: pd.DataFrame, label: np.ndarray, kind: str) -> Words:
    """For every word how much more of the outcome those had who have it, drawn to the mean.

    A word of few labels has no number: it would tell what became of single customers.
    """
    words = []
    mean = float(label.mean())
    for name in design.select_dtypes(exclude=["number", "bool"]).columns:
        groups = pd.Series(label).groupby(design[name].to_numpy())
        sums, n = groups.sum(), groups.count()
        rate = (sums + _PRIOR * mean) / (n + _PRIOR)
        code = np.log(rate / (1 - rate)) if kind == CHANCE else rate
        shared = sorted(code.index[n >= MIN_CUSTOMERS])
        words.append((name, tuple((str(word), float(code[word])) for word in shared)))
    return tuple(words)


def measures(
    label: np.ndarray,
    fitted: FittedMetric,
    baseline: np.ndarray | None,
    rivals: Sequence[FittedMetric] = (),
) -> pd.DataFrame:
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
    for rival in rivals:
        name = f"{'AUC' if kind_of(label) == CHANCE else 'Rank correlation'} of a rival"
        rows.append((name, quality_of(label, rival.predicted), FORM_LABELS[rival.form]))
    return pd.DataFrame(
        [(name, *measure, remark) for name, measure, remark in rows],
        columns=["measure", "value", "low", "high", "remark"],
    )


def quality_of(label: np.ndarray, predicted: np.ndarray) -> Measure:
    """AUC of chances, rank correlation of figures."""
    if kind_of(label) == CHANCE:
        return accuracy.auc_interval(label, predicted)
    return accuracy.rank_correlation(label, predicted)


def learned(
    metric: str,
    target: str,
    label: np.ndarray,
    fitted: FittedMetric,
    *,
    known_until: str,
    fitted_on: str,
) -> LearnedMetric:
    """The model in the shape in which it is stored."""
    kind = kind_of(label)
    quality = quality_of(label, fitted.predicted)
    model = fitted.model
    line = isinstance(model, Linear)
    return LearnedMetric(
        metric=metric,
        target=target,
        kind=kind,
        inputs=fitted.inputs,
        centers=tuple(model.centers.tolist()) if line else (),
        scales=tuple(model.scales.tolist()) if line else (),
        coefficients=tuple(model.coefficients.tolist()) if line else (),
        intercept=float(model.intercept),
        unit=_unit(label, fitted),
        n=len(label),
        n_positive=int(label.sum()) if kind == CHANCE else 0,
        quality=quality.value,
        low=quality.low,
        high=quality.high,
        known_until=known_until,
        fitted_on=fitted_on,
        form=fitted.form,
        words=fitted.words,
        tables=None if line else model.tables,
    )


def _unit(label: np.ndarray, fitted: FittedMetric) -> float:
    """What a point stands for: of any columns, so much that 99 of 100 stay within the scale."""
    if kind_of(label) == FIGURE:
        return float(label.std()) / 2 or 1.0
    if fitted.form == DRIVERS:
        return math.log(2.0)
    chance = np.clip(fitted.predicted, 1e-9, 1 - 1e-9)
    away = np.abs(np.log(chance / (1 - chance)) - fitted.model.intercept)
    return max(math.log(2.0), float(np.quantile(away, 0.99)) / NEUTRAL)


def _folds(label: np.ndarray, kind: str, n: int, seed: int) -> np.ndarray:
    """Number of each label's fold; outcomes are spread evenly."""
    rng = np.random.default_rng(seed)
    fold = np.empty(len(label), dtype=int)
    for outcome in np.unique(label) if kind == CHANCE else [None]:
        rows = np.flatnonzero(label == outcome) if kind == CHANCE else np.arange(len(label))
        fold[rng.permutation(rows)] = np.arange(len(rows)) % n
    return fold


def _linear(
    values: np.ndarray, label: np.ndarray, kind: str, signs: np.ndarray, neutral: np.ndarray
) -> Linear:
    n_inputs = values.shape[1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a fold may know nothing of an input
        centers = np.where(neutral, 0.0, np.nan_to_num(np.nanmean(values, axis=0)))
        scales = np.nan_to_num(np.nanstd(values, axis=0))
    scales = np.where(scales > 1e-9, scales, 1.0)
    x = standardised(values, tuple(centers), tuple(scales))
    kept = np.ones(n_inputs, dtype=bool)
    while True:
        coefficients = np.zeros(n_inputs)
        coefficients[kept], intercept = _weights(x[:, kept], label, kind)
        wrong = coefficients * signs < 0
        if not wrong.any():
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
    for _ in range(60):  # the shift that keeps the mean, by Newton's method, for the bounded slope
        chance = 1 / (1 + np.exp(-(shift + slope * raw)))
        step = (rate - chance.mean()) / max(float((chance * (1 - chance)).mean()), 1e-9)
        shift += float(np.clip(step, -1.0, 1.0))  # where all is told apart, a full step runs away
    return shift, slope
