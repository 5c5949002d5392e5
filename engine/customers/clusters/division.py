"""Customers on one scale in; the groups that they fall into, or parts they are cut into, out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
REDRAWN, AGAIN_FROM, _REDRAWN_STARTS = 100, 90, 4
"""Samples of that share on which a cut is tried again, those of them in which every part must come
back for the most parts to serve (own choice), and starts of k-means in each."""
_EMPTY_BANKS: Final = 19
"""Banks without groups that must all be beaten, whichever number serves: p is at most 1 in 20."""
_STARTS: Final = 10
"""Starts of k-means, of the bank's own groups and of banks without groups alike."""
SURE_TO: Final = 0.05
"""p-value up to which a gap is sure."""
_NEAR_BEST: Final = 0.9
"""The most groups are taken whose silhouette stands at least this far above that of banks without
groups, in parts of the best (own choice)."""
_STEPS: Final = 4
"""Times that the covariance of banks without groups is moved to that of the bank (own choice)."""
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
    empty : float
        Mean silhouette of banks without groups: one cloud, in which each figure has the values
        that it has. NaN where it was not asked, since no groups could serve anyway.
    most_empty : float
        Silhouette that no bank without groups exceeds, each allowed its own best number of groups
        among those that were tried; NaN likewise.
    stability : float
        Mean adjusted Rand index between groups of 8 samples of 80 % of the customers.
    smallest : float
        Share of the smallest group.
    returns : float
        Jaccard index of the group that comes back worst.
    again : int
        Samples, of 100, in which every group comes back; -1 where the number does not serve.
    gap : float
        p-value of the two neighbours between which a gap is least sure.
    halfway, around : int
        Customers half-way between these two, and in as much room around the middle of the one that
        has fewer there.
    """

    k: int
    silhouette: float
    empty: float
    most_empty: float
    stability: float
    smallest: float
    returns: float
    again: int = -1
    gap: float = 1.0
    halfway: int = 0
    around: int = 0

    @property
    def has_gaps(self) -> bool:
        """Is there surely a gap between any two neighbours?"""
        return self.gap <= SURE_TO

    @property
    def is_apart(self) -> bool:
        """Are these groups more than one cloud of customers would give?"""
        return self.has_gaps and self.silhouette > self.most_empty

    @property
    def comes_back(self) -> bool:
        """Do these groups come back in other samples, each of them?"""
        return self.stability >= STABLE_FROM and self.returns > DISSOLVED

    def serves(self, least: float) -> bool:
        """Do these groups come back, none of them with a share of the customers below `least`?"""
        return self.comes_back and self.smallest >= least


@dataclass(frozen=True, eq=False)
class Division:
    """Groups that were found or parts that were cut; `centres` has no rows where there are none.

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

    @property
    def is_found(self) -> bool:
        """Were groups found, and not a cloud cut into parts?"""
        return self.chosen is not None and self.chosen.is_apart


def divide(deviations: np.ndarray, seed: int) -> Division:
    """Groups of customers by k-means, their number by silhouette and stability; else parts.

    Parameters
    ----------
    deviations : ndarray of shape (n_customers, n_figures)
        Without NaN.
    seed : int

    Notes
    -----
    Customers seldom fall into groups with gaps between them. A division is worth keeping where it
    comes back in other samples (Dolnicar & Leisch, Marketing Letters 21 (2010), 83-101, call it
    reproducible) and is more than one cloud gives (as SigClust asks: Liu et al., Journal of the
    American Statistical Association 103 (2008), 1281-1293). The cloud is a normal one whose every
    figure is replaced by the bank's own values in the same order, since counts, figures that are
    cut off or filled with their mean, and skewed ones make groups of a normal cloud's silhouette
    and more where there are none. Numbers of groups are judged together: the best of a bank
    without groups is held against the best of this one. Such a cloud has no heavy tails that all
    figures share, so a gap must be sure as well between any two neighbours.

    A cloud can be cut all the same, and a cut that comes back is of use to who must treat some
    customers otherwise than others (Dolnicar & Leisch call it constructive). So where no number of
    groups is more than a cloud, the most parts serve that come back in 90 of 100 samples, else
    those that are the most stable;
    `is_found` is then False, and they must not be called groups that were found.
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
        one, back[k] = _judged(judged, k, seed)
        tried.append(one)
    if any(one.serves(least) and one.has_gaps for one in tried):
        tried = _held_against_empty(judged, tried, seed)
    serving = [one for one in tried if one.serves(least)]
    chosen = _chosen(serving) or _cut(judged, serving, seed)
    if chosen is None:
        return Division(nothing.centres, nothing.returns, tuple(tried), len(judged))
    again = _again(judged, chosen.k, seed)
    tried = [replace(one, again=again) if one is chosen else one for one in tried]
    fitted = deviations[np.sort(rows[:_FITTED])]
    centres = _centres(fitted, chosen.k, seed, starts=20)
    returns = _returns(nearest(judged, centres), back[chosen.k], chosen.k)
    sizes = np.bincount(nearest(deviations, centres), minlength=chosen.k)
    order = np.lexsort((*centres.T, -sizes))
    return Division(centres[order], returns[order], tuple(tried), len(judged))


def continued(deviations: np.ndarray, before: np.ndarray, seed: int) -> Division | None:
    """The groups or parts of before, moved to where their customers are; None where they end.

    Parameters
    ----------
    deviations : ndarray of shape (n_customers, n_figures)
    before : ndarray of shape (k, n_figures)
        Their centres, in the same deviations; the groups that come back are in this order.

    Notes
    -----
    They go on while each has more than half of its customers in common with what the centres of
    before say and is large enough; the index of stability may then fall to .5 before another number
    is looked for, so that a bank does not get other segments by the chance of a few customers.
    Whether they are more than a cloud gives is asked anew of every edition.
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
        one, runs = _judged(judged, k, seed, centres)
        one = _held_against_empty(judged, [one], seed)[0]
        if one.stability < GOES_ON_FROM:
            return None
        one = replace(one, again=_again(judged, k, seed, centres))
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
    customers: np.ndarray, k: int, seed: int, centres: np.ndarray | None = None
) -> tuple[Tried, list[np.ndarray]]:
    """How so many groups do, or those of given centres, and the groups of each sample."""
    from sklearn.metrics import adjusted_rand_score

    if centres is None:
        centres = _centres(customers, k, seed, starts=_STARTS)
    groups = nearest(customers, centres)
    runs = []
    for run in range(_RUNS):
        drawn = np.random.default_rng((seed, run)).permutation(len(customers))
        part = customers[np.sort(drawn[: int(_OF * len(customers))])]
        runs.append(nearest(customers, _centres(part, k, seed + run, starts=_STARTS)))
    stability = np.mean([adjusted_rand_score(a, b) for a, b in combinations(runs, 2)])
    gap, halfway, around = _least_gap(customers, centres)
    one = Tried(
        k=k,
        silhouette=_silhouette(customers, groups, seed),
        empty=np.nan,
        most_empty=np.nan,
        stability=float(stability),
        smallest=float(np.bincount(groups, minlength=k).min() / len(groups)),
        returns=float(_returns(groups, runs, k).min()),
        gap=gap,
        halfway=halfway,
        around=around,
    )
    return one, runs


def _least_gap(customers: np.ndarray, centres: np.ndarray) -> tuple[float, int, int]:
    """The p-value of the least sure gap between neighbours, who is half-way there, and around.

    Notes
    -----
    Three boxes of the same shape lie one behind the other on the line from centre to centre: around
    either and half-way. In one cloud (a quasi-concave density: normal, or with any heavier tails)
    the middle one has no fewer customers than the emptier of the outer ones (Borell, Periodica
    Mathematica Hungarica 6 (1975), 111-136), so that of those in two boxes half at least are in the
    middle one: two binomial tests, both of which must be sure.
    """
    from scipy.special import bdtr

    groups, least = nearest(customers, centres), (0.0, 0, 0)
    for one, other in combinations(range(len(centres)), 2):
        halfway = (centres[one] + centres[other]) / 2
        if nearest(halfway[None], centres)[0] not in (one, other):
            continue
        line = centres[other] - centres[one]
        length = float(line @ line)
        if length == 0:
            return 1.0, len(customers), len(customers)
        along = (customers - centres[one]) @ line / length
        off = np.linalg.norm(customers - centres[one] - along[:, None] * line, axis=1)
        near = off <= np.median(off[(groups == one) | (groups == other)])
        box = np.floor(2 * along + 0.5)
        first, middle, last = (int((near & (box == place)).sum()) for place in range(3))
        p = max(float(bdtr(middle, middle + n, 0.5)) for n in (first, last))
        least = max(least, (p, middle, min(first, last)))
    return least


def _held_against_empty(customers: np.ndarray, tried: Sequence[Tried], seed: int) -> list[Tried]:
    """The same with what banks without groups reach.

    With d the silhouette less its mean over this bank and the empty ones, most_empty is that mean
    and the highest d of any empty bank and any number that was tried: a maximum over numbers is
    held against a maximum (Westfall & Young, Resampling-Based Multiple Testing, 1993). Also of
    numbers that cannot serve, since these are known by this bank's own customers.
    """
    clouds = _empty_banks(customers, seed)
    reached = np.array([[_best_silhouette(c, one.k, seed) for one in tried] for c in clouds])
    own = np.array([one.silhouette for one in tried])
    middle = (reached.sum(axis=0) + own) / (len(reached) + 1)
    most = middle + (reached - middle).max()
    return [
        replace(one, empty=float(mean), most_empty=float(top))
        for one, mean, top in zip(tried, reached.mean(axis=0), most, strict=True)
    ]


def _chosen(serving: list[Tried]) -> Tried | None:
    """The number of groups that are found; None where none is more than a cloud gives."""
    standing = [one for one in serving if one.is_apart]
    if not standing:
        return None
    most = max(one.silhouette - one.empty for one in standing)
    return max(
        (one for one in standing if one.silhouette - one.empty >= _NEAR_BEST * most),
        key=lambda one: one.k,
    )


def _cut(customers: np.ndarray, serving: list[Tried], seed: int) -> Tried | None:
    """The number of parts that customers are cut into who fall into no groups."""
    for one in sorted(serving, key=lambda one: -one.k):
        if _again(customers, one.k, seed) >= AGAIN_FROM:
            return one
    return max(serving, key=lambda one: one.stability, default=None)


def _again(customers: np.ndarray, k: int, seed: int, centres: np.ndarray | None = None) -> int:
    """Of 100 other samples, those in which no group is dissolved."""
    if centres is None:
        centres = _centres(customers, k, seed, starts=_STARTS)
    groups, n = nearest(customers, centres), 0
    for run in range(REDRAWN):
        drawn = np.random.default_rng((seed, _RUNS + run)).permutation(len(customers))
        part = customers[np.sort(drawn[: int(_OF * len(customers))])]
        other = nearest(customers, _centres(part, k, seed + run, starts=_REDRAWN_STARTS))
        n += bool(_returns(groups, [other], k).min() > DISSOLVED)
    return n


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


def _best_silhouette(customers: np.ndarray, k: int, seed: int) -> float:
    groups = nearest(customers, _centres(customers, k, seed, starts=_STARTS))
    return _silhouette(customers, groups, seed)


def _empty_banks(customers: np.ndarray, seed: int) -> list[np.ndarray]:
    """Banks without groups: a normal cloud in which each figure has the values that it has here.

    Notes
    -----
    A Gaussian copula. The cloud's covariance is that of the normal scores of ranks, moved until
    the scores of what comes out, with its ties, have the covariance of those of the customers.
    """
    sorted_values, wanted = np.sort(customers, axis=0), np.cov(_normal_scores(customers).T)

    def drawn(covariance: np.ndarray, draw: int) -> np.ndarray:
        values, vectors = np.linalg.eigh(covariance)
        normal = np.random.default_rng((seed, draw)).standard_normal(customers.shape)
        cloud = normal * np.sqrt(np.clip(values, 0, None)) @ vectors.T
        order = cloud.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
        return np.take_along_axis(sorted_values, order, axis=0)

    covariance = wanted
    for step in range(_STEPS):
        off = wanted - np.cov(_normal_scores(drawn(covariance, _EMPTY_BANKS + step)).T)
        covariance = covariance + off - np.diag(np.diag(off))
    return [drawn(covariance, draw) for draw in range(_EMPTY_BANKS)]


def _normal_scores(customers: np.ndarray) -> np.ndarray:
    """Normal quantile of each value's rank among those of its figure, ties at their mean rank."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    return np.asarray(ndtri((rankdata(customers, axis=0) - 0.5) / len(customers)))


def _returns(groups: np.ndarray, runs: list[np.ndarray], k: int) -> np.ndarray:
    """Mean Jaccard index of each group with the likest of each run, shape (k,)."""
    likest = [jaccard(groups, run, k, k).max(axis=1) for run in runs]
    return np.asarray(np.mean(likest, axis=0), dtype=float)


def jaccard(one: np.ndarray, other: np.ndarray, k: int, m: int) -> np.ndarray:
    """Customers in both groups over those in either, shape (k, m), of two divisions from 0 on."""
    both = np.bincount(one * m + other, minlength=k * m).reshape(k, m).astype(float)
    either = both.sum(axis=1, keepdims=True) + both.sum(axis=0) - both
    return np.divide(both, either, out=np.zeros_like(both), where=either > 0)
