"""Counts in, rates with intervals out: the arithmetic that guard, audit and insights share."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

LEVEL = 0.95
"""Level of an interval unless said otherwise."""


class Estimate(NamedTuple):
    """A figure with its interval, each an ndarray of one shape."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


class Difference(NamedTuple):
    """A difference with its interval and the chance of one as large where there is none."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p_value: np.ndarray


def rate(successes: ArrayLike, n: ArrayLike) -> np.ndarray:
    """Share of successes, NaN where n is 0."""
    return _divide(np.asarray(successes, dtype=float), np.asarray(n, dtype=float))


def wilson(successes: ArrayLike, n: ArrayLike, *, level: float = LEVEL) -> Estimate:
    """Rate with the Wilson score interval.

    Parameters
    ----------
    successes, n : array_like
        Counts of one shape, or that broadcast; 0 <= successes <= n.

    Returns
    -------
    Estimate
        Shares within 0-1; NaN value and the interval 0-1 where n is 0.

    Notes
    -----
    (p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n): E. B. Wilson, JASA 22 (1927), recommended
    by Brown, Cai & DasGupta, Statistical Science 16 (2001). Written out because scipy has it for
    one pair of counts at a time, while the lists of a whole bank ask for thousands, and statsmodels
    would be imported by the first page; a test holds it to scipy's within 1e-12.
    """
    successes, n = _counts(successes, n)
    z = _z(level)
    p = rate(successes, n)
    ratio = _divide(z**2, n)
    middle = (p + ratio / 2) / (1 + ratio)
    half = np.sqrt(ratio * p * (1 - p) + ratio**2 / 4) / (1 + ratio)
    # The ends are exact where nobody or everybody succeeded; rounding must not push them past p.
    low = np.where(successes == 0, 0.0, np.clip(middle - half, 0.0, p))
    high = np.where(successes == n, 1.0, np.clip(middle + half, p, 1.0))
    none = n == 0
    return Estimate(p, np.where(none, 0.0, low), np.where(none, 1.0, high))


def newcombe(
    successes: ArrayLike,
    n: ArrayLike,
    other_successes: ArrayLike,
    other_n: ArrayLike,
    *,
    level: float = LEVEL,
) -> Estimate:
    """Difference of two independent rates, the first minus the other, with its interval.

    Returns
    -------
    Estimate
        Differences within -1..1; NaN value and the interval -1..1 where either n is 0.

    Notes
    -----
    Method 10 (hybrid score) of R. G. Newcombe, Statistics in Medicine 17 (1998), 873-890: squares
    of the distances to the two Wilson ends are added.
    """
    first = wilson(successes, n, level=level)
    other = wilson(other_successes, other_n, level=level)
    value = first.value - other.value
    low = value - np.hypot(first.value - first.low, other.high - other.value)
    high = value + np.hypot(first.high - first.value, other.value - other.low)
    none = np.isnan(value)
    return Estimate(
        value,
        np.where(none, -1.0, np.clip(low, -1.0, 1.0)),
        np.where(none, 1.0, np.clip(high, -1.0, 1.0)),
    )


def two_proportion_p(
    successes: ArrayLike, n: ArrayLike, other_successes: ArrayLike, other_n: ArrayLike
) -> np.ndarray:
    """Two-sided p-value of equal rates in two independent groups.

    Returns
    -------
    ndarray
        1 where both rates are 0 or both are 1, NaN where either n is 0.

    Notes
    -----
    Pooled z test without continuity correction: z = (p1 - p2) / sqrt(p(1-p)(1/n1 + 1/n2)), p the
    pooled rate (for example Agresti, Categorical Data Analysis, 3.2). z² is Pearson's chi-square.
    """
    from scipy.special import ndtr

    successes, n = _counts(successes, n)
    other_successes, other_n = _counts(other_successes, other_n)
    difference = rate(successes, n) - rate(other_successes, other_n)
    pooled = rate(successes + other_successes, n + other_n)
    spread = np.sqrt(pooled * (1 - pooled) * (_divide(1.0, n) + _divide(1.0, other_n)))
    z = np.where(spread > 0, _divide(np.abs(difference), spread), 0.0)
    return np.where(np.isnan(difference), np.nan, 2 * ndtr(-z))


def share_gap(
    group_chosen: ArrayLike,
    chosen: ArrayLike,
    group_eligible: ArrayLike,
    eligible: ArrayLike,
    *,
    level: float = LEVEL,
) -> Difference:
    """A group's share among those chosen minus its share among all who could be.

    Parameters
    ----------
    group_chosen, chosen : array_like
        Members of the group among the chosen, and all the chosen.
    group_eligible, eligible : array_like
        Members of the group among the eligible, and all the eligible; the chosen are among them.

    Returns
    -------
    Difference
        Gap as a share (.16 is 16 percentage points), its interval and its p-value. Where nobody
        was chosen all are NaN; where everybody was, the gap is exactly 0.

    Raises
    ------
    ValueError
        If somebody was chosen who is not eligible.

    Notes
    -----
    The chosen are part of the eligible, so the two shares are not independent. With r = chosen /
    eligible, and a and c the group's shares among the chosen and among those left over, the share
    among the eligible is r a + (1 - r) c; hence gap = (1 - r)(a - c) exactly, with a and c
    independent: the interval is Newcombe's for a - c, times (1 - r), and the p-value that of
    a = c. Source: own derivation, checked in the tests against simulation.
    """
    group_chosen, chosen = _counts(group_chosen, chosen)
    group_eligible, eligible = _counts(group_eligible, eligible)
    left = eligible - chosen
    group_left = group_eligible - group_chosen
    if np.any(left < 0) or np.any(group_left < 0) or np.any(group_left > left):
        raise ValueError(
            "The chosen must be among the eligible, group by group: "
            "got more chosen than eligible. Count whoever was chosen as eligible."
        )
    inner = newcombe(group_chosen, chosen, group_left, left, level=level)
    rest = _divide(left, eligible)
    gap = rate(group_chosen, chosen) - rate(group_eligible, eligible)
    everybody = (left == 0) & (chosen > 0)
    nobody = chosen == 0

    def scaled(end: np.ndarray) -> np.ndarray:
        return np.where(nobody, np.nan, np.where(everybody, 0.0, rest * end))

    p_value = two_proportion_p(group_chosen, chosen, group_left, left)
    return Difference(
        np.where(everybody, 0.0, gap),
        scaled(inner.low),
        scaled(inner.high),
        np.where(everybody, 1.0, p_value),
    )


def benjamini_hochberg(p_values: ArrayLike) -> np.ndarray:
    """Adjusted p-values: keep those at or under q, and at most a share q of them is expected false.

    Parameters
    ----------
    p_values : array_like of shape (n,)
        NaN is not a test: it stays NaN and does not count.

    Returns
    -------
    ndarray of shape (n,)

    Notes
    -----
    Step-up of Benjamini & Hochberg, JRSS B 57 (1995).
    """
    from scipy.stats import false_discovery_control

    p_values = np.asarray(p_values, dtype=float)
    adjusted = np.full(p_values.shape, np.nan)
    tested = ~np.isnan(p_values)
    if tested.any():
        adjusted[tested] = false_discovery_control(p_values[tested], method="bh")
    return adjusted


def lift(
    successes: ArrayLike, n: ArrayLike, base_successes: ArrayLike, base_n: ArrayLike
) -> Estimate:
    """How many times the base's rate a group's rate is.

    Parameters
    ----------
    successes, n : array_like
        Counts of the group.
    base_successes, base_n : array_like
        Counts of what it is compared with, the group itself among them.

    Returns
    -------
    Estimate
        1 is no difference. NaN value where the base's rate is 0 or either n is 0; then, as where
        nothing can be said, the interval of 95 % is 0 to infinity.

    Notes
    -----
    Normal interval of the logarithm: Katz et al., Biometrics 34 (1978), with half a success and
    half a failure added to each side where a count is 0 or all are full (Walter, Biometrika 62,
    1975); the interval is widened to hold the value itself. The variance of log(p1) - log(p)
    follows by the delta method from the group and the rest, which are independent (own
    derivation, checked in the tests against simulation).
    """
    successes, n = _counts(successes, n)
    base_successes, base_n = _counts(base_successes, base_n)
    value = _divide(rate(successes, n), rate(base_successes, base_n))
    rest_n, rest = base_n - n, base_successes - successes
    if np.any(rest_n < 0) or np.any(rest < 0) or np.any(rest > rest_n):
        raise ValueError("The base must hold the group: got a base with smaller counts.")
    extreme = (successes == 0) | (rest == 0) | ((successes == n) & (rest == rest_n))
    half = np.where(extreme, 0.5, 0.0)
    k1, n1, k2, n2 = successes + half, n + 2 * half, rest + half, rest_n + 2 * half
    q1, q2 = 1 - rate(k1, n1), 1 - _divide(k2, n2, empty=0.0)
    everyone = k1 + k2
    middle = _divide(_divide(k1, n1), _divide(everyone, n1 + n2))
    variance = (
        k1 * q1 * (_divide(1.0, k1) - _divide(1.0, everyone)) ** 2
        + k2 * q2 * _divide(1.0, everyone) ** 2
    )
    factor = np.exp(_z(LEVEL) * np.sqrt(variance))
    unknown = np.isnan(value)
    low = np.where(successes == 0, 0.0, np.fmin(_divide(middle, factor), value))
    high = np.fmax(middle * factor, value)
    same = rest_n == 0  # a group beside itself
    return Estimate(
        value,
        np.where(unknown, 0.0, np.where(same, value, low)),
        np.where(unknown, np.inf, np.where(same, value, high)),
    )


def welch(
    mean: ArrayLike,
    variance: ArrayLike,
    n: ArrayLike,
    other_mean: ArrayLike,
    other_variance: ArrayLike,
    other_n: ArrayLike,
    *,
    level: float = LEVEL,
) -> Difference:
    """Difference of the means of two independent groups, the first minus the other.

    Parameters
    ----------
    mean, variance, n : array_like
        Of the first group, the variance with n - 1 in its divisor.
    other_mean, other_variance, other_n : array_like

    Returns
    -------
    Difference
        NaN where a group has fewer than two members; a p-value of 1 for two equal constants.

    Notes
    -----
    Unequal variances, with the degrees of freedom of B. L. Welch, Biometrika 34 (1947). Written
    out because scipy takes one pair of groups at a time; a test holds it to scipy's.
    """
    from scipy.special import stdtr, stdtrit

    first, other = _divide(variance, n), _divide(other_variance, other_n)
    spread = first + other
    rest = _divide(first**2, np.asarray(n, float) - 1) + _divide(
        other**2, np.asarray(other_n, float) - 1
    )
    value = np.asarray(mean, float) - np.asarray(other_mean, float)
    freedom = _divide(spread**2, rest, empty=1.0)
    half = stdtrit(freedom, 0.5 + level / 2) * np.sqrt(spread)
    t = _divide(np.abs(value), np.sqrt(spread), empty=0.0)
    p_value = np.where(spread > 0, 2 * stdtr(freedom, -t), np.where(value == 0, 1.0, 0.0))
    small = (np.asarray(n) < 2) | (np.asarray(other_n) < 2)
    few = np.where(small, np.nan, 0.0)
    return Difference(value + few, value - half + few, value + half + few, p_value + few)


def ratio_of_means(
    mean: ArrayLike,
    variance: ArrayLike,
    n: ArrayLike,
    other_mean: ArrayLike,
    other_variance: ArrayLike,
    other_n: ArrayLike,
    *,
    level: float = LEVEL,
) -> Estimate:
    """Mean of one group over that of another, both above 0, with its interval; else NaN.

    Notes
    -----
    Normal interval of the logarithm by the delta method; of shares it is that of Katz et al.,
    Biometrics 34 (1978).
    """
    mean, other_mean = np.asarray(mean, float), np.asarray(other_mean, float)
    apart = (mean > 0) & (other_mean > 0)
    value = np.where(apart, _divide(mean, other_mean), np.nan)
    spread = _divide(_divide(variance, n), mean**2) + _divide(
        _divide(other_variance, other_n), other_mean**2
    )
    factor = np.exp(_z(level) * np.sqrt(spread))
    return Estimate(value, _divide(value, factor), value * factor)


def _z(level: float) -> float:
    from scipy.special import ndtri

    if not 0 < level < 1:
        raise ValueError(f"A level lies between 0 and 1, got {level}.")
    return float(ndtri(0.5 + level / 2))


def _counts(successes: ArrayLike, n: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    successes, n = np.broadcast_arrays(np.asarray(successes, float), np.asarray(n, float))
    if np.any(successes < 0) or np.any(successes > n):
        raise ValueError("Counts must satisfy 0 <= successes <= n.")
    return successes, n


def _divide(top: ArrayLike, bottom: ArrayLike, *, empty: float = np.nan) -> np.ndarray:
    """Quotient, with `empty` where the divisor is 0 and no warning about it."""
    top, bottom = np.broadcast_arrays(np.asarray(top, float), np.asarray(bottom, float))
    return np.divide(top, bottom, out=np.full(top.shape, empty), where=bottom != 0)
