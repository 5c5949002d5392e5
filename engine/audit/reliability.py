"""Confidences and what happened in; whether a promise was kept, and what its words mean, out."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from engine import rates
from engine.rates import Estimate

MIN_OFFERS = 30
"""Offers below which a word is not used, because its precision would be luck (own choice)."""
N_RESAMPLES = 1000
"""Resampled sets of customers behind an interval (own choice)."""
N_BINS = 10
"""Bins of confidence, of equal width (Naeini, Cooper & Hauskrecht, AAAI 2015)."""
_DRAWN_CELLS = 40_000_000
"""Pairs that `expected_error` draws at most; with more adopters chance plays no part anyway."""


@dataclass(frozen=True)
class ConfidenceWords:
    """Where the words high and fair begin, and what they have meant so far.

    `high` and `fair` are the confidences from which an offer is called so, None where no
    threshold reaches the precision; `precision_*` is the share of such products that was taken,
    None without any; `n_*` counts them.
    """

    high: float | None
    fair: float | None
    precision_high: float | None = None
    precision_fair: float | None = None
    precision_low: float | None = None
    n_high: int = 0
    n_fair: int = 0
    n_low: int = 0

    def word(self, confidence: np.ndarray) -> np.ndarray:
        """High, fair or low for each confidence, str of the same shape."""
        confidence = np.asarray(confidence, dtype=float)
        high = np.inf if self.high is None else self.high
        fair = high if self.fair is None else self.fair
        return np.where(confidence >= high, "high", np.where(confidence >= fair, "fair", "low"))


def reliability(confidence: np.ndarray, hit: np.ndarray) -> pd.DataFrame:
    """Promised against kept, in bins of equal width.

    Parameters
    ----------
    confidence : ndarray of shape (n_offers,)
        0-1.
    hit : ndarray of bool, shape (n_offers,)

    Returns
    -------
    DataFrame
        lower, upper, n, confidence (mean), taken (share), low, high (Wilson); empty bins left out.
    """
    confidence, hit = _checked(confidence, hit)
    code = _bin(confidence)
    n = np.bincount(code, minlength=N_BINS)
    taken = np.bincount(code, weights=hit, minlength=N_BINS)
    share = rates.wilson(taken, n)
    table = pd.DataFrame(
        {
            "lower": np.arange(N_BINS) / N_BINS,
            "upper": np.arange(1, N_BINS + 1) / N_BINS,
            "n": n,
            "confidence": rates.rate(np.bincount(code, weights=confidence, minlength=N_BINS), n),
            "taken": share.value,
            "low": share.low,
            "high": share.high,
        }
    )
    return table.loc[n > 0].reset_index(drop=True)


def _bin(confidence: np.ndarray) -> np.ndarray:
    return np.minimum((confidence * N_BINS).astype(int), N_BINS - 1)


def ece(confidence: np.ndarray, hit: np.ndarray) -> float:
    """Expected calibration error: mean distance of promised and kept by bin, weighted by n.

    NaN without offers.
    """
    confidence, hit = _checked(confidence, hit)
    if not confidence.size:
        return float("nan")
    code = _bin(confidence)
    n = np.bincount(code, minlength=N_BINS)
    promised, kept = (np.bincount(code, weights=one, minlength=N_BINS) for one in (confidence, hit))
    apart = np.abs(rates.rate(promised, n) - rates.rate(kept, n))
    return float(np.average(apart[n > 0], weights=n[n > 0]))


def calibration_error(
    confidence: np.ndarray, taken: np.ndarray, shown: np.ndarray, *, seed: int
) -> Estimate:
    """Expected calibration error with its 95 % interval over customers.

    Parameters
    ----------
    confidence : ndarray of shape (n_customers, n_products)
    taken : ndarray of shape (n_customers, n_products)
        Share of each product in what the customer took.
    shown : ndarray of bool, same shape
        Pairs that count.

    Returns
    -------
    Estimate
        `ece` of the shown pairs, and its percentile interval over resampled customers. Resampling
        adds scatter within the bins, which an absolute distance takes for error, so the interval
        is moved back by what the resampled errors exceed the value on average.
    """
    n = len(confidence)
    cells = (np.arange(n)[:, None] * N_BINS + _bin(confidence))[shown]
    gaps = np.bincount(cells, (confidence - taken)[shown], minlength=n * N_BINS)
    sums = _resampled(np.column_stack([gaps.reshape(n, N_BINS), shown.sum(axis=1)]), seed)
    errors = np.abs(sums[:, :-1]).sum(axis=1) / np.maximum(sums[:, -1], 1)
    value = ece(confidence[shown], taken[shown])
    low, high = _interval(np.maximum(errors - (errors.mean() - value), 0.0))
    return Estimate(value, low, high)


def brier_score(
    confidence: np.ndarray, taken: np.ndarray, shown: np.ndarray, *, seed: int
) -> Estimate:
    """`brier` of the shown pairs with its 95 % interval over customers; see calibration_error."""
    missed = np.where(shown, (confidence - taken) ** 2, 0.0).sum(axis=1)
    sums = _resampled(np.column_stack([missed, shown.sum(axis=1)]), seed)
    scores = sums[:, 0] / np.maximum(sums[:, 1], 1)
    return Estimate(brier(confidence[shown], taken[shown]), *_interval(scores))


def expected_error(
    confidence: np.ndarray, n_taken: np.ndarray, shown: np.ndarray, *, seed: int
) -> float:
    """The calibration error that chance alone gives where every confidence is exactly right.

    Parameters
    ----------
    confidence : ndarray of shape (n_customers, n_products)
        Rows sum to 1.
    n_taken : ndarray of int, shape (n_customers,)
        How much each customer took; it is drawn from the confidences instead.
    shown : ndarray of bool, shape (n_customers, n_products)
    """
    if not len(confidence):
        return float("nan")
    rng = np.random.default_rng(seed)
    chance = confidence / confidence.sum(axis=1, keepdims=True)
    n_draws = int(np.clip(_DRAWN_CELLS // max(confidence.size, 1), 5, 100))
    errors = []
    for _ in range(n_draws):
        drawn = rng.multinomial(n_taken, chance) / n_taken[:, None]
        errors.append(ece(confidence[shown], drawn[shown]))
    return float(np.mean(errors))


def brier(confidence: np.ndarray, hit: np.ndarray) -> float:
    """Mean squared distance of confidence and outcome (Brier 1950); NaN without offers."""
    confidence, hit = _checked(confidence, hit)
    return float(np.mean((confidence - hit) ** 2)) if confidence.size else float("nan")


def precision_coverage(confidence: np.ndarray, hit: np.ndarray) -> pd.DataFrame:
    """What is left, and how good it is, when only confident offers are made.

    Returns
    -------
    DataFrame
        threshold (each distinct confidence, falling), n, coverage (share of offers at or above
        it), precision (share of those that was taken).
    """
    confidence, hit = _checked(confidence, hit)
    order = np.argsort(-confidence, kind="stable")
    sorted_ = confidence[order]
    # Ends of runs of equal confidence: ties stay together.
    last = np.flatnonzero(np.diff(sorted_, append=-np.inf))
    n = last + 1
    return pd.DataFrame(
        {
            "threshold": sorted_[last],
            "n": n,
            "coverage": n / max(len(sorted_), 1),
            "precision": np.cumsum(hit[order])[last] / n,
        }
    )


def confidence_words(
    confidence: np.ndarray,
    hit: np.ndarray,
    *,
    high_precision: float = 0.5,
    fair_precision: float = 0.25,
    min_n: int = MIN_OFFERS,
) -> ConfidenceWords:
    """Thresholds of the words from the precision-coverage curve of the calibration fold.

    Parameters
    ----------
    confidence : ndarray of shape (n_offers,)
        Of the offers that would have been displayed.
    hit : ndarray of bool, shape (n_offers,)
    min_n : int
        Offers that a word needs behind it.

    Notes
    -----
    High begins at the lowest confidence at which the share taken, of the offers from there on,
    reaches the precision; fair, likewise, among the offers below high.
    """
    confidence, hit = _checked(confidence, hit)
    high = _threshold(confidence, hit, high_precision, min_n)
    below = confidence < (np.inf if high is None else high)
    fair = _threshold(confidence[below], hit[below], fair_precision, min_n)
    words = ConfidenceWords(high, fair)
    hits = {word: hit[words.word(confidence) == word] for word in ("high", "fair", "low")}
    return replace(
        words,
        **{f"precision_{w}": float(of_word.mean()) for w, of_word in hits.items() if len(of_word)},
        **{f"n_{word}": len(of_word) for word, of_word in hits.items()},
    )


def _resampled(table: np.ndarray, seed: int) -> np.ndarray:
    """Column sums over customers drawn with replacement, shape (N_RESAMPLES, n_columns)."""
    n, rng = len(table), np.random.default_rng(seed)
    if not n:
        return np.full((1, table.shape[1]), np.nan)
    times = (np.bincount(rng.integers(0, n, n), minlength=n) for _ in range(N_RESAMPLES))
    return np.stack([drawn @ table for drawn in times])


def _interval(resampled: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(resampled, [0.025, 0.975])
    return float(low), float(high)


def _threshold(
    confidence: np.ndarray, hit: np.ndarray, precision: float, min_n: int
) -> float | None:
    curve = precision_coverage(confidence, hit)
    good = curve.loc[(curve["precision"] >= precision) & (curve["n"] >= min_n), "threshold"]
    return float(good.iloc[-1]) if len(good) else None


def _checked(confidence: np.ndarray, hit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    confidence, hit = np.asarray(confidence, dtype=float), np.asarray(hit, dtype=float)
    if confidence.shape != hit.shape or confidence.ndim != 1:
        raise ValueError(
            f"Confidence and hit must be 1-D of one length, got {confidence.shape} and {hit.shape}."
        )
    if confidence.size and not (confidence.min() >= 0 and confidence.max() <= 1 + 1e-9):
        raise ValueError("A confidence lies between 0 and 1; got one that does not.")
    return np.minimum(confidence, 1.0), hit
