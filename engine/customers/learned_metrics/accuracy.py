"""Predictions and outcomes in; how good they are, with intervals, out."""

from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from engine import rates


class Measure(NamedTuple):
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


def auc(label: np.ndarray, score: np.ndarray) -> float:
    """Chance that a case of 1 scores above a case of 0; ties count half. NaN without both."""
    yes = np.asarray(label) == 1
    n_yes, n_no = int(yes.sum()), int((~yes).sum())
    if not (n_yes and n_no):
        return float("nan")
    ranks = _ranks(score)
    return float((ranks[yes].sum() - n_yes * (n_yes + 1) / 2) / (n_yes * n_no))


def _ranks(values: np.ndarray) -> np.ndarray:
    """Places from 1, equal values sharing the mean of theirs."""
    return pd.Series(values).rank().to_numpy()


def auc_interval(label: np.ndarray, score: np.ndarray) -> Measure:
    """AUC with the interval of DeLong, DeLong & Clarke-Pearson (Biometrics 44, 1988).

    The interval is taken on the logit scale, so that it stays within 0 and 1.
    """
    value = auc(label, score)
    over_no, over_yes = _places(label, score)
    spread = np.sqrt(over_no.var(ddof=1) / len(over_no) + over_yes.var(ddof=1) / len(over_yes))
    inside = float(np.clip(value, 1e-6, 1 - 1e-6))
    middle = np.log(inside / (1 - inside))
    half = _Z * float(spread) / (inside * (1 - inside))
    low, high = (1 / (1 + np.exp(-(middle + sign * half))) for sign in (-1, 1))
    return Measure(value, float(min(low, value)), float(max(high, value)))


def auc_difference(label: np.ndarray, score: np.ndarray, other: np.ndarray) -> Measure:
    """AUC of one score minus that of another on the same cases, by the same method, paired."""
    value = auc(label, score) - auc(label, other)
    mine, theirs = _places(label, score), _places(label, other)
    variance = sum(float((a - b).var(ddof=1)) / len(a) for a, b in zip(mine, theirs, strict=True))
    half = _Z * float(np.sqrt(variance))
    return Measure(value, value - half, value + half)


def brier_gain(label: np.ndarray, chance: np.ndarray, base: np.ndarray) -> Measure:
    """Brier score of the base rate minus that of the chances: above 0 is better than nothing."""
    gain = (label - base) ** 2 - (label - chance) ** 2
    half = _Z * float(gain.std(ddof=1)) / np.sqrt(len(gain))
    return Measure(float(gain.mean()), float(gain.mean() - half), float(gain.mean() + half))


def rank_correlation(figure: np.ndarray, predicted: np.ndarray) -> Measure:
    """Spearman's correlation with Fisher's interval."""
    a, b = _ranks(figure), _ranks(predicted)
    value = _correlation(a, b)
    middle = np.arctanh(np.clip(value, -1 + 1e-9, 1 - 1e-9))
    half = _Z / np.sqrt(max(len(a) - 3, 1))
    return Measure(value, float(np.tanh(middle - half)), float(np.tanh(middle + half)))


def rank_correlation_difference(
    figure: np.ndarray, predicted: np.ndarray, other: np.ndarray
) -> Measure:
    """Rank correlation of one prediction minus that of another, bootstrapped over cases."""
    wanted, *given = (_ranks(values) for values in (figure, predicted, other))

    def apart(rows: np.ndarray) -> float:
        one, two = (_correlation(wanted[rows], ranks[rows]) for ranks in given)
        return one - two

    rng = np.random.default_rng(0)
    n = len(figure)
    drawn = [apart(rng.integers(0, n, n)) for _ in range(_RESAMPLES)]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Measure(apart(np.arange(n)), float(low), float(high))


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a, b)[0, 1]) if a.std() and b.std() else 0.0


def reliability(label: np.ndarray, chance: np.ndarray) -> pd.DataFrame:
    """Promised against happened in groups of equal size.

    Returns
    -------
    DataFrame
        lower, upper, n, promised (mean chance), happened (share), low, high (Wilson, 95 %). Ten
        groups, five where fewer than 100 cases are 1.
    """
    n_groups = 10 if label.sum() >= 100 else 5
    order = np.argsort(chance, kind="stable")
    rows = []
    for group in np.array_split(order, n_groups):
        if len(group):
            interval = rates.wilson(label[group].sum(), len(group))
            rows.append(
                {
                    "lower": float(chance[group].min()),
                    "upper": float(chance[group].max()),
                    "n": len(group),
                    "promised": float(chance[group].mean()),
                    "happened": float(label[group].mean()),
                    "low": float(interval.low),
                    "high": float(interval.high),
                }
            )
    return pd.DataFrame(rows)


def _places(label: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share of the zeros that each one passes, and share of the ones that pass each zero."""
    yes = np.asarray(label) == 1
    ranks = _ranks(score)
    over_no = (ranks[yes] - _ranks(score[yes])) / max((~yes).sum(), 1)
    over_yes = 1 - (ranks[~yes] - _ranks(score[~yes])) / max(yes.sum(), 1)
    return over_no, over_yes


_RESAMPLES: Final = 500

_Z: Final = 1.959963984540054
"""Of a 95 % interval of the normal distribution."""
