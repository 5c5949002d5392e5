"""Answers in crossed groups in; shrunken effects of every group, and how sure they are, out."""

from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse
from scipy.special import expit, log_expit

_ROUNDS = 15
"""Rounds in which the spreads are worked out."""
_STEPS = 5
"""Newton steps within a round; each starts where the last round ended."""
_DONE = 2e-3
_INTERCEPT_SPREAD = 1.5
"""Prior deviation of the overall rate, log-odds (own choice): a first few answers of one kind say
little of everybody."""
_PRIOR_SPREAD = 0.2
_PRIOR_GROUPS = 10.0
"""Spread of a family before anything is known, log-odds, and for how many groups that counts (own
choice): a first answer moves what is said of its own pair by about a tenth, and with few groups the
spread is not read from them alone."""


@dataclass(frozen=True, eq=False)
class MixedLogit:
    """Effects in log-odds. A group that nobody of was seen has none: 0."""

    intercept: float
    shared: np.ndarray
    """Shape (n_columns,). Effects of the shared groups."""
    own: np.ndarray
    """Shape (n_own,). Effects of the many small groups that no two of overlap."""
    spreads: np.ndarray
    """Shape (n_families + 1,). Deviation of the effects of each family; the last is of `own`."""
    covariance: np.ndarray
    """Shape (n_columns + 1, n_columns + 1), the intercept first: of the shared effects, `own`
    integrated out."""

    def log_odds(self, columns: sparse.csr_array, own: np.ndarray) -> np.ndarray:
        """Log-odds of a yes; `own` is -1 where the group is unknown."""
        known = np.append(self.own, 0.0)[own] if len(own) else np.zeros(0)
        total: np.ndarray = self.intercept + columns @ self.shared + known
        return total


def fit(
    yes: np.ndarray,
    weight: np.ndarray,
    columns: sparse.csr_array,
    family: np.ndarray,
    own: np.ndarray,
) -> MixedLogit:
    """A logistic model with normal effects of crossed groups, their spreads read from the data.

    Parameters
    ----------
    yes : ndarray of float, shape (n,)
        1 for a yes, 0 for a no.
    weight : ndarray of float, shape (n,)
        How much each answer counts, 0 to 1.
    columns : csr_array of shape (n, n_columns)
        Membership in the shared groups.
    family : ndarray of int, shape (n_columns,)
        Which family each column belongs to, from 0.
    own : ndarray of int, shape (n,)
        The one small group of each answer, from 0.

    Notes
    -----
    Empirical Bayes with the Laplace approximation: effects are the mode, the spread of a family is
    the fixed point of (prior + effects squared + their variances) / (prior + groups), as in the EM
    algorithm for a generalised linear mixed model (Stiratelli, Laird and Ware 1984). So an effect
    of four answers is drawn nearly to nothing and one of four hundred hardly. The small groups
    are eliminated exactly (Schur complement): the cost grows with the answers, not with their
    number of groups squared.
    """
    n_own, n_families = int(own.max(initial=-1)) + 1, int(family.max(initial=-1)) + 1
    seen = np.flatnonzero(np.asarray(columns.sum(axis=0)).ravel() > 0)
    every, family = family, family[seen]
    x = sparse.csr_array(sparse.hstack([np.ones((len(yes), 1)), columns[:, seen]]))
    z = sparse.csr_array((np.ones(len(yes)), (np.arange(len(yes)), own)), (len(yes), n_own))
    spreads = np.full(n_families + 1, _PRIOR_SPREAD)
    effects, small = np.zeros(x.shape[1]), np.zeros(n_own)
    covariance = np.eye(x.shape[1])
    for _ in range(_ROUNDS):
        ridge = np.append(1 / _INTERCEPT_SPREAD**2, 1 / spreads[family] ** 2)
        effects, small, covariance, variances = _mode(
            yes, weight, x, z, ridge, 1 / spreads[-1] ** 2, effects, small
        )
        squared = effects[1:] ** 2 + np.diag(covariance)[1:]
        sums = np.append(
            np.bincount(family, squared, n_families), float((small**2 + variances).sum())
        )
        groups = np.append(np.bincount(family, minlength=n_families), n_own)
        before = spreads
        prior = _PRIOR_GROUPS * _PRIOR_SPREAD**2
        spreads = np.sqrt((prior + sums) / (_PRIOR_GROUPS + groups))
        if np.abs(spreads - before).max() < _DONE:
            break
    shared, whole = np.zeros(len(every)), np.diag(np.append(0.0, spreads[every] ** 2))
    shared[seen] = effects[1:]
    places = np.append(0, seen + 1)
    whole[np.ix_(places, places)] = covariance
    return MixedLogit(float(effects[0]), shared, small, spreads, whole)


def _mode(
    yes: np.ndarray,
    weight: np.ndarray,
    x: sparse.csr_array,
    z: sparse.csr_array,
    ridge: np.ndarray,
    own_ridge: float,
    effects: np.ndarray,
    small: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The most likely effects under these ridges, the covariance of the shared ones, and the
    variances of the small ones."""
    value = -np.inf
    for _ in range(_STEPS):
        chance = expit(x @ effects + z @ small)
        curve = sparse.diags_array(weight * chance * (1 - chance))
        short = weight * (yes - chance)
        diagonal = z.T @ curve.diagonal() + own_ridge
        crossed = x.T @ curve @ z
        drawn = crossed @ sparse.diags_array(1 / diagonal)
        schur = (x.T @ curve @ x).toarray() + np.diag(ridge) - (drawn @ crossed.T).toarray()
        factor = linalg.cho_factor(schur)
        slope, own_slope = x.T @ short - ridge * effects, z.T @ short - own_ridge * small
        step = linalg.cho_solve(factor, slope - drawn @ own_slope)
        own_step = (own_slope - crossed.T @ step) / diagonal
        for _ in range(20):
            tried, own_tried = effects + step, small + own_step
            new = _value(yes, weight, x @ tried + z @ own_tried) - 0.5 * (
                float((ridge * tried**2).sum()) + own_ridge * float((own_tried**2).sum())
            )
            if new >= value:
                break
            step, own_step = step / 2, own_step / 2
        effects, small = tried, own_tried
        if new - value < 1e-8:
            break
        value = new
    inverse = linalg.cho_solve(factor, np.eye(len(effects)))
    half = drawn.T @ inverse
    variances = 1 / diagonal + np.asarray(drawn.multiply(half.T).sum(axis=0)).ravel()
    return effects, small, inverse, variances


def _value(yes: np.ndarray, weight: np.ndarray, log_odds: np.ndarray) -> float:
    return float((weight * log_likelihood(yes, log_odds)).sum())


def log_likelihood(yes: np.ndarray, log_odds: np.ndarray) -> np.ndarray:
    """Of each answer, in nats."""
    found: np.ndarray = yes * log_expit(log_odds) + (1 - yes) * log_expit(-log_odds)
    return found
