"""Histories and past errors in; the scale of each customer and intervals that hold 80 % out."""

from typing import Final, NamedTuple

import numpy as np

from engine.customers.finances.months import YEAR

_PRIOR: Final = 3.0
"""Months' worth of the bank's typical change that a customer's own scale is drawn towards."""
_TINY: Final = 1e-9
_N_STRATA: Final = 3
_MIN_STRATUM: Final = 50


def typical_change(history: np.ndarray) -> float:
    """Median over customers of the mean absolute monthly change, as a share of the mean figure.

    Who never changed says nothing of how much the others do.
    """
    change, n = _changes(history)
    size = _size(history)
    told = (change > 0) & (size > 0)
    return float(np.median(change[told] / n[told] / size[told])) if told.any() else 0.0


def scales(history: np.ndarray, typical: float) -> np.ndarray:
    """How much a customer's figure usually moves in a month.

    Parameters
    ----------
    history : ndarray of shape (n_customers, n_months)
    typical : float
        `typical_change` of the bank.

    Returns
    -------
    ndarray of shape (n_customers,)
        Mean absolute monthly change, drawn towards the bank's typical one as if 3 more months of
        that had been seen (own choice), so that a short or constant history has a width too.
        Above 0; in the figure's own money.
    """
    change, n = _changes(history)
    size = _size(history)
    scale = (change + _PRIOR * typical * size) / (n + _PRIOR)
    return np.maximum(scale, _TINY * np.maximum(size, 1.0))


def months_begun(history: np.ndarray) -> np.ndarray:
    """Known months since a customer's first figure other than 0, int of shape (n_customers,).

    Before that the customer was idle, and nothing tells how much their figure usually moves.
    """
    begun = np.logical_or.accumulate(np.nan_to_num(history) != 0, axis=1)
    return (begun & ~np.isnan(history)).sum(axis=1)


def moved(history: np.ndarray) -> np.ndarray:
    """Whose figure ever changed, bool of shape (n_customers,)."""
    return _changes(history)[0] > 0


def levels(history: np.ndarray) -> np.ndarray:
    """Mean size of the figure over the last 12 months, shape (n_customers,)."""
    return _size(history[:, -YEAR:])


class Bounds(NamedTuple):
    """Between which scaled errors a new one lies, by the level of the figure.

    Attributes
    ----------
    cuts : tuple of float
        Levels that part low, middle and high; none where there is one interval for all.
    pairs : tuple of (float, float)
        One for each part.
    """

    cuts: tuple[float, ...]
    pairs: tuple[tuple[float, float], ...]

    def of(self, level: np.ndarray) -> np.ndarray:
        """The pair of each level, shape (n, 2)."""
        return np.array(self.pairs)[np.searchsorted(self.cuts, level, side="right")]


def bounds(scaled: np.ndarray, level: np.ndarray, share: float) -> Bounds | None:
    """Bounds that hold `share` among low, middle and high levels alike.

    Parameters
    ----------
    scaled : ndarray
        Errors over the customer's scale, NaN where there is none.
    level : ndarray of that shape
        `levels` at the same moment.

    Notes
    -----
    Mondrian conformal prediction (Vovk, Gammerman and Shafer 2005, chapter 4): split conformal
    within thirds of the level. One interval for all held 63 % of those who spend little and 84 %
    of those who spend much, three months ahead, on berka. Fewer than 50 errors a third (own
    choice) make one interval for all; None where there are too few for that.
    """
    known = ~np.isnan(scaled)
    errors, sizes = scaled[known], level[known]
    if len(errors) >= _MIN_STRATUM * _N_STRATA:
        cuts = np.quantile(sizes, np.arange(1, _N_STRATA) / _N_STRATA)
        strata = np.searchsorted(cuts, sizes, side="right")
        parts = [errors[strata == k] for k in range(_N_STRATA)]
        pairs = [quantiles(part, share) for part in parts if len(part) >= _MIN_STRATUM]
        found = tuple(pair for pair in pairs if pair is not None)
        if len(found) == _N_STRATA:
            return Bounds(tuple(float(cut) for cut in cuts), found)
    whole = quantiles(errors, share)
    return None if whole is None else Bounds((), (whole,))


def quantiles(scaled: np.ndarray, level: float) -> tuple[float, float] | None:
    """Between which scaled errors a new one lies with the chance `level`.

    Parameters
    ----------
    scaled : ndarray
        Errors (actual less forecast) over the customer's scale, NaN where there is none.
    level : float
        0-1.

    Returns
    -------
    tuple of float or None
        None where there are too few errors for both tails.

    Notes
    -----
    Split conformal prediction (Vovk, Gammerman and Shafer 2005): the tails are order statistics
    of rank (n + 1)(1 - level) / 2 from each end, so coverage is at least `level` for a month that
    is exchangeable with those seen.
    """
    errors = np.sort(scaled[~np.isnan(scaled)])
    rank = int(np.floor((len(errors) + 1) * (1 - level) / 2 + _TINY))
    if rank < 1:
        return None
    return float(errors[rank - 1]), float(errors[-rank])


def _changes(history: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sum and number of the absolute changes between neighbouring known months."""
    change = np.abs(np.diff(history, axis=1))
    return np.nansum(change, axis=1), (~np.isnan(change)).sum(axis=1)


def _size(history: np.ndarray) -> np.ndarray:
    n = (~np.isnan(history)).sum(axis=1)
    return np.nansum(np.abs(history), axis=1) / np.maximum(n, 1)
