"""Customers on one scale in; the groups that they fall into, if these come back, out."""

from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from engine.threads import one_thread

MOST_GROUPS: Final = 8
LEAST_CUSTOMERS: Final = 100
"""Customers below whom no groups are looked for (own choice)."""
LEAST_SHARE: Final = 0.05
LEAST_MEMBERS: Final = 20
"""A group below this share of the customers, or this number, is none to act on (own choice)."""
STABLE_FROM: Final = 0.65
"""Adjusted Rand index from which groups come back at least moderately: Steinley, Psychological
Methods 9 (2004), 386-396: above .65 moderate, .8 good, .9 excellent."""
GOES_ON_FROM: Final = 0.5
"""Adjusted Rand index from which groups of an edition before go on (own choice)."""
DISSOLVED: Final = 0.5
"""Jaccard index up to which a group is dissolved in another sample: Hennig, Computational
Statistics & Data Analysis 52 (2007), 258-271."""
_RUNS, _OF = 8, 0.8
"""Samples that stability is judged on, and their share of the customers."""
_EMPTY_BANKS: Final = 19
"""Banks without groups that a silhouette must beat all of: p is at most 1 in 20."""
_NEAR_BEST: Final = 0.9
"""The most groups are taken whose silhouette stands at least this far above that of banks without
groups, in parts of the best (own choice)."""
_JUDGED, _SILHOUETTE, _FITTED = 1500, 1000, 5000
"""Customers at most who are drawn for judging, for a silhouette, and for the groups that serve."""


@dataclass(frozen=True)
class Tried:
    """One number of groups and how it did.

    Attributes
    ----------
    k : int
    silhouette : float
        Mean over customers, -1 to 1.
    empty, most_empty : float
        Mean and highest silhouette of banks without groups: one normal cloud of the same
        covariance. NaN where it was not asked, since the groups do not come back anyway.
    stability : float
        Mean adjusted Rand index between groups of 8 samples of 80 % of the customers.
    smallest : float
        Share of the smallest group.
    returns : float
        Jaccard index of the group that comes back worst.
    """

    k: int
    silhouette: float
    empty: float
    most_empty: float
    stability: float
    smallest: float
    returns: float

    @property
    def comes_back(self) -> bool:
        """Do these groups come back in other samples, each of them?"""
        return self.stability >= STABLE_FROM and self.returns > DISSOLVED

    @property
    def stands(self) -> bool:
        """Do these groups come back, and are they more than a cloud would give?"""
        return self.comes_back and self.silhouette > self.most_empty


@dataclass(frozen=True, eq=False)
class Division:
    """Groups of customers; `centres` has no rows where there are none.

    Attributes
    ----------
    centres : ndarray of shape (k, n_figures)
        Deviations.
    returns : ndarray of shape (k,)
        Mean Jaccard index of each group with the likest one of other samples.
    tried : tuple of Tried
    n : int
        Customers who were drawn for judging.
    """

    centres: np.ndarray
    returns: np.ndarray
    tried: tuple[Tried, ...]
    n: int

    @property
    def chosen(self) -> Tried | None:
        """How the number of groups that serves did."""
        return next((one for one in self.tried if one.k == len(self.centres)), None)


def divide(deviations: np.ndarray, seed: int) -> Division:
    """Groups of customers by k-means, their number by silhouette and stability.

    Parameters
    ----------
    deviations : ndarray of shape (n_customers, n_figures)
        Without NaN.
    seed : int

    Notes
    -----
    Customers seldom fall into groups with gaps between them. A division is worth keeping where it
    comes back in other samples (Dolnicar & Leisch, Marketing Letters 21 (2010), 83-101, call it
    reproducible) and is more than one cloud of the same covariance gives (as SigClust asks: Liu et
    al., Journal of the American Statistical Association 103 (2008), 1281-1293).
    """
    import sklearn.cluster
    import sklearn.metrics  # noqa: F401  (only a library that is loaded is held to one thread)

    with one_thread(models=True):
        return _divided(deviations, seed)


def _divided(deviations: np.ndarray, seed: int) -> Division:
    rng = np.random.default_rng(seed)
    width = deviations.shape[1]
    rows = rng.permutation(len(deviations))
    judged = deviations[np.sort(rows[:_JUDGED])]
    nothing = Division(np.zeros((0, width)), np.zeros(0), (), len(judged))
    if len(deviations) < LEAST_CUSTOMERS or width < 2:
        return nothing
    n_different = len(np.unique(judged.round(9), axis=0))
    least = least_members(len(deviations)) / len(deviations)
    tried, back = [], {}
    for k in range(2, MOST_GROUPS + 1):
        if k * least > 1 or 10 * k > n_different:
            break
        one, back[k] = _judged(judged, k, seed, least)
        tried.append(one)
    chosen = _chosen(tried)
    if chosen is None:
        return Division(nothing.centres, nothing.returns, tuple(tried), len(judged))
    fitted = deviations[np.sort(rows[:_FITTED])]
    centres = _centres(fitted, chosen.k, seed, starts=20)
    returns = _returns(nearest(judged, centres), back[chosen.k], chosen.k)
    sizes = np.bincount(nearest(deviations, centres), minlength=chosen.k)
    order = np.lexsort((*centres.T, -sizes))
    return Division(centres[order], returns[order], tuple(tried), len(judged))


def continued(deviations: np.ndarray, before: np.ndarray, seed: int) -> Division | None:
    """The groups of before, moved to where their customers are now; None where they do not go on.

    Parameters
    ----------
    deviations : ndarray of shape (n_customers, n_figures)
    before : ndarray of shape (k, n_figures)
        Their centres, in the same deviations; the groups that come back are in this order.

    Notes
    -----
    They go on while each has more than half of its customers in common with what the centres of
    before say, is large enough, and all are more than one cloud gives; the index of stability may
    then fall to .5 before another number is looked for, so that a bank does not get other segments
    by the chance of a few customers.
    """
    import sklearn.cluster
    import sklearn.metrics  # noqa: F401

    if len(deviations) < LEAST_CUSTOMERS:
        return None
    with one_thread(models=True):
        rows = np.random.default_rng(seed).permutation(len(deviations))
        centres = _centres(deviations[np.sort(rows[:_FITTED])], len(before), seed, start=before)
        k, groups = len(before), nearest(deviations, centres)
        shared = np.diag(jaccard(nearest(deviations, before), groups, k, k))
        sizes = np.bincount(groups, minlength=k)
        if shared.min() <= DISSOLVED or sizes.min() < least_members(len(deviations)):
            return None
        judged = deviations[np.sort(rows[:_JUDGED])]
        one, runs = _judged(judged, k, seed, None, centres)
        if one.stability < GOES_ON_FROM or one.silhouette <= one.most_empty:
            return None
        returns = _returns(nearest(judged, centres), runs, k)
        return Division(centres, returns, (one,), len(judged))


def least_members(n: int) -> int:
    """Customers whom each of the groups of n customers must have."""
    return max(-(-n * int(100 * LEAST_SHARE) // 100), LEAST_MEMBERS)


def nearest(deviations: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Number of each customer's nearest centre, from 0; the first of several that are as near."""
    distances = (centres**2).sum(axis=1) - 2 * deviations @ centres.T
    return np.argmin(distances, axis=1)


def _judged(
    customers: np.ndarray,
    k: int,
    seed: int,
    least: float | None,
    centres: np.ndarray | None = None,
) -> tuple[Tried, list[np.ndarray]]:
    """How so many groups do, or those of given centres, and the groups of each sample.

    They are held against banks without groups where they come back and none has a share of the
    customers below `least`; always, where that is None.
    """
    from sklearn.metrics import adjusted_rand_score

    if centres is None:
        centres = _centres(customers, k, seed, starts=10)
    groups = nearest(customers, centres)
    runs = []
    for run in range(_RUNS):
        drawn = np.random.default_rng((seed, run)).permutation(len(customers))
        part = customers[np.sort(drawn[: int(_OF * len(customers))])]
        runs.append(nearest(customers, _centres(part, k, seed + run, starts=10)))
    stability = np.mean([adjusted_rand_score(a, b) for a, b in combinations(runs, 2)])
    one = Tried(
        k=k,
        silhouette=_silhouette(customers, groups, seed),
        empty=np.nan,
        most_empty=np.nan,
        stability=float(stability),
        smallest=float(np.bincount(groups, minlength=k).min() / len(groups)),
        returns=float(_returns(groups, runs, k).min()),
    )
    if least is None or (one.comes_back and one.smallest >= least):
        empty = [_empty_silhouette(customers, k, (seed, draw)) for draw in range(_EMPTY_BANKS)]
        one = Tried(**{**vars(one), "empty": float(np.mean(empty)), "most_empty": max(empty)})
    return one, runs


def _chosen(tried: list[Tried]) -> Tried | None:
    standing = [one for one in tried if one.stands]
    if not standing:
        return None
    most = max(one.silhouette - one.empty for one in standing)
    return max(
        (one for one in standing if one.silhouette - one.empty >= _NEAR_BEST * most),
        key=lambda one: one.k,
    )


def _centres(
    customers: np.ndarray, k: int, seed: int, starts: int = 1, start: np.ndarray | None = None
) -> np.ndarray:
    """Centres of k groups: the best of several starts, or from given centres on."""
    from sklearn.cluster import KMeans

    first = "k-means++" if start is None else start
    fitted = KMeans(k, init=first, n_init=starts, random_state=seed).fit(customers)
    return np.asarray(fitted.cluster_centers_, dtype=np.float64)


def _silhouette(customers: np.ndarray, groups: np.ndarray, seed: int) -> float:
    from sklearn.metrics import silhouette_score

    drawn = np.random.default_rng(seed).permutation(len(customers))[:_SILHOUETTE]
    if len(np.unique(groups[drawn])) < 2:
        return -1.0
    return float(silhouette_score(customers[drawn], groups[drawn]))


def _empty_silhouette(customers: np.ndarray, k: int, seed: tuple[int, int]) -> float:
    """Silhouette of so many groups of one normal cloud of the same covariance."""
    values, vectors = np.linalg.eigh(np.cov(customers.T))
    drawn = np.random.default_rng(seed).standard_normal(customers.shape)
    cloud = drawn * np.sqrt(np.clip(values, 0, None)) @ vectors.T
    groups = nearest(cloud, _centres(cloud, k, seed[1], starts=2))
    return _silhouette(cloud, groups, seed[1])


def _returns(groups: np.ndarray, runs: list[np.ndarray], k: int) -> np.ndarray:
    """Mean Jaccard index of each group with the likest of each run, shape (k,)."""
    likest = [jaccard(groups, run, k, k).max(axis=1) for run in runs]
    return np.asarray(np.mean(likest, axis=0), dtype=float)


def jaccard(one: np.ndarray, other: np.ndarray, k: int, m: int) -> np.ndarray:
    """Customers in both groups over those in either, shape (k, m), of two divisions from 0 on."""
    both = np.bincount(one * m + other, minlength=k * m).reshape(k, m).astype(float)
    either = both.sum(axis=1, keepdims=True) + both.sum(axis=0) - both
    return np.divide(both, either, out=np.zeros_like(both), where=either > 0)
