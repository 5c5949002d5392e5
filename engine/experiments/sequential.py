"""A difference and its variance in; an interval that holds at every look, out.

An interval of 95 % is right at one look that was fixed beforehand. Who looks every day until it
leaves 0 finds a difference where there is none in far more than 5 of 100. A confidence sequence
covers at all looks together.

Who has taken a product by a day is a share F(t) of an arm that only grows, and its error is a
Brownian bridge in F: (F^(t) - F(t)) / (1 - F(t)) is a martingale with the variance
F / ((1 - F) n). The boundary over it is the normal mixture of Robbins (Annals of Mathematical
Statistics 41, 1970), in the form of Howard, Ramdas, McAuliffe and Sekhon (Annals of Statistics 49,
2021, section 3.2); that it holds asymptotically with an estimated variance is shown by
Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (Annals of Statistics 52, 2024).

The estimate of each arm by itself is near 0 while nobody of a small arm did anything, and the
interval with it. The variance is therefore at least the one that both arms would have if they were
alike, estimated of both together, which is what has to hold where there is no difference.
"""

import numpy as np
from numpy.typing import ArrayLike

from engine.rates import Estimate


def radius(variance: ArrayLike, tuned_at: ArrayLike, *, level: float) -> np.ndarray:
    """Half the width of an interval that holds at every look.

    Parameters
    ----------
    variance : array_like
        Of the difference at a look; its intrinsic time.
    tuned_at : array_like
        The variance at which the interval is to be narrowest: what was expected beforehand of the
        last look. It may not be read off the data.
    level : float
        Of all looks together, 0-1.

    Returns
    -------
    ndarray
        In the units of the difference; infinite where nothing is known yet.
    """
    variance, rest = np.broadcast_arrays(np.asarray(variance, float), mixing(tuned_at, level=level))
    alpha = 1 - level
    known = (variance > 0) & (rest > 0)
    total = np.where(known, variance + rest, 1.0)
    below = np.where(known, rest, 1.0)
    half = np.sqrt(total * np.log(total / (below * alpha**2)))
    return np.where(known, half, np.inf)


def mixing(tuned_at: ArrayLike, *, level: float) -> np.ndarray:
    """Variance of the mixture that makes the boundary tightest at one variance (Howard et al. 2021,
    proposition 3)."""
    from scipy.special import lambertw

    alpha = 1 - level
    branch = -lambertw(-(alpha**2) / np.e, k=-1).real - 1
    return np.asarray(tuned_at, float) / branch


def spread(
    variance: ArrayLike, n: ArrayLike, other: ArrayLike, other_n: ArrayLike, difference: ArrayLike
) -> np.ndarray:
    """Variance of the difference of two means: that of the arms by themselves (Wald), or that of
    two arms that are alike (pooled), whichever is larger.

    Parameters
    ----------
    variance, other : array_like
        Of one customer of each arm; of a share p it is p (1 - p).
    difference : array_like
        Of the means; its square is a part of the variance of both arms together.
    """
    variance, other, n, other_n, difference = (
        np.asarray(one, float) for one in (variance, other, n, other_n, difference)
    )
    both = n + other_n
    together = (n * variance + other_n * other) / both + n * other_n * (difference / both) ** 2
    return np.maximum(variance / n + other / other_n, together * (1 / n + 1 / other_n))


def of_shares(
    taken: ArrayLike,
    n: ArrayLike,
    other_taken: ArrayLike,
    other_n: ArrayLike,
    *,
    tuned_at: ArrayLike,
    level: float,
) -> Estimate:
    """Share of one arm less that of another who did something by a look, with the interval.

    Everybody of an arm counts from the first day on; a share only grows. Arrays are broadcast; the
    interval is NaN while nobody did anything.
    """
    taken, n = np.asarray(taken, float), np.asarray(n, float)
    other_taken, other_n = np.asarray(other_taken, float), np.asarray(other_n, float)
    share, other = taken / n, other_taken / other_n
    value = share - other
    variance = spread(share * (1 - share), n, other * (1 - other), other_n, value)
    left = 1 - (taken + other_taken) / (n + other_n)
    some = np.where(left > 0, left, 1.0)
    half = some * radius(variance / some**2, tuned_at, level=level)
    half = np.where(left > 0, half, np.inf)
    known = np.isfinite(half)
    low, high = np.maximum(value - half, -1.0), np.minimum(value + half, 1.0)
    return Estimate(value, np.where(known, low, np.nan), np.where(known, high, np.nan))


def of_means(
    mean: ArrayLike,
    variance: ArrayLike,
    n: ArrayLike,
    other_mean: ArrayLike,
    other_variance: ArrayLike,
    other_n: ArrayLike,
    *,
    tuned_at: ArrayLike,
    level: float,
) -> Estimate:
    """Mean of one arm less that of another, of what customers have added up to by a look."""
    value = np.asarray(mean, float) - np.asarray(other_mean, float)
    half = radius(spread(variance, n, other_variance, other_n, value), tuned_at, level=level)
    half = np.where(np.isfinite(half), half, np.nan)
    return Estimate(value, value - half, value + half)
