"""Scores in, chances out: confidence, propensity and fit, each measured on held-out adoptions."""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from engine.ranking import conformal

N_QUANTILES = 1001
_TIED = 1e-6
"""Difference of percentiles from which scores are equal and not neighbours."""
HIGH_FIT, FAIR_FIT = 0.95, 0.8
"""Percentiles from which a fit is called high or fair where there is no history (own choice)."""
POOR_FIT = 0.5
"""A list whose best fit is below this is worse than offering anything to anybody (own choice)."""
OFFSETS_RIDGE = 10.0
"""On the offsets of the products, in adoptions; see `scaling`."""
HELD_RIDGE = 5.0
"""On the slope by products held, in adoptions (stretches of santander before its hold-out: 1, 5 and
20 alike)."""
MAX_HELD_SLOPE = 1.5
"""So that few adopters cannot make a customer with twenty products a coin toss (own choice)."""
N_STEPS = 50
MAX_STEP = 2.0
RIDGE = 1e-6
"""On the slope of the propensity line, so that it stays finite whatever the data say."""


class Scaling(NamedTuple):
    """From a score to log-odds."""

    temperature: float
    held_slope: float = 0.0
    offsets: np.ndarray | None = None

    def by(self, n_held: np.ndarray) -> np.ndarray:
        """What a score of each customer counts, shape (n_rows, 1)."""
        return ((1.0 + n_held) ** -self.held_slope / self.temperature)[:, None]

    def utility(self, score: np.ndarray, n_held: np.ndarray) -> np.ndarray:
        """Log-odds of scores, but for a constant of each customer."""
        scaled = score * self.by(n_held)
        return scaled if self.offsets is None else scaled + self.offsets


@dataclass(frozen=True, eq=False)
class Calibration:
    """How a blend's score reads as a chance."""

    quantiles: np.ndarray
    """Shape (1001,). Of the score over the bank's candidate pairs; `fit` is the position among
    them."""
    temperature: float | None = None
    """Of the softmax that gives the confidence, for who holds nothing; None without enough
    history."""
    held_slope: float = 0.0
    """What the log of the temperature rises by with the log of 1 + the products held."""
    offsets: np.ndarray | None = None
    """Shape (n_products,). What each product's log-odds are moved by; None moves nothing."""
    propensity: tuple[float, float] | None = None
    """Intercept and slope of the log-odds of adoption within the horizon in log confidence."""
    horizon_days: int = 90
    """What the propensity looks ahead, at most the setting."""
    high: float | None = None
    fair: float | None = None
    """Confidence from which an offer is called high or fair; None where never reached."""
    precision_high: float | None = None
    precision_fair: float | None = None
    """Share of such offers that was taken by customers whom the threshold did not see."""
    n_high: int = 0
    n_fair: int = 0
    """How many of those offers there were."""
    bar: float | None = None
    """Confidence that the surest offer needs, or else no offer is a confident one; None where
    nothing tells a confident offer from another (`engine.audit.confidence_words`)."""
    precision_below: float | None = None
    """Share of the offers below the bar that was taken on the calibration fold."""
    n_below: int = 0
    ece: float | None = None
    brier: float | None = None
    """On held-out adopters that the temperature did not see."""
    n: int = 0
    """Held-out adopters behind these figures."""
    set_rule: str | None = None
    """How a customer's set of likely next products is cut off (`engine.ranking.conformal`); None
    where there are too few adopters for one."""
    set_bound: float = 0.0
    """Depth down to which a product is in the set."""
    set_level: float = 0.9
    """Certainty that the set was made for."""
    set_coverage: float | None = None
    set_size: float | None = None
    """Share of what was taken that lay in the sets of the held-out adopters, and the sets' mean
    number of products."""

    def fit_of(self, score: np.ndarray) -> np.ndarray:
        """Percentile of a score within the bank, 0-1; of equal scores, the middle of theirs."""
        shares = np.linspace(0, 1, len(self.quantiles))
        most = np.interp(score, self.quantiles, shares)
        least = 1 - np.interp(-np.asarray(score), -self.quantiles[::-1], shares)
        return np.where(most - least > _TIED, (most + least) / 2, most)

    @property
    def scaling(self) -> Scaling | None:
        """From a score to log-odds; None without history."""
        if self.temperature is None:
            return None
        return Scaling(self.temperature, self.held_slope, self.offsets)

    def confidence(
        self, score: np.ndarray, candidates: np.ndarray, n_held: np.ndarray
    ) -> np.ndarray | None:
        """Chance that each product is next given that one is taken; None without history.

        Of shape (n_rows, n_products): rows sum to 1 over the candidates; 0 elsewhere.
        """
        if self.scaling is None:
            return None
        return softmax(self.scaling.utility(score, n_held), candidates)

    def normaliser(
        self, score: np.ndarray, candidates: np.ndarray, n_held: np.ndarray
    ) -> np.ndarray:
        """What `confidence_at` needs of each row, shape (n_rows, 3); only with history."""
        _, top, total = _odds(self.scaling.utility(score, n_held), candidates)
        return np.hstack([top, total, self.scaling.by(n_held)])

    def confidence_at(
        self, score: np.ndarray, candidates: np.ndarray, normaliser: np.ndarray, products: Any
    ) -> np.ndarray:
        """Confidence of single pairs, each with the normaliser of its row in the last axis."""
        utility = score * normaliser[..., 2]
        if self.offsets is not None:
            utility = utility + self.offsets[products]
        odds = np.exp(utility - normaliser[..., 0]) / normaliser[..., 1]
        return np.where(candidates, odds, 0.0)

    def propensity_of(self, confidence: np.ndarray | None) -> np.ndarray | None:
        """Chance of adoption within the horizon, or None without history."""
        if confidence is None or self.propensity is None:
            return None
        intercept, slope = self.propensity
        return _logistic(intercept + slope * np.log(np.maximum(confidence, 1e-12)))

    def with_bar(self, bar: float) -> "Calibration":
        """The same with a bar set by hand, of which nothing was measured; 0 changes nothing."""
        if bar == 0:
            return self
        return replace(self, bar=bar, precision_below=None, n_below=0)

    def word(self, confidence: float | None, fit: float) -> str:
        """High, fair or low; without history by the score's percentile."""
        if confidence is None:
            return "high" if fit >= HIGH_FIT else "fair" if fit >= FAIR_FIT else "low"
        if self.high is not None and confidence >= self.high:
            return "high"
        return "fair" if self.fair is not None and confidence >= self.fair else "low"

    def next_set(self, confidence: np.ndarray, candidates: np.ndarray) -> np.ndarray | None:
        """Products of which the next is one with certainty `set_level`; None without such a set."""
        if self.set_rule is None:
            return None
        return conformal.members(confidence, candidates, self.set_rule, self.set_bound)


def softmax(utility: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """Softmax over each row's candidates; a row without any is all 0."""
    odds, _, total = _odds(utility, candidates)
    return odds / total


def _odds(utility: np.ndarray, candidates: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Odds over each row's candidates, and the row's top utility and sum of odds as columns."""
    blocked = np.where(candidates, utility, -np.inf)
    top = blocked.max(axis=1, keepdims=True, initial=-1e300)
    odds = np.exp(blocked - top)
    return odds, top, np.maximum(odds.sum(axis=1, keepdims=True), 1e-300)


def quantiles(score: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """Quantiles of the candidates' scores, shape (1001,), strictly usable by `np.interp`."""
    seen = score[candidates]
    if not seen.size:
        return np.linspace(0.0, 1.0, N_QUANTILES)
    return np.quantile(seen, np.linspace(0, 1, N_QUANTILES))


def scaling(
    score: np.ndarray,
    candidates: np.ndarray,
    adopted: np.ndarray,
    n_held: np.ndarray,
    *,
    by_product: bool,
) -> Scaling:
    """The scaling with the least log loss.

    Parameters
    ----------
    score : ndarray of shape (n_adopters, n_products)
    candidates, adopted : ndarray of bool, same shape
    n_held : ndarray of int, shape (n_adopters,)
    by_product : bool
        With an offset of each product.

    Notes
    -----
    Vector scaling (Guo et al., ICML 2017) with ridges on the offsets and on the slope. All was
    chosen in time, by the scaling of one stretch and the log loss of the next adopters: the slope
    because who holds much is less predictable on santander, and it costs nothing elsewhere;
    OFFSETS_RIDGE among 2, 10 and none. Offsets help one bank and hurt another, so a bank's own
    stretches decide (`engine.audit.fold_choices`).
    """
    from scipy.optimize import minimize

    n_products = score.shape[1]
    n_taken = adopted.sum(axis=1, keepdims=True)
    known = np.where(candidates, score, 0.0)
    held = np.log1p(n_held)

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        found = Scaling(float(np.exp(theta[0])), float(theta[1]), theta[2:])
        offsets = found.offsets
        by = found.by(n_held)
        utility = known * by + offsets
        odds, top, total = _odds(utility, candidates)
        residual = n_taken * odds / total - adopted
        value = (n_taken * (np.log(total) + top)).sum() - utility[adopted].sum()
        value += OFFSETS_RIDGE * (offsets**2).sum() + HELD_RIDGE * theta[1] ** 2
        hotter = -(residual * known * by).sum(axis=1)
        slope = [hotter.sum(), hotter @ held + 2 * HELD_RIDGE * theta[1]]
        return float(value), np.append(slope, residual.sum(axis=0) + 2 * OFFSETS_RIDGE * offsets)

    free = (None, None)
    bounds = [
        (np.log(0.05), np.log(20)),
        (-MAX_HELD_SLOPE, MAX_HELD_SLOPE),
        *[free if by_product else (0, 0)] * n_products,
    ]
    begin = np.zeros(n_products + 2)
    theta = minimize(loss, begin, jac=True, method="L-BFGS-B", bounds=bounds).x
    return Scaling(float(np.exp(theta[0])), float(theta[1]), theta[2:] if by_product else None)


def propensity(
    confidence: np.ndarray, candidates: np.ndarray, taken: np.ndarray
) -> tuple[float, float]:
    """Log-odds of adoption within the horizon as a line in log confidence, over all customers."""
    x = np.log(np.maximum(confidence[candidates], 1e-12))
    y = taken[candidates].astype(np.float64)
    rate = (y.sum() + 0.5) / (len(y) + 1)
    plain = np.log(rate / (1 - rate))
    if y.all() or not y.any():
        return float(plain), 0.0
    line = np.array([plain, 0.0])
    # Newton's steps with plain sums: a linear algebra library adds in an order that depends on
    # its threads, and the same seed has to give the same bytes.
    for _ in range(N_STEPS):
        chance = _logistic(line[0] + line[1] * x)
        miss, spread = y - chance, chance * (1 - chance)
        a, b, c = spread.sum(), (spread * x).sum(), (spread * x * x).sum() + RIDGE
        g, h = miss.sum(), (miss * x).sum() - RIDGE * line[1]
        determinant = max(a * c - b * b, 1e-12)
        step = np.clip(np.array([c * g - b * h, a * h - b * g]) / determinant, -MAX_STEP, MAX_STEP)
        line = line + step
        if np.abs(step).max() < 1e-10:
            break
    # A falling line is luck of few adoptions: then everybody has the plain rate.
    return (float(line[0]), float(line[1])) if line[1] > 0 else (float(plain), 0.0)


def _logistic(log_odds: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(log_odds, -500, 500)))
