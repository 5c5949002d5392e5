"""Figures of a group of customers in; what stands for it, with its interval, out."""

from typing import Final, NamedTuple

import numpy as np

from engine.customers.clusters.figures import FIGURES

MIN_KNOWN: Final = 6
"""Customers below whom a median has no interval of 95 %."""


class Middle(NamedTuple):
    """What stands for a group: a median or a mean, with its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


def median(values: np.ndarray) -> Middle:
    """Median of the known values, with the interval of ranks; NaN where fewer than 6 are known.

    Notes
    -----
    Ranks n/2 ± 1.96 sqrt(n)/2: Campbell & Gardner, BMJ 296 (1988), 1454-1456. It asks nothing of
    how the values lie.
    """
    known = np.sort(values[~np.isnan(values)])
    n = len(known)
    if not n:
        return Middle(np.nan, np.nan, np.nan, 0)
    value = float(np.median(known))
    if n < MIN_KNOWN:
        return Middle(value, np.nan, np.nan, n)
    half = 1.959963984540054 * np.sqrt(n) / 2
    low, high = round(n / 2 - half), round(1 + n / 2 + half)
    return Middle(value, float(known[max(low, 1) - 1]), float(known[min(high, n) - 1]), n)


def mean(values: np.ndarray) -> Middle:
    """Mean of the known values with Student's interval; NaN where fewer than 2 are known."""
    known = values[~np.isnan(values)]
    n = len(known)
    if not n:
        return Middle(np.nan, np.nan, np.nan, 0)
    value = float(known.mean())
    if n < 2:
        return Middle(value, np.nan, np.nan, n)
    half = _t(n - 1) * float(known.std(ddof=1)) / np.sqrt(n)
    return Middle(value, value - half, value + half, n)


def middle(name: str, values: np.ndarray) -> Middle:
    """The median or mean of a figure, as FIGURES says."""
    return mean(values) if FIGURES[name].is_mean else median(values)


def difference(one: np.ndarray, other: np.ndarray) -> Middle:
    """Mean of the first less that of the other, with Welch's interval; n is of both."""
    a, b = (values[~np.isnan(values)] for values in (one, other))
    n = len(a) + len(b)
    if min(len(a), len(b)) < 2:
        return Middle(np.nan, np.nan, np.nan, n)
    value = float(a.mean() - b.mean())
    parts = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    total = sum(parts)
    if total <= 0:
        return Middle(value, value, value, n)
    freedom = total**2 / (parts[0] ** 2 / (len(a) - 1) + parts[1] ** 2 / (len(b) - 1))
    half = _t(freedom) * float(np.sqrt(total))
    return Middle(value, value - half, value + half, n)


def _t(freedom: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975))
